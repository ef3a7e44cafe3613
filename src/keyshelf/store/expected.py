"""What a database says that a store holds."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

from keyshelf.layout.keys import ObjectKey


class Expected(NamedTuple):
    """An object that some row tells of."""

    key: ObjectKey
    size: int | None
    """None where no row says, or where it is changing just now."""
    is_required: bool = True
    """False for what may be there and need not be."""


ExpectedPages = AsyncIterator[Sequence[Expected]]
"""All that is required, in the order of keys (UTF-8 bytes)."""

Look = Callable[[Sequence[ObjectKey]], Awaitable[Mapping[ObjectKey, Expected]]]
"""Tells what rows say of some keys at this moment; a key that nothing tells of is left out."""


async def in_pages(
    read: Callable[[str, int], Awaitable[Sequence[Expected]]], *, after: str, size: int = 10_000
) -> ExpectedPages:
    """Give what `read` returns, page after page: the next so many after a key.

    Each page is read by itself, so that no transaction lasts as long as the whole.
    """
    while True:
        page = await read(after, size)
        if page:
            yield page
        if len(page) < size:
            return
        after = page[-1].key
