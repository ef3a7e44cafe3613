"""What a folder of a commit holds: files, folders and symbolic links."""

import msgspec

HAS_HOLES = 1
"""A flag of a file: it was written with holes, and is checked out with holes."""


class FileEntry(msgspec.Struct, frozen=True, array_like=True, tag=0):
    """A file: what it is called, and where its bytes are."""

    name: bytes
    mode: int
    mtime: int
    """Nanoseconds since 1970."""
    size: int
    content: bytes | None = None
    """The only chunk, or the root of the list of chunks; None when empty."""
    depth: int = 0
    """How many levels of nodes are between `content` and the chunks."""
    hash: bytes = b""
    """BLAKE3 of the bytes."""
    flags: int = 0
    link: bytes | None = None
    """The path of the first name of the same file, when it has several."""
    xattrs: tuple[tuple[bytes, bytes], ...] | None = None


class FolderEntry(msgspec.Struct, frozen=True, array_like=True, tag=1):
    """A folder and what is below it."""

    name: bytes
    mode: int
    mtime: int
    node: bytes
    """The root of its nodes."""
    files: int
    """Files below it, at any depth."""
    size: int
    """Bytes of all files below it."""
    xattrs: tuple[tuple[bytes, bytes], ...] | None = None


class LinkEntry(msgspec.Struct, frozen=True, array_like=True, tag=2):
    """A symbolic link, kept as it is and never followed."""

    name: bytes
    mode: int
    mtime: int
    target: bytes
    xattrs: tuple[tuple[bytes, bytes], ...] | None = None


Entry = FileEntry | FolderEntry | LinkEntry
