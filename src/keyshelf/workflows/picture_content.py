"""Of which content a picture is that is made of a drive's file."""

from keyshelf.database.transactions import ReadTransaction
from keyshelf.drive.content.inspecting import hash_at
from keyshelf.layout.keys import ObjectKey


async def content_hash_of(tx: ReadTransaction, key: ObjectKey, etag: str) -> str | None:
    """Return the BLAKE3 of the bytes at a key, while they have an ETag; None when unknown."""
    return await hash_at(tx, key, etag)
