"""The contract of small objects written and read many at a time."""

from collections.abc import Sequence
from typing import ClassVar

import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import (
    MAX_SMALL_BYTES,
    Attributes,
    Condition,
    NewObject,
    ObjectStore,
    PutOptions,
    PutResult,
)
from keyshelf.store.errors import InvalidKeyError, ObjectTooLargeError
from tests.contract.contract_base import KEY, OTHER, ContractBase, listed_keys, read
from tests.contract.contract_keys import HARD_KEYS

CREATE = PutOptions(condition=Condition.CREATE)
MISSING = ObjectKey("alice/nothing-here")


def created(*keys: str, body: bytes = b"new") -> Sequence[NewObject]:
    return [NewObject(ObjectKey(key), body, CREATE) for key in keys]


class BatchesContract(ContractBase):
    many: ClassVar[int] = 60
    """How many objects the largest batch of the tests has."""

    async def test_a_batch_is_written_and_read_in_order(self, store: ObjectStore) -> None:
        keys = [ObjectKey(f"v1/{number % 7}/{number}") for number in range(self.many)]
        batch = [NewObject(key, key.encode() * 9, CREATE) for key in keys]

        results = await store.put_many(batch)
        found = await store.get_many([MISSING, *keys, keys[0], MISSING])

        assert results == [PutResult.WRITTEN] * self.many
        assert list(found) == [None, *(new.body for new in batch), batch[0].body, None]
        assert sorted(await listed_keys(store)) == sorted(keys)

    async def test_a_batch_of_nothing_is_nothing(self, store: ObjectStore) -> None:
        assert list(await store.put_many([])) == []
        assert list(await store.get_many([])) == []

    async def test_a_batch_creates_what_is_not_there(self, store: ObjectStore) -> None:
        await store.put(KEY, b"old")
        keys = [f"v1/{number}" for number in range(8)]
        await store.put_many(created(keys[3], body=b"old"))

        results = await store.put_many(created(*keys, KEY))

        existed = {keys[3], KEY}
        assert [result is PutResult.EXISTED for result in results] == [
            key in existed for key in (*keys, KEY)
        ]
        assert list(await store.get_many([KEY, ObjectKey(keys[3]), ObjectKey(keys[4])])) == [
            *(b"old", b"old", b"new")
        ]

    async def test_a_batch_replaces_what_it_may(self, store: ObjectStore) -> None:
        await store.put(KEY, b"old")

        results = await store.put_many([NewObject(KEY, b"new"), *created(OTHER)])

        assert list(results) == [PutResult.WRITTEN, PutResult.WRITTEN]
        assert list(await store.get_many([OTHER, KEY])) == [b"new", b"new"]

    async def test_objects_of_a_batch_keep_what_comes_with_them(self, store: ObjectStore) -> None:
        attributes = Attributes(content_type="application/x-chunk", metadata={"codec": "Zoë"})
        tags = {"tier": "hot", "kind": "chunk"} if store.capabilities.tags else {}
        options = PutOptions(attributes=attributes, condition=Condition.CREATE, tags=tags)
        keys = [ObjectKey(f"v1/{number}") for number in range(6)]

        await store.put_many([NewObject(key, b"", options) for key in keys])

        head = await store.head(keys[5])
        assert (head.size, head.attributes) == (0, attributes)
        if store.capabilities.tags:
            assert await store.get_tags(keys[5]) == tags

    async def test_hard_keys_go_in_a_batch(self, store: ObjectStore) -> None:
        beside = {"marker-like", *(("nfd",) if "normal-forms" in self.limits else ())}
        keys = [key for case, key in HARD_KEYS.items() if case not in {*self.limits, *beside}]

        results = await store.put_many(created(*keys))
        again = await store.put_many(created(*keys, body=b"again"))
        found = await store.get_many([ObjectKey(key) for key in keys])

        assert results == [PutResult.WRITTEN] * len(keys)
        assert again == [PutResult.EXISTED] * len(keys)
        assert list(found) == [b"new"] * len(keys)

    async def test_a_batch_holds_small_objects_only(self, store: ObjectStore) -> None:
        large = bytes(MAX_SMALL_BYTES + 1)
        await store.put(OTHER, large)

        with pytest.raises(ObjectTooLargeError):
            await store.put_many([*created("a"), NewObject(KEY, large)])
        with pytest.raises(ObjectTooLargeError):
            await store.get_many([OTHER])

        assert await listed_keys(store) == [OTHER]
        await store.put_many([NewObject(KEY, large[1:])])
        assert await read(store, KEY) == large[1:]

    async def test_a_batch_with_a_key_that_cannot_be_is_refused_whole(
        self, store: ObjectStore
    ) -> None:
        with pytest.raises(InvalidKeyError):
            await store.put_many(created("a", "x" * 1025))
        with pytest.raises(InvalidKeyError):
            await store.get_many([ObjectKey("")])

        assert await listed_keys(store) == []
