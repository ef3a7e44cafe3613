"""The contract of a multipart upload's life: begun, listed, completed, aborted, unknown."""

from datetime import timedelta

import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import CompletedPart, ObjectStore
from keyshelf.store.errors import UploadNotFoundError
from tests.contract.contract_base import KEY, OTHER, ContractBase, exists, read
from tests.contract.contract_multipart import completed, refuses
from tests.contract.contract_objects import BodyFailedError, failing_body


async def assert_gone(store: ObjectStore, upload: str) -> None:
    with pytest.raises(UploadNotFoundError):
        await store.upload_part(KEY, upload, 1, b"x")
    with pytest.raises(UploadNotFoundError):
        await store.list_parts(KEY, upload)
    with pytest.raises(UploadNotFoundError):
        await store.complete_upload(KEY, upload, [CompletedPart(number=1, etag="0" * 32)])


class UploadsContract(ContractBase):
    async def test_open_uploads_are_listed_under_a_prefix(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        one = await store.create_upload(KEY)
        two = await store.create_upload(KEY)
        three = await store.create_upload(ObjectKey("bob/50% #1?.mov"))

        everything = [(each.key, each.upload_id) async for each in store.list_uploads()]
        of_bob = [each async for each in store.list_uploads("bob/")]

        assert sorted(everything) == sorted([(KEY, one), (KEY, two), ("bob/50% #1?.mov", three)])
        assert [each.upload_id for each in of_bob] == [three]
        assert of_bob[0].started_at.utcoffset() == timedelta(0)
        assert [each async for each in store.list_uploads("carol/")] == []

    async def test_an_open_upload_is_no_object(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        upload = await store.create_upload(KEY)
        await store.upload_part(KEY, upload, 1, b"x")

        assert not await exists(store, KEY)

    async def test_a_completed_upload_is_gone(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        upload = await store.create_upload(KEY)
        part = await store.upload_part(KEY, upload, 1, b"x")

        await store.complete_upload(KEY, upload, completed([part]))

        await assert_gone(store, upload)
        assert [each async for each in store.list_uploads()] == []
        assert await read(store, KEY) == b"x"

    async def test_aborting_a_completed_upload_keeps_the_object(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        upload = await store.create_upload(KEY)
        part = await store.upload_part(KEY, upload, 1, b"x")
        await store.complete_upload(KEY, upload, completed([part]))

        await store.abort_upload(KEY, upload)

        assert await read(store, KEY) == b"x"

    async def test_an_aborted_upload_is_gone_and_twice_is_success(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        await store.put(KEY, b"old")
        upload = await store.create_upload(KEY)
        await store.upload_part(KEY, upload, 1, b"x")

        await store.abort_upload(KEY, upload)
        await store.abort_upload(KEY, upload)

        await assert_gone(store, upload)
        assert [each async for each in store.list_uploads()] == []
        assert await read(store, KEY) == b"old"

    @pytest.mark.parametrize("kind", ["reversed", "path"])
    async def test_an_unknown_upload_is_not_found(self, store: ObjectStore, kind: str) -> None:
        if await refuses(store):
            return
        real = await store.create_upload(KEY)

        await assert_gone(store, real[::-1] if kind == "reversed" else "../../x")

    async def test_a_failed_part_leaves_the_one_before(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        upload = await store.create_upload(KEY)
        good = await store.upload_part(KEY, upload, 1, b"good")

        with pytest.raises(BodyFailedError):
            await store.upload_part(KEY, upload, 1, failing_body())
        await store.complete_upload(KEY, upload, completed([good]))

        assert await read(store, KEY) == b"good"

    async def test_putting_beside_an_open_upload_harms_neither(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        upload = await store.create_upload(KEY)
        part = await store.upload_part(KEY, upload, 1, b"uploaded")
        await store.put(KEY, b"put")
        await store.put(OTHER, b"other")
        await store.delete(KEY)

        await store.complete_upload(KEY, upload, completed([part]))

        assert await read(store, KEY) == b"uploaded"
        assert await read(store, OTHER) == b"other"
