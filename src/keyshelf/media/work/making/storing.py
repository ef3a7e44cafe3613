"""Storing what was made."""

from pathlib import Path

import anyio

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import Attributes, ObjectStore, PutOptions
from keyshelf.store.bodies import file_pieces


async def store_bytes(store: ObjectStore, key: ObjectKey, data: bytes, content_type: str) -> int:
    """Store a result and return its size."""
    options = PutOptions(Attributes(content_type=content_type))
    return (await store.put(key, data, options)).size


async def store_file(store: ObjectStore, key: ObjectKey, path: Path, content_type: str) -> int:
    """Store a file of any length and return its size."""
    options = PutOptions(Attributes(content_type=content_type))
    return (await store.put(key, file_pieces(path), options)).size


async def append_object(store: ObjectStore, key: ObjectKey, path: Path) -> None:
    """Add an object's bytes to the end of a file. Raises `ObjectNotFoundError`."""
    async with await anyio.open_file(path, "ab") as file, await store.get(key) as reader:
        async for piece in reader:
            await file.write(piece)


async def append_file(source: Path, path: Path) -> None:
    """Add a file's bytes to the end of another."""
    async with await anyio.open_file(path, "ab") as file:
        async for piece in file_pieces(source):
            await file.write(piece)
