"""The contract of signed requests, made over real HTTP as a browser makes them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from urllib.parse import quote

import pytest

from keyshelf.errors import InvalidInputError
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import (
    Attributes,
    CompletedPart,
    Condition,
    ObjectStore,
    PresignOptions,
    PutOptions,
    SignedRequest,
)
from keyshelf.store.errors import UnsupportedError
from tests.contract.contract_base import KEY, OTHER, ContractBase, exists, read
from tests.contract.contract_keys import HARD_KEYS
from tests.contract.contract_multipart import completed

GET = PresignOptions()


def altered(request: SignedRequest, old: str, new: str) -> SignedRequest:
    assert old in request.url
    return SignedRequest(
        method=request.method,
        url=request.url.replace(old, new, 1),
        headers=request.headers,
        expires_at=request.expires_at,
    )


def without_conditions(headers: Mapping[str, str]) -> Mapping[str, str]:
    return {name: text for name, text in headers.items() if "match" not in name.lower()}


def with_method(request: SignedRequest, method: str) -> SignedRequest:
    return SignedRequest(
        method=method, url=request.url, headers=request.headers, expires_at=request.expires_at
    )


async def refuses(store: ObjectStore) -> bool:
    """Assert the refusal of a store that cannot sign; say whether it is one."""
    if store.capabilities.presign:
        return False
    with pytest.raises(UnsupportedError):
        await store.presign("GET", KEY)
    return True


class PresignContract(ContractBase):
    async def test_a_signed_get_gives_the_object(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        jpeg = PutOptions(attributes=Attributes(content_type="image/jpeg"))
        meta = await store.put(KEY, b"hello", jpeg)

        answer = await self.send(await store.presign("GET", KEY))

        assert (answer.status, answer.body) == (200, b"hello")
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["content-length"] == "5"
        assert answer.etag == meta.etag

    async def test_a_signed_get_takes_a_range(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        await store.put(KEY, b"0123456789")

        answer = await self.send(await store.presign("GET", KEY), headers={"Range": "bytes=2-4"})

        assert (answer.status, answer.body) == (206, b"234")
        assert answer.headers["content-range"] == "bytes 2-4/10"

    async def test_a_signed_get_overrides_type_and_disposition(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        await store.put(KEY, b"hello")
        disposition = "attachment; filename=\"50% a+b.txt\"; filename*=UTF-8''50%25%20%E6%97%A5.txt"

        answer = await self.send(
            await store.presign(
                "GET",
                KEY,
                PresignOptions(
                    content_type="text/plain; charset=utf-8", content_disposition=disposition
                ),
            )
        )

        assert (answer.status, answer.body) == (200, b"hello")
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.headers["content-disposition"] == disposition

    async def test_a_signed_head_gives_no_body(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        meta = await store.put(KEY, b"hello")

        answer = await self.send(await store.presign("HEAD", KEY))

        assert (answer.status, answer.body) == (200, b"")
        assert answer.headers["content-length"] == "5"
        assert answer.etag == meta.etag

    async def test_a_signed_get_of_nothing_is_404(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        answer = await self.send(await store.presign("GET", KEY))

        assert answer.status == 404

    async def test_a_signed_put_writes_the_object(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        options = PresignOptions(content_type="image/png")

        answer = await self.send(await store.presign("PUT", KEY, options), body=b"picture")

        head = await store.head(KEY)
        assert answer.status in {200, 201}
        assert answer.etag == head.etag
        assert await read(store, KEY) == b"picture"
        assert head.attributes is not None
        assert head.attributes.content_type == "image/png"

    async def test_a_signed_put_of_nothing_writes_an_empty_object(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        answer = await self.send(await store.presign("PUT", KEY), body=b"")

        assert answer.status in {200, 201}
        assert await read(store, KEY) == b""

    async def test_a_signed_put_of_its_length_is_taken(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        request = await store.presign("PUT", KEY, PresignOptions(content_length=5))

        assert (await self.send(request, body=b"right")).status in {200, 201}
        assert await read(store, KEY) == b"right"

    async def test_a_signed_put_of_another_length_is_refused(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        request = await store.presign("PUT", KEY, PresignOptions(content_length=5))
        lengths = {"Content-Length": "8"} if "Content-Length" in request.headers else {}

        answer = await self.send(request, body=b"too long", headers=lengths)

        if self.enforces_length:
            assert 400 <= answer.status < 500
            assert not await exists(store, KEY)
        else:
            assert answer.status in {200, 201}

    async def test_a_signed_put_to_create_never_replaces(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        options = PresignOptions(
            content_type="text/plain", content_length=5, condition=Condition.CREATE
        )
        request = await store.presign("PUT", KEY, options)
        bare = replace(request, headers=without_conditions(request.headers))

        first = await self.send(request, body=b"first")
        again = await self.send(request, body=b"again")
        forged = await self.send(bare, body=b"forge")

        assert first.status in {200, 201}
        assert again.status in {403, 409, 412}
        assert 400 <= forged.status < 500
        assert await read(store, KEY) == b"first"

    async def test_a_signed_put_takes_the_body_of_its_hash_only(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        options = PresignOptions(content_length=5, sha256=sha256(b"right").digest())
        request = await store.presign("PUT", KEY, options)
        hashless = {
            name: text for name, text in request.headers.items() if "sha256" not in name.lower()
        }

        wrong = await self.send(request, body=b"wrong")
        if self.enforces_sha256:
            assert 400 <= wrong.status < 500
            bare = await self.send(replace(request, headers=hashless), body=b"wrong")
            assert 400 <= bare.status < 500
            assert not await exists(store, KEY)
        right = await self.send(request, body=b"right")

        assert right.status in {200, 201}
        assert await read(store, KEY) == b"right"

    async def test_a_signed_put_gives_metadata_and_tags(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        metadata = {"codec": "zstd", "note-1": "Zoë", "empty": ""}
        tags = {"kind": "chunk", "a b": "c=d"} if store.capabilities.tags else {}
        options = PresignOptions(
            content_length=1, condition=Condition.CREATE, metadata=metadata, tags=tags
        )

        answer = await self.send(await store.presign("PUT", KEY, options), body=b"x")

        attributes = (await store.head(KEY)).attributes
        assert answer.status in {200, 201}, answer.body
        assert attributes is not None
        assert attributes.metadata == metadata
        if store.capabilities.tags:
            assert await store.get_tags(KEY) == tags
        else:
            with pytest.raises(UnsupportedError):
                await store.presign("PUT", KEY, PresignOptions(tags={"kind": "chunk"}))

    @pytest.mark.parametrize(
        "of_object",
        [
            PresignOptions(condition=Condition.CREATE),
            PresignOptions(sha256=bytes(32)),
            PresignOptions(metadata={"a": "b"}),
            PresignOptions(tags={"a": "b"}),
        ],
        ids=["condition", "sha256", "metadata", "tags"],
    )
    async def test_only_a_put_of_an_object_is_signed_with_what_an_object_has(
        self, store: ObjectStore, of_object: PresignOptions
    ) -> None:
        if await refuses(store):
            return
        part = replace(of_object, upload_id="1", part_number=1)
        for method, options in (("GET", of_object), ("PUT", part)):
            with pytest.raises(InvalidInputError):
                await store.presign(method, KEY, options)

    async def test_a_hash_of_another_length_is_not_signed(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        with pytest.raises(InvalidInputError):
            await store.presign("PUT", KEY, PresignOptions(sha256=b"short"))

    async def test_a_signed_part_becomes_part_of_the_object(self, store: ObjectStore) -> None:
        if await refuses(store) or not store.capabilities.multipart:
            return
        upload = await store.create_upload(KEY)
        first = bytes(self.part_bytes)
        parts: list[CompletedPart] = []

        for number, body in enumerate([first, b"end"], start=1):
            options = PresignOptions(upload_id=upload, part_number=number)
            answer = await self.send(await store.presign("PUT", KEY, options), body=body)
            assert answer.status in {200, 201}, answer.body
            parts.append(CompletedPart(number=number, etag=answer.etag))
        listed = await store.list_parts(KEY, upload)
        await store.complete_upload(KEY, upload, parts)

        assert completed(listed) == parts
        assert await read(store, KEY) == first + b"end"

    @pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
    async def test_an_expired_request_is_refused(self, store: ObjectStore, method: str) -> None:
        if await refuses(store):
            return
        await store.put(KEY, b"old")

        request = await self.expired_request(store, method, KEY, GET)
        answer = await self.send(request, body=b"new" if method == "PUT" else None)

        assert 400 <= answer.status < 500
        assert await read(store, KEY) == b"old"

    async def test_a_request_for_another_key_is_refused(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        await store.put(KEY, b"mine")
        await store.put(OTHER, b"not mine")
        request = await store.presign("GET", KEY)

        answer = await self.send(altered(request, "a.jpg", "b.jpg"))

        assert 400 <= answer.status < 500
        assert b"not mine" not in answer.body

    async def test_a_request_by_another_method_is_refused(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        await store.put(KEY, b"old")
        request = await store.presign("GET", KEY)

        answer = await self.send(with_method(request, "PUT"), body=b"new")

        assert 400 <= answer.status < 500
        assert await read(store, KEY) == b"old"

    async def test_a_changed_override_is_refused(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        await store.put(KEY, b"old")
        options = PresignOptions(content_type="text/plain", content_disposition="attachment")
        request = await store.presign("GET", KEY, options)

        for old, new in (("attachment", "inline"), (quote("text/plain", safe=""), "text%2Fhtml")):
            answer = await self.send(altered(request, old, new))
            assert 400 <= answer.status < 500

    async def test_a_put_of_another_type_is_refused(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        request = await store.presign("PUT", KEY, PresignOptions(content_type="image/png"))

        answer = await self.send(request, body=b"x", headers={"Content-Type": "text/html"})

        assert 400 <= answer.status < 500
        assert not await exists(store, KEY)

    @pytest.mark.parametrize("key", HARD_KEYS.values(), ids=HARD_KEYS.keys())
    async def test_a_signed_request_reaches_a_hard_key(self, store: ObjectStore, key: str) -> None:
        if await refuses(store):
            return
        hard = ObjectKey(key)
        put = await self.send(await store.presign("PUT", hard), body=b"hard")
        got = await self.send(await store.presign("GET", hard))

        assert put.status in {200, 201}, put.body
        assert (got.status, got.body) == (200, b"hard")
        assert await read(store, hard) == b"hard"

    async def test_a_request_says_when_it_expires(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        hour = await store.presign("GET", KEY)
        day = await store.presign("GET", KEY, PresignOptions(expires_in=timedelta(days=1)))

        later = day.expires_at - hour.expires_at
        assert timedelta(hours=22) < later <= timedelta(hours=23)
        assert hour.expires_at.utcoffset() == timedelta(0)

    @pytest.mark.parametrize("method", ["DELETE", "POST", "get"])
    async def test_other_methods_are_not_signed(self, store: ObjectStore, method: str) -> None:
        if await refuses(store):
            return
        with pytest.raises(InvalidInputError):
            await store.presign(method, KEY)
