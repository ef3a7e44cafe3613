"""Deleting object by object where a store has no better way."""

from collections.abc import Awaitable, Callable

from keyshelf.errors import Error
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import DeleteResult, ObjectStore


def deletion(store: ObjectStore) -> Callable[[ObjectKey], Awaitable[DeleteResult]]:
    """Return what deletes one object and tells of a failure instead of raising it."""

    async def delete(key: ObjectKey) -> DeleteResult:
        try:
            await store.delete(key)
        except Error as error:
            return DeleteResult(key, f"{error.code}: {error.detail}")
        return DeleteResult(key)

    return delete
