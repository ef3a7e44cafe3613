"""From a folder to its root in the repository: everything sent, every folder remembered."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import anyio
import anyio.to_thread

from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.carrier import Push
from keyshelf.repositories.chunking import Buffers
from keyshelf.repositories.commit.assembling import Assembler
from keyshelf.repositories.commit.batches import batches
from keyshelf.repositories.commit.files import (
    Chunks,
    FileContent,
    NotSmallError,
    read_file,
    send_file,
)
from keyshelf.repositories.commit.present import are_present
from keyshelf.repositories.commit.values import CommitOptions, Progress
from keyshelf.repositories.commit.walk import LARGE_BYTES, File, Same, Step, Walk
from keyshelf.repositories.formats.entries import HAS_HOLES, FileEntry, FolderEntry
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.scanning import join
from keyshelf.repositories.sending import Sender

_SAVED_AFTER_BYTES = 1024**3
_SAVED_AFTER_SECONDS = 5


@dataclass(slots=True)
class _ReadSome:
    """Small files that were read."""

    contents: dict[bytes, FileContent | None] = field(
        default_factory=dict[bytes, FileContent | None]
    )
    chunks: Chunks = field(default_factory=Chunks)
    expected: list[ChunkId] = field(default_factory=list[ChunkId])


@dataclass(slots=True)
class Making:
    """One commit's way through its folder."""

    push: Push
    reader: Reader
    sender: Sender
    cache: FolderCache
    walk: Walk
    options: CommitOptions
    progress: Progress
    files_read: int = 0
    _buffers: Buffers = field(default_factory=Buffers)
    _large_at_once: int = 0
    _saved_at: float = field(default_factory=anyio.current_time)
    _saved_bytes: int = 0

    async def make(self) -> tuple[FolderEntry, Sequence[str]]:
        """Send what is new and return the root, and what was left out.

        Stopped anywhere, what was read so far is remembered.
        """
        assembler = Assembler(self.sender.take_node, self.cache)
        try:
            async with batches(
                self.walk, self._read, at_once=self.options.batches_at_once
            ) as stream:
                async for batch in stream:
                    await batch.wait()
                    assembler.take(batch.steps, batch.contents)
                    await self.sender.make_room()
                    self.progress.files += len(batch.contents)
                    self.progress.files += sum(
                        step.entry.files for step in batch.steps if isinstance(step, Same)
                    )
                    self.options.on_progress(self.progress)
                    await self._save_now_and_then(assembler)
        finally:
            assembler.remember_open()
            self.cache.save()
        if assembler.root is None:
            raise AssertionError("a walk ends with its root")
        return assembler.root, assembler.skipped

    async def _save_now_and_then(self, assembler: Assembler) -> None:
        is_much = self.progress.bytes_read - self._saved_bytes >= _SAVED_AFTER_BYTES
        if is_much or anyio.current_time() - self._saved_at >= _SAVED_AFTER_SECONDS:
            assembler.remember_open()
            await anyio.to_thread.run_sync(self.cache.save)
            self._saved_at, self._saved_bytes = anyio.current_time(), self.progress.bytes_read

    async def _read(self, steps: Sequence[Step]) -> list[FileContent | None]:
        files = [step for step in steps if isinstance(step, File)]
        known = await self._known(files)
        unknown = [step for step in files if step.path not in known]
        if len(unknown) == 1 and unknown[0].found.size > LARGE_BYTES:
            read = {unknown[0].path: await self._send_large(unknown[0])}
        else:
            read = await self._send_small(unknown) if unknown else {}
        return [
            _as_it_was(step, known[step.path]) if step.path in known else read[step.path]
            for step in files
        ]

    async def _known(self, files: Sequence[File]) -> dict[bytes, FileEntry]:
        """Return what need not be read: what a commit holds, or else is seen to be there."""
        doubtful = [(step, step.known) for step in files if step.known and not step.is_vouched]
        known = {step.path: step.known for step in files if step.known and step.is_vouched}
        if doubtful:
            present = await are_present(self.push, self.reader, [each for _, each in doubtful])
            for (step, entry), is_present in zip(doubtful, present, strict=True):
                if is_present:
                    known[step.path] = entry
        return known

    async def _send_large(self, step: File) -> FileContent | None:
        place = join(self.walk.base, step.path)
        self.files_read += 1
        is_alone = self._large_at_once == 0
        self._large_at_once += 1
        try:
            return await send_file(
                self.sender,
                self._buffers,
                place,
                step.found,
                is_expected=step.is_expected,
                in_two_threads=is_alone,
                on_bytes=self._on_bytes,
            )
        finally:
            self._large_at_once -= 1

    async def _send_small(self, steps: Sequence[File]) -> dict[bytes, FileContent | None]:
        became: dict[bytes, FileContent | None] = {}
        at = 0
        while at < len(steps):
            # A batch is read in one go, except where a file turns out to have grown.
            read = await anyio.to_thread.run_sync(
                self._read_some, steps[at:], limiter=self.sender.threads
            )
            if not await self.sender.are_there(read.expected):
                held = [step._replace(is_expected=False) for step in steps[at:]]
                read = await anyio.to_thread.run_sync(
                    self._read_some, held, limiter=self.sender.threads
                )
            became |= read.contents
            at += len(read.contents)
            self.files_read += len(read.contents)
            await self.sender.add(read.chunks)
            self._on_bytes(sum(each.found.size for each in read.contents.values() if each))
            if at < len(steps):
                became[steps[at].path] = await self._send_large(steps[at])
                at += 1
        return became

    def _read_some(self, steps: Sequence[File]) -> _ReadSome:
        """Read files until one is too large for that: for a thread."""
        some = _ReadSome()
        size = 0
        for step in steps:
            if size > 2 * LARGE_BYTES:
                break
            try:
                place = join(self.walk.base, step.path)
                read = read_file(
                    self.sender.repository, place, step.found, is_expected=step.is_expected
                )
            except NotSmallError:
                break
            some.contents[step.path] = read.content if read else None
            if read:
                some.chunks += read.chunks
                some.expected += read.expected
                size += read.content.found.size
        return some

    def _on_bytes(self, count: int) -> None:
        self.progress.bytes_read += count
        self.options.on_progress(self.progress)


def _as_it_was(step: File, entry: FileEntry) -> FileContent:
    has_holes = bool(entry.flags & HAS_HOLES)
    return FileContent(step.found, entry.content, entry.depth, entry.hash, has_holes)
