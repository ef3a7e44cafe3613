"""Checkout: make a folder hold what a commit holds, touching only what differs."""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field

import anyio.to_thread

from keyshelf.repositories.checkout.files import is_content, write_file
from keyshelf.repositories.checkout.places import InTheWayError, OpenFolder, opened, shown
from keyshelf.repositories.formats.entries import FileEntry, FolderEntry, LinkEntry
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.trees import entries_of


@dataclass(slots=True)
class CheckedOut:
    """What a checkout did."""

    written: int = 0
    """Files and links that were written."""
    right: int = 0
    """Files and links that were right already."""
    bytes_written: int = 0


@dataclass(frozen=True, slots=True)
class CheckoutOptions:
    """How a folder is checked out."""

    overwrite: bool = False
    """Replace files that differ; without it they are in the way."""
    on_progress: Callable[[CheckedOut], None] = lambda _: None


@dataclass(slots=True)
class _Checkout:
    reader: Reader
    options: CheckoutOptions
    result: CheckedOut = field(default_factory=CheckedOut)

    async def folder(self, place: OpenFolder, entry: FolderEntry) -> None:
        async for each in entries_of(self.reader.node, entry.node):
            match each:
                case FolderEntry():
                    with place.folder(each.name) as below:
                        await self.folder(below, each)
                        await anyio.to_thread.run_sync(_finish_folder, below, each)
                case FileEntry():
                    await self._file(place, each)
                case LinkEntry():
                    self._link(place, each)
            self.options.on_progress(self.result)

    async def _file(self, place: OpenFolder, entry: FileEntry) -> None:
        found = place.look(entry.name)
        if found is not None:
            if await anyio.to_thread.run_sync(_is_right, place, entry, found):
                self.result.right += 1
                return
            self._refuse_what_is_in_the_way(place, entry.name)
        await write_file(self.reader, place, entry, on_bytes=self._on_bytes)
        self.result.written += 1

    def _link(self, place: OpenFolder, entry: LinkEntry) -> None:
        found = place.look(entry.name)
        if found is not None:
            is_link = stat.S_ISLNK(found.st_mode)
            if is_link and os.readlink(entry.name, dir_fd=place.descriptor) == entry.target:
                self.result.right += 1
                return
            self._refuse_what_is_in_the_way(place, entry.name)
            place.remove(entry.name)
        place.link_to(entry.name, entry.target, mtime=entry.mtime)
        self.result.written += 1

    def _refuse_what_is_in_the_way(self, place: OpenFolder, name: bytes) -> None:
        if not self.options.overwrite:
            path = shown(os.path.join(place.path, name))
            raise InTheWayError(f"{path} differs: move it away, or ask to overwrite")

    def _on_bytes(self, count: int) -> None:
        self.result.bytes_written += count
        self.options.on_progress(self.result)


async def checkout(
    reader: Reader, root: FolderEntry, folder: bytes, *, options: CheckoutOptions | None = None
) -> CheckedOut:
    """Make a folder hold everything of a root.

    What is right is not touched, and what the root does not have is left there. A file
    appears under its name when it is whole. Stopped anywhere, the same checkout goes on.
    """
    run = _Checkout(reader, options or CheckoutOptions())
    with opened(folder) as place:
        await run.folder(place, root)
        await anyio.to_thread.run_sync(_finish_folder, place, root)
    return run.result


def _is_right(place: OpenFolder, entry: FileEntry, found: os.stat_result) -> bool:
    if not stat.S_ISREG(found.st_mode) or found.st_size != entry.size:
        return False
    descriptor = os.open(
        entry.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=place.descriptor
    )
    try:
        if found.st_mtime_ns != entry.mtime and not is_content(descriptor, entry):
            return False
        if stat.S_IMODE(found.st_mode) != entry.mode:
            os.fchmod(descriptor, entry.mode)
        if found.st_mtime_ns != entry.mtime:
            os.utime(descriptor, ns=(entry.mtime, entry.mtime))
    finally:
        os.close(descriptor)
    return True


def _finish_folder(place: OpenFolder, entry: FolderEntry) -> None:
    os.fchmod(place.descriptor, entry.mode)
    os.utime(place.descriptor, ns=(entry.mtime, entry.mtime))
