"""Fetching the chunks of files in batches, some at a time, and having them written."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from keyshelf.concurrency import together
from keyshelf.errors import Error, IntegrityError
from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.carrier import MOST_CHUNKS
from keyshelf.repositories.checkout.parts import PartWriter, Run, Target, Written
from keyshelf.repositories.checkout.values import CheckoutOptions, damaged
from keyshelf.repositories.formats.nodes import ChunkRef
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.values import ChunkMissingError
from keyshelf.repositories.walking import chunk_runs
from keyshelf.store.errors import NeedsRestoreError

_MOST_REFS = 4 * MOST_CHUNKS

OnWritten = Callable[[Written], None]


@dataclass(slots=True)
class _Batch:
    runs: list[Run] = field(default_factory=list[Run])
    chunks: set[bytes] = field(default_factory=set[bytes])
    bytes: int = 0
    refs: int = 0


@dataclass(slots=True)
class Fetcher:
    """Takes files and sees that each is written; holds a few batches of chunks."""

    reader: Reader
    writer: PartWriter
    options: CheckoutOptions
    group: TaskGroup
    on_written: OnWritten
    _batch: _Batch = field(default_factory=_Batch)
    _threads: anyio.CapacityLimiter = field(init=False)
    _fetches: anyio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._threads = anyio.CapacityLimiter(self.options.threads)
        self._fetches = anyio.Semaphore(self.options.fetches_at_once)

    async def add(self, target: Target) -> None:
        """Take a file; waits while too much is on its way."""
        entry, offset = target.entry, 0
        if entry.content is None:
            await self._take(Run(target, 0, ()))
            return
        try:
            async for refs in chunk_runs(
                self.reader.node, entry.content, entry.size, entry.depth, ahead=self.reader.ahead
            ):
                await self._take(Run(target, offset, refs))
                offset += sum(ref.size for ref in refs)
        except (IntegrityError, NeedsRestoreError) as error:
            failure = damaged(target.path, error)
            if not self.options.keep_going:
                raise failure from error
            if target.error is None:
                target.error = failure
                self.writer.let_go(target)
                self.on_written(Written(failed=[target]))

    async def flush(self) -> None:
        """Wait until every file that was taken is written."""
        await self._start()
        for _ in range(self.options.fetches_at_once):
            await self._fetches.acquire()
        for _ in range(self.options.fetches_at_once):
            self._fetches.release()

    async def _take(self, run: Run) -> None:
        refs, offset = run.refs, run.offset
        while True:
            taken = self._fill(refs)
            self._batch.runs.append(Run(run.target, offset, refs[:taken]))
            offset += sum(ref.size for ref in refs[:taken])
            refs = refs[taken:]
            if refs or self._is_full():
                await self._start()
            if not refs:
                return

    def _fill(self, refs: Sequence[ChunkRef]) -> int:
        batch = self._batch
        for number, ref in enumerate(refs):
            if self._is_full():
                return number
            batch.refs += 1
            if ref.id not in batch.chunks:
                batch.chunks.add(ref.id)
                batch.bytes += ref.size
        return len(refs)

    def _is_full(self) -> bool:
        batch = self._batch
        return (
            batch.bytes >= self.options.bytes_at_once
            or len(batch.chunks) >= MOST_CHUNKS
            or batch.refs + len(batch.runs) >= _MOST_REFS
        )

    async def _start(self) -> None:
        batch, self._batch = self._batch, _Batch()
        if not batch.runs:
            return
        await self._fetches.acquire()
        self.group.start_soon(self._run, batch)

    async def _run(self, batch: _Batch) -> None:
        try:
            wanted = batch.chunks
            if any(run.offset < run.target.part_bytes for run in batch.runs):
                await anyio.to_thread.run_sync(
                    self.writer.find_there, batch.runs, limiter=self._threads
                )
                wanted = _not_there(batch.runs)
            frames = dict[bytes, bytes | Error]()
            await self._fetch(list(wanted), frames)
            written = await anyio.to_thread.run_sync(
                self.writer.write, batch.runs, frames, limiter=self._threads
            )
            self.on_written(written)
        finally:
            self._fetches.release()

    async def _fetch(self, wanted: list[bytes], frames: dict[bytes, bytes | Error]) -> None:
        if not wanted:
            return
        try:
            found = await self.reader.carrier.get_chunks([ChunkId(each.hex()) for each in wanted])
        except (ChunkMissingError, NeedsRestoreError) as error:
            if isinstance(error, NeedsRestoreError) and not self.options.keep_going:
                raise
            # It names one. Which files all that is missing hurts shows by halves.
            if len(wanted) == 1:
                frames[wanted[0]] = error
                return
            half = len(wanted) // 2
            await self._fetch(wanted[:half], frames)
            await self._fetch(wanted[half:], frames)
            return
        frames.update(zip(wanted, found, strict=True))


@asynccontextmanager
async def fetching(
    reader: Reader, writer: PartWriter, options: CheckoutOptions, on_written: OnWritten
) -> AsyncGenerator[Fetcher]:
    """Give a fetcher; leaving the block without a failure has every file written."""
    try:
        async with together() as group:
            fetcher = Fetcher(reader, writer, options, group, on_written)
            yield fetcher
            await fetcher.flush()
    finally:
        writer.close()


def _not_there(runs: Sequence[Run]) -> set[bytes]:
    return {
        ref.id for run in runs for number, ref in enumerate(run.refs) if number not in run.there
    }
