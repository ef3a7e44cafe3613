"""Batches of a store that has a request for each object: several at a time."""

from collections.abc import Callable, Sequence

from keyshelf.concurrency import map_each
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import Condition, NewObject, ObjectStore, PutResult
from keyshelf.store.checks import check_key, check_new_objects, check_small
from keyshelf.store.errors import (
    NeedsRestoreError,
    ObjectExistsError,
    ObjectNotFoundError,
    StoreUnavailableError,
)
from keyshelf.store.retrying import ATTEMPTS, pause


async def put_each(
    store: ObjectStore,
    objects: Sequence[NewObject],
    *,
    at_once: int,
    may_retry: Callable[[], bool] = lambda: True,
) -> Sequence[PutResult]:
    """Write objects one by one, `at_once` at a time; see `ObjectStore.put_many`.

    An object that is to be created is tried again when no answer came, if it may. One
    that the first try wrote after all is then told as `EXISTED`, which is true.
    """
    check_new_objects(objects)

    async def put(new: NewObject) -> PutResult:
        # A store repeats by itself what may be repeated without a second look.
        attempts = ATTEMPTS if new.options.condition is Condition.CREATE else 1
        for attempt in range(1, attempts):
            try:
                return await _put(store, new)
            except StoreUnavailableError:
                if not may_retry():
                    raise
                await pause(attempt)
        return await _put(store, new)

    return await map_each(objects, put, at_once=at_once)


async def get_each(
    store: ObjectStore, keys: Sequence[ObjectKey], *, at_once: int
) -> Sequence[bytes | None]:
    """Read objects one by one, `at_once` at a time; see `ObjectStore.get_many`."""
    for key in keys:
        check_key(key)

    async def get(key: ObjectKey) -> bytes | None:
        try:
            reader = await store.get(key)
        except ObjectNotFoundError:
            return None
        except NeedsRestoreError as error:
            raise NeedsRestoreError(error.detail, **error.extras, key=key) from error
        async with reader:
            check_small(key, reader.meta.size)
            return await reader.read()

    return await map_each(keys, get, at_once=at_once)


async def _put(store: ObjectStore, new: NewObject) -> PutResult:
    try:
        await store.put(new.key, new.body, new.options)
    except ObjectExistsError:
        return PutResult.EXISTED
    return PutResult.WRITTEN
