"""What files are called until they are whole: never committed, and found again by checkouts."""

import re

from blake3 import blake3

from keyshelf.repositories.formats.entries import FileEntry

_OF_CHECKOUT = re.compile(rb"\.keyshelf-[0-9a-f]{16}-[0-9a-f]{16}\.part")
_OF_GET = re.compile(rb"\.keyshelf-[0-9a-f]{16}\.part")


def part_name(entry: FileEntry) -> bytes:
    """Return what a file is called until it is whole.

    The content is in it, so that two checkouts of different commits never write into one.
    """
    name, content = blake3(entry.name), blake3(entry.content or b"")
    return f".keyshelf-{name.hexdigest(8)}-{content.hexdigest(8)}.part".encode()


def is_of_checkout(name: bytes) -> bool:
    """Say whether a checkout calls files so that are not whole."""
    return _OF_CHECKOUT.fullmatch(name) is not None


def is_part(name: bytes) -> bool:
    """Say whether a checkout or `keyshelf get` calls files so that are not whole."""
    return is_of_checkout(name) or _OF_GET.fullmatch(name) is not None
