"""The contract of copying inside the store."""

import pytest

from keyshelf.store.base import Attributes, ObjectStore, PutOptions
from keyshelf.store.errors import ObjectExistsError, ObjectNotFoundError
from tests.contract.contract_base import KEY, OTHER, ContractBase, exists, read

JPEG = PutOptions(attributes=Attributes(content_type="image/jpeg", cache_control="no-cache"))


class CopyContract(ContractBase):
    async def test_a_copy_has_bytes_and_attributes(self, store: ObjectStore) -> None:
        await store.put(KEY, b"hello", JPEG)

        copied = await store.copy(KEY, OTHER)

        head = await store.head(OTHER)
        assert await read(store, OTHER) == await read(store, KEY) == b"hello"
        assert (copied.key, copied.size, copied.etag) == (OTHER, 5, head.etag)
        assert head.attributes == JPEG.attributes

    async def test_a_copy_has_metadata_and_tags(self, store: ObjectStore) -> None:
        capabilities = store.capabilities
        attributes = Attributes(metadata={"name": "Zoë"} if capabilities.metadata else {})
        tags = {"state": "draft"} if capabilities.tags else {}
        await store.put(KEY, b"hello", PutOptions(attributes=attributes, tags=tags))

        await store.copy(KEY, OTHER)

        assert (await store.head(OTHER)).attributes == attributes
        assert not capabilities.tags or await store.get_tags(OTHER) == tags

    async def test_a_copy_lives_without_its_source(self, store: ObjectStore) -> None:
        await store.put(KEY, b"hello")
        await store.copy(KEY, OTHER)

        await store.put(KEY, b"changed")
        await store.delete(KEY)

        assert await read(store, OTHER) == b"hello"

    async def test_a_copy_replaces_unless_told_not_to(self, store: ObjectStore) -> None:
        await store.put(KEY, b"new")
        await store.put(OTHER, b"old", JPEG)

        with pytest.raises(ObjectExistsError):
            await store.copy(KEY, OTHER, replace=False)
        refused = await read(store, OTHER)
        await store.copy(KEY, OTHER)

        assert (refused, await read(store, OTHER)) == (b"old", b"new")
        assert (await store.head(OTHER)).attributes == Attributes()

    async def test_a_copy_without_replacing_makes_a_new_object(self, store: ObjectStore) -> None:
        await store.put(KEY, b"hello")

        await store.copy(KEY, OTHER, replace=False)

        assert await read(store, OTHER) == b"hello"

    async def test_a_copy_of_a_missing_object_is_not_found(self, store: ObjectStore) -> None:
        await store.put(OTHER, b"old")

        with pytest.raises(ObjectNotFoundError):
            await store.copy(KEY, OTHER)

        assert await read(store, OTHER) == b"old"
        assert not await exists(store, KEY)

    async def test_a_copy_onto_itself_changes_nothing(self, store: ObjectStore) -> None:
        await store.put(KEY, b"hello", JPEG)

        copied = await store.copy(KEY, KEY)

        assert (copied.key, copied.size) == (KEY, 5)
        assert await read(store, KEY) == b"hello"
        assert (await store.head(KEY)).attributes == JPEG.attributes

    async def test_a_copy_onto_itself_of_nothing_is_not_found(self, store: ObjectStore) -> None:
        with pytest.raises(ObjectNotFoundError):
            await store.copy(KEY, KEY)

    async def test_an_empty_object_is_copied(self, store: ObjectStore) -> None:
        await store.put(KEY, b"", JPEG)

        await store.copy(KEY, OTHER)

        assert await read(store, OTHER) == b""
