"""The contract of keys: whatever S3 can hold survives, byte for byte."""

import unicodedata

import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import ByteRange, ObjectStore
from keyshelf.store.errors import InvalidKeyError, ObjectNotFoundError, UnsupportedError
from tests.contract.contract_base import (
    ContractBase,
    listed_keys,
    pages,
    put_all,
    read,
)

HARD_KEYS = {
    "percent-hash": "50% off #1?.pdf",
    "quote-plus": "it's (2)+a&b=c.mov",
    "wide": "日本語 😀.png",
    "spaces": " leading and trailing ",
    "only-space": "a/ /b",
    "leading-slash": "/a",
    "two-leading-slashes": "//a",
    "empty-segment": "a//b",
    "many-slashes": "a///b",
    "dot": ".",
    "dot-dot": "..",
    "dot-segment": "a/./b",
    "parent-segment": "a/../b",
    "leading-parent": "../../etc/passwd",
    "trailing-dot": "a/b/..",
    "dots": "...",
    "newline": "a\nb",
    "controls": "a\x01\x1b\x7f\tb",
    "carriage-return": "a\rb",
    "encoded-parent": "%2e%2e/%2F/%00",
    "percent": "100%",
    "percent-marker": "a%/b%25/%",
    "backslash": "a\\b\\..\\c",
    "quotes": "\"a\" 'b' `c` $d",
    "markup": "<a href='&amp;'>]]>.xml",
    "colon-star": 'C:*?"<>|.txt',
    "nfc": unicodedata.normalize("NFC", "é/Å.jpg"),
    "nfd": unicodedata.normalize("NFD", "é/Å.jpg"),
    "nonchar": "a\ufffeb\uffff",
    "bidi": "\u202egpj.exe",
    "long-ascii-segment": "x" * 1024,
    "long-wide-segment": "語" * 341,
    "long-escaped-segment": "%" * 300,
    "segment-of-255": "a/" + "y" * 255 + "/b",
    "segment-of-256": "a/" + "y" * 256 + "/b",
    "deep": "/".join("d" * 512),
    "hidden": ".keyshelf/x",
    "marker-like": ".keyshelf",
    "nul": "a\0b",
}
MARKERS = {
    "folder": "folder/",
    "deep-folder": "a/b/c/",
    "slash": "/",
    "slashes": "//",
    "folder-empty-segment": "a//",
    "folder-dot": "a/./",
    "folder-parent": "../",
    "long-folder": "z" * 300 + "/",
}
NEIGHBOURS = {
    "a-beside-a/b": ["a", "a/b", "a/b/c"],
    "marker-beside-children": ["a/", "a/b", "a/b/"],
    "case": ["A/b", "a/B", "a/b"],
    "normal-forms": [HARD_KEYS["nfc"], HARD_KEYS["nfd"]],
    "escapes": ["a%2Fb", "a%252Fb", "a%b", "a%25b"],
    "dots": ["a/./b", "a/../b", "b", "a//b"],
    "long-beside-its-cut": ["q" * 300, "q" * 301, "q" * 250, "q" * 300 + "/r"],
}


