"""The empty objects that show folders in the bucket."""

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import Attributes, ObjectStore, PutOptions

_MARKER = PutOptions(attributes=Attributes(content_type="application/x-directory"))


async def put_marker(store: ObjectStore, key: ObjectKey) -> None:
    """Write a folder's marker, where the store can hold one; writing it again changes nothing."""
    if store.capabilities.folder_markers:
        await store.put(key, b"", _MARKER)
