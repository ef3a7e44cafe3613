"""The contract of listing."""

import pytest

from keyshelf.store.base import ObjectStore
from tests.contract.contract_base import (
    ContractBase,
    listed,
    listed_keys,
    pages,
    put_all,
)

TREE = ["a", "a.txt", "a/b", "a/b/c", "a/b/d", "a/e", "a0", "b/f", "z"]


class ListingContract(ContractBase):
    async def test_an_empty_store_lists_nothing(self, store: ObjectStore) -> None:
        assert await listed(store) == []
        assert await listed(store, "a/") == []

    async def test_keys_come_in_order_of_their_bytes(self, store: ObjectStore) -> None:
        keys = ["b", "a", "B", "a/b", "a.b", "a-b", "a b", "ä", "z", "\ufffd", "😀", "~", "a/b/c"]
        keys = keys if "a-beside-a/b" not in self.limits else [k for k in keys if k != "a"]
        keys = [key for key in keys if key != "a/b"] if "a-beside-a/b" in self.limits else keys
        await put_all(store, keys)

        assert await listed_keys(store) == sorted(keys, key=str.encode)

    async def test_a_prefix_is_any_beginning_of_keys(self, store: ObjectStore) -> None:
        await put_all(store, ["tree/al", "tree/alice/x", "tree/alicia", "tree/bob", "trex"])

        assert await listed_keys(store, "tree/ali") == ["tree/alice/x", "tree/alicia"]
        assert await listed_keys(store, "tree/alice/") == ["tree/alice/x"]
        assert await listed_keys(store, "tre") == [
            "tree/al",
            "tree/alice/x",
            "tree/alicia",
            "tree/bob",
            "trex",
        ]
        assert await listed_keys(store, "tree/c") == []
        assert await listed_keys(store, "tree/bob/") == []

    async def test_pages_join_to_the_whole(self, store: ObjectStore) -> None:
        keys = [f"many/{number:05}" for number in range(2 * self.page_limit + 3)]
        await put_all(store, [*keys, "after", "zebra"])

        found = await pages(store, "many/")

        assert [meta.key for page in found for meta in page.objects] == keys
        assert max(len(page.objects) for page in found) <= self.page_limit
        assert len(found) >= 3

    async def test_start_after_leaves_out_what_came_before(self, store: ObjectStore) -> None:
        keys = [f"d{number % 3}/{number:03}" for number in range(30)]
        await put_all(store, keys)
        keys.sort()

        for start in ("d0/", "d1/013", "d1/0135", "d1", "d2/029", "z", "d"):
            expected = [key for key in keys if key > start]
            assert await listed_keys(store, start_after=start) == expected, start
            assert await listed_keys(store, "d1/", start_after=start) == [
                key for key in expected if key.startswith("d1/")
            ], start

    async def test_a_delimiter_folds_what_lies_below(self, store: ObjectStore) -> None:
        await put_all(store, ["a.txt", "b/c", "b/d/e", "b/f", "g/h", "i"])

        assert await self.folded(store, "") == (["a.txt", "i"], ["b/", "g/"])
        assert await self.folded(store, "b/") == (["b/c", "b/f"], ["b/d/"])
        assert await self.folded(store, "b") == ([], ["b/"])
        assert await self.folded(store, "b/d/") == (["b/d/e"], [])

    async def test_a_delimiter_keeps_a_file_beside_its_folder(self, store: ObjectStore) -> None:
        if "a-beside-a/b" in self.limits:
            pytest.skip(self.limits["a-beside-a/b"])
        await put_all(store, TREE)

        assert await self.folded(store, "") == (["a", "a.txt", "a0", "z"], ["a/", "b/"])
        assert await self.folded(store, "a/") == (["a/b", "a/e"], ["a/b/"])

    async def test_folders_are_paged_and_each_comes_once(self, store: ObjectStore) -> None:
        folders = [f"f{number:04}/" for number in range(self.page_limit + 5)]
        around_the_border = folders[-10:]
        await put_all(store, [f"{folder}x" for folder in folders])
        await put_all(store, [f"{folder}y" for folder in around_the_border])

        found = await pages(store, delimiter="/")

        assert [prefix for page in found for prefix in page.prefixes] == folders
        assert max(len(page.prefixes) + len(page.objects) for page in found) <= self.page_limit

    async def test_deleted_objects_leave_no_trace(self, store: ObjectStore) -> None:
        await put_all(store, ["a/b/c", "a/d"])

        await store.delete((await listed(store, "a/b/"))[0].key)

        assert await listed_keys(store) == ["a/d"]
        assert await self.folded(store, "a/") == (["a/d"], [])

    async def test_a_listing_may_be_left_early(self, store: ObjectStore) -> None:
        await put_all(store, ["a", "b", "c"])

        async for page in store.list():
            assert page.objects[0].key == "a"
            break

        assert await listed_keys(store) == ["a", "b", "c"]

    async def folded(self, store: ObjectStore, prefix: str) -> tuple[list[str], list[str]]:
        found = await pages(store, prefix, delimiter="/")
        return (
            [meta.key for page in found for meta in page.objects],
            [folder for page in found for folder in page.prefixes],
        )
