"""An object that is read on when its connection breaks."""

from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import Self

from keyshelf.errors import Error
from keyshelf.store.base import ByteRange, ObjectMeta, ObjectReader
from keyshelf.store.errors import StoreUnavailableError

Reopen = Callable[[ObjectMeta, ByteRange, Error], Awaitable[ObjectReader]]
"""Opens the rest of the very same object; raises the error that it is told when it cannot."""


class ResumingReader:
    """A reader that goes on where another broke off; see `ObjectReader`.

    It is told what the broken one gave last, so that no byte is given twice.
    """

    def __init__(self, reader: ObjectReader, reopen: Reopen) -> None:
        self._reader = reader
        self._reopen = reopen
        self.meta = reader.meta
        self.range = reader.range

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the bytes once, in pieces of up to a few MiB."""
        reached = self.range.start
        while True:
            try:
                async for piece in self._reader:
                    yield piece
                    reached += len(piece)
            except StoreUnavailableError as error:
                if self.range.end is None or reached >= self.range.end:
                    raise
                await self._go_on(reached, error)
            else:
                return

    async def read(self) -> bytes:
        """Return all bytes of the range at once."""
        while True:
            try:
                return await self._reader.read()
            except StoreUnavailableError as error:
                await self._go_on(self.range.start, error)

    async def _go_on(self, start: int, error: Error) -> None:
        rest = await self._reopen(self.meta, ByteRange(start, self.range.end), error)
        await self._reader.__aexit__(None, None, None)
        self._reader = rest
        await rest.__aenter__()

    async def __aenter__(self) -> Self:
        await self._reader.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._reader.__aexit__(kind, error, trace)
