"""What a folder of a commit holds: files, folders and symbolic links."""

from typing import Annotated

import msgspec
from msgspec import Meta

HAS_HOLES = 1
"""A flag of a file: it was written with holes, and is checked out with holes."""

Permissions = Annotated[int, Meta(ge=0, le=0o7777)]
Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Digest = Annotated[bytes, Meta(min_length=32, max_length=32)]
FileHash = Annotated[bytes, Meta(max_length=32)]
Name = Annotated[bytes, Meta(max_length=4096)]
"""Limits that are looked at when bytes are read; `nodes` looks at the rest."""
Xattrs = tuple[tuple[bytes, bytes], ...] | None


class FileEntry(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag=0):
    """A file: what it is called, and where its bytes are."""

    name: Name
    mode: Permissions
    mtime: int
    """Nanoseconds since 1970."""
    size: Count
    content: Digest | None = None
    """The only chunk, or the root of the list of chunks; None when empty."""
    depth: Count = 0
    """How many levels of nodes are between `content` and the chunks."""
    hash: FileHash = b""
    """BLAKE3 of the bytes; empty when there are none."""
    flags: Count = 0
    link: bytes | None = None
    """The path of the first name of the same file, when it has several."""
    xattrs: Xattrs = None


class FolderEntry(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag=1):
    """A folder and what is below it."""

    name: Name
    mode: Permissions
    mtime: int
    node: Digest
    """The root of its nodes."""
    files: Count
    """Files below it, at any depth."""
    size: Count
    """Bytes of all files below it."""
    xattrs: Xattrs = None


class LinkEntry(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag=2):
    """A symbolic link, kept as it is and never followed."""

    name: Name
    mode: Permissions
    mtime: int
    target: bytes
    xattrs: Xattrs = None


Entry = FileEntry | FolderEntry | LinkEntry