class KeysContract(ContractBase):
    @pytest.mark.parametrize("key", HARD_KEYS.values(), ids=HARD_KEYS.keys())
    async def test_a_hard_key_survives(self, store: ObjectStore, key: str) -> None:
        hard = ObjectKey(key)

        await store.put(hard, b"hard")

        assert (await store.head(hard)).key == hard
        async with await store.get(hard, byte_range=ByteRange(1, 3)) as reader:
            assert await reader.read() == b"ar"
        assert await listed_keys(store) == [hard]
        assert await listed_keys(store, key[:1]) == [hard]
        assert [result.error for result in await store.delete_many([hard])] == [None]
        assert await listed_keys(store) == []

    @pytest.mark.parametrize("key", HARD_KEYS.values(), ids=HARD_KEYS.keys())
    async def test_a_hard_key_is_copied_both_ways(self, store: ObjectStore, key: str) -> None:
        hard, plain = ObjectKey(key), ObjectKey("plain.bin")
        await store.put(hard, b"hard")

        await store.copy(hard, plain)
        await store.delete(hard)
        await store.copy(plain, hard)

        assert await read(store, hard) == b"hard"
        assert await listed_keys(store) == sorted([hard, plain], key=str.encode)

    @pytest.mark.parametrize("key", HARD_KEYS.values(), ids=HARD_KEYS.keys())
    async def test_a_hard_key_is_uploaded_in_parts(self, store: ObjectStore, key: str) -> None:
        hard = ObjectKey(key)
        if not store.capabilities.multipart:
            with pytest.raises(UnsupportedError):
                await store.create_upload(hard)
            return

        upload = await store.create_upload(hard)

        assert [each.key async for each in store.list_uploads()] == [hard]
        await store.abort_upload(hard, upload)

    @pytest.mark.parametrize("key", MARKERS.values(), ids=MARKERS.keys())
    async def test_a_folder_marker_is_kept_and_listed(self, store: ObjectStore, key: str) -> None:
        marker = ObjectKey(key)
        if not store.capabilities.folder_markers:
            with pytest.raises(UnsupportedError):
                await store.put(marker, b"")
            return

        await store.put(marker, b"")

        assert (await store.head(marker)).size == 0
        assert await read(store, marker) == b""
        assert await listed_keys(store) == [marker]
        assert await listed_keys(store, marker) == [marker]
        folded = await pages(store, delimiter="/")
        first = marker[: marker.index("/") + 1]
        assert [prefix for page in folded for prefix in page.prefixes] == [first]
        await store.delete(marker)
        assert await listed_keys(store) == []

    @pytest.mark.parametrize("keys", NEIGHBOURS.values(), ids=NEIGHBOURS.keys())
    async def test_neighbours_stay_apart(self, store: ObjectStore, keys: list[str]) -> None:
        await self.come_and_go(store, keys)

    @pytest.mark.parametrize("keys", NEIGHBOURS.values(), ids=NEIGHBOURS.keys())
    async def test_neighbours_stay_apart_in_any_order(
        self, store: ObjectStore, keys: list[str]
    ) -> None:
        await self.come_and_go(store, keys[::-1])
        await self.come_and_go(store, [*keys[1:], keys[0]])

    async def come_and_go(self, store: ObjectStore, keys: list[str]) -> None:
        if not store.capabilities.folder_markers:
            keys = [key for key in keys if not key.endswith("/")]
        for key in keys:
            await store.put(ObjectKey(key), f"of {key}".encode())
        assert await listed_keys(store) == sorted(keys, key=str.encode)
        for position, key in enumerate(keys):
            assert await read(store, ObjectKey(key)) == f"of {key}".encode()
            await store.delete(ObjectKey(key))
            assert await listed_keys(store) == sorted(keys[position + 1 :], key=str.encode)

    async def test_a_key_above_another_is_no_object(self, store: ObjectStore) -> None:
        await put_all(store, ["a/b/c"])

        for key in ("a", "a/b", "a/", "a/b/", "a/b/c/", "a/b/c/d"):
            with pytest.raises(ObjectNotFoundError):
                await store.head(ObjectKey(key))
            await store.delete(ObjectKey(key))

        assert await listed_keys(store) == ["a/b/c"]

    @pytest.mark.parametrize(
        "key", ["", "x" * 1025, "語" * 342, "a\ud800b"], ids=["empty", "long", "wide", "surrogate"]
    )
    async def test_a_key_that_no_store_holds_is_refused(self, store: ObjectStore, key: str) -> None:
        bad = ObjectKey(key)

        with pytest.raises(InvalidKeyError):
            await store.put(bad, b"x")
        with pytest.raises(InvalidKeyError):
            await store.head(bad)
        with pytest.raises(InvalidKeyError):
            await store.get(bad)
        with pytest.raises(InvalidKeyError):
            await store.delete(bad)
        with pytest.raises(InvalidKeyError):
            await store.copy(ObjectKey("a"), bad)
        with pytest.raises(InvalidKeyError):
            await store.presign("GET", bad)
