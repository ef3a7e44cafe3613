"""What the store over Azure refuses, and what it calls refusals of Azure."""

from collections.abc import Mapping

from keyshelf.errors import Error
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import Condition, IfMatch, WriteCondition
from keyshelf.store.errors import (
    InvalidRangeError,
    ObjectChangedError,
    ObjectExistsError,
    UnsupportedError,
)


def past_the_end(key: ObjectKey, size: int) -> InvalidRangeError:
    """Return the error for a range that starts past the end of a blob."""
    return InvalidRangeError(f"{key!r} ends before that range starts", size=size)


def refuse_tags(tags: Mapping[str, str]) -> None:
    """Raise `UnsupportedError` for any tags."""
    if tags:
        raise UnsupportedError("Azure's index tags cannot hold these: tags are unsupported")


def refusal(key: ObjectKey, condition: WriteCondition) -> Error:
    """Return what it means that Azure refused to write under a condition."""
    if isinstance(condition, IfMatch):
        return ObjectChangedError(f"the object {key!r} has another ETag", key=key)
    if condition is Condition.CREATE:
        return ObjectExistsError(f"an object {key!r} already exists", key=key)
    return ObjectChangedError(f"the object {key!r} is being written by another", key=key)
