"""The contract of what is kept beside the bytes: attributes, tags, storage class."""

import pytest

from keyshelf.store.base import Attributes, ObjectStore, PutOptions
from keyshelf.store.errors import ObjectNotFoundError, UnsupportedError
from tests.contract.contract_base import KEY, ContractBase, listed, pieces, read

METADATA_VALUES = {
    "plain": "summer",
    "accents": "Zoë à la plage",
    "wide": "日本語 😀",
    "percent": "50% off %41",
    "spaces": "  two  spaces  ",
    "line": "first\nsecond\ttab",
    "encoded-word": "=?UTF-8?Q?caf=C3=A9?=",
    "empty": "",
}
TAGS = {"project": "Été 2026", "state": "draft"}
TAGGED = PutOptions(tags=TAGS)


class AttributesContract(ContractBase):
    async def test_an_object_is_of_no_type_unless_told(self, store: ObjectStore) -> None:
        await store.put(KEY, b"x")

        assert (await store.head(KEY)).attributes == Attributes()

    async def test_attributes_come_back(self, store: ObjectStore) -> None:
        attributes = Attributes(
            content_type="image/jpeg",
            cache_control="private, max-age=60",
            content_disposition="attachment; filename*=UTF-8''%E6%97%A5.jpg",
        )

        await store.put(KEY, pieces(b"x"), PutOptions(attributes=attributes))

        assert (await store.head(KEY)).attributes == attributes

    @pytest.mark.parametrize("value", METADATA_VALUES.values(), ids=METADATA_VALUES.keys())
    async def test_metadata_holds_any_text(self, store: ObjectStore, value: str) -> None:
        attributes = Attributes(metadata={"name": value, "dits-hash": "abc"})
        options = PutOptions(attributes=attributes)
        if not store.capabilities.metadata:
            with pytest.raises(UnsupportedError):
                await store.put(KEY, b"x", options)
            return

        await store.put(KEY, b"x", options)

        async with await store.get(KEY) as reader:
            assert reader.meta.attributes == attributes
        assert (await store.head(KEY)).attributes == attributes

    async def test_a_new_put_forgets_the_old_attributes(self, store: ObjectStore) -> None:
        await store.put(KEY, b"x", PutOptions(attributes=Attributes(content_type="image/jpeg")))

        await store.put(KEY, b"y")

        assert (await store.head(KEY)).attributes == Attributes()

    async def test_a_listing_leaves_attributes_out(self, store: ObjectStore) -> None:
        put = await store.put(KEY, b"hello")

        (meta,) = await listed(store)

        assert (meta.key, meta.size, meta.etag, meta.attributes) == (KEY, 5, put.etag, None)

    async def test_tags_are_put_read_and_replaced(self, store: ObjectStore) -> None:
        if not store.capabilities.tags:
            with pytest.raises(UnsupportedError):
                await store.put(KEY, b"x", TAGGED)
            return
        await store.put(KEY, b"x", TAGGED)
        first = await store.get_tags(KEY)

        await store.set_tags(KEY, {"state": "final"})

        assert (first, await store.get_tags(KEY)) == (TAGS, {"state": "final"})

    async def test_tags_leave_the_object_as_it_is(self, store: ObjectStore) -> None:
        options = PutOptions(attributes=Attributes(content_type="image/jpeg"))
        put = await store.put(KEY, b"x", options)
        if not store.capabilities.tags:
            with pytest.raises(UnsupportedError):
                await store.set_tags(KEY, TAGS)
            return

        await store.set_tags(KEY, TAGS)

        head = await store.head(KEY)
        assert await read(store, KEY) == b"x"
        assert (head.etag, head.attributes) == (put.etag, options.attributes)

    async def test_an_object_without_tags_has_none(self, store: ObjectStore) -> None:
        await store.put(KEY, b"x")
        if not store.capabilities.tags:
            with pytest.raises(UnsupportedError):
                await store.get_tags(KEY)
            return

        assert await store.get_tags(KEY) == {}

    async def test_tags_of_a_missing_object_are_not_found(self, store: ObjectStore) -> None:
        expected = ObjectNotFoundError if store.capabilities.tags else UnsupportedError

        with pytest.raises(expected):
            await store.get_tags(KEY)
        with pytest.raises(expected):
            await store.set_tags(KEY, TAGS)

    async def test_the_storage_class_is_kept(self, store: ObjectStore) -> None:
        options = PutOptions(storage_class=self.storage_class)
        if not store.capabilities.storage_classes:
            with pytest.raises(UnsupportedError):
                await store.put(KEY, b"x", options)
            return

        await store.put(KEY, b"x", options)

        assert (await store.head(KEY)).storage_class == self.storage_class

    async def test_a_listing_shows_the_storage_class(self, store: ObjectStore) -> None:
        if not store.capabilities.storage_classes:
            return
        await store.put(KEY, b"x", PutOptions(storage_class=self.storage_class))

        assert [meta.storage_class for meta in await listed(store)] == [self.storage_class]
