"""What lies in a folder of a commit, for an archive of it."""

import stat
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta

from keyshelf.delivery.archives import Member
from keyshelf.repositories.formats.entries import Entry, FileEntry, FolderEntry, LinkEntry
from keyshelf.repositories.history.content import content
from keyshelf.repositories.history.folders import walk
from keyshelf.repositories.reading import Reader

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def members(
    reader: Reader, folder: FolderEntry, *, top: bytes = b""
) -> AsyncGenerator[Member]:
    """Give everything below a folder, each under `top` if it is named, for `archive`.

    Links stay links and modes are kept. Raises what reading raises.
    """
    prefix = top + b"/" if top else b""
    async for path, entry in walk(reader, folder):
        if member := _member(reader, prefix + path, entry):
            yield member


def _member(reader: Reader, path: bytes, entry: Entry) -> Member | None:
    at = _EPOCH + timedelta(microseconds=entry.mtime // 1000)
    match entry:
        case FileEntry():
            body = content(reader, entry, path=path)
            return Member(path, at, entry.size, body, mode=stat.S_IFREG | entry.mode)
        case LinkEntry(target=target):
            return Member(path, at, len(target), _bytes(target), mode=stat.S_IFLNK | 0o777)
        case FolderEntry(files=0):
            return Member(path, at)
        case FolderEntry():
            return None


async def _bytes(content: bytes) -> AsyncGenerator[bytes]:
    yield content
