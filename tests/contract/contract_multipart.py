"""The contract of objects made of parts."""

from collections.abc import Sequence

import anyio
import pytest

from keyshelf.store.base import (
    Attributes,
    ByteRange,
    CompletedPart,
    Condition,
    IfMatch,
    ObjectStore,
    Part,
    PutOptions,
)
from keyshelf.store.errors import (
    InvalidPartError,
    ObjectChangedError,
    ObjectExistsError,
    UnsupportedError,
    UploadNotFoundError,
)
from tests.contract.contract_base import KEY, OTHER, ContractBase, exists, pieces, read


def completed(parts: Sequence[Part]) -> list[CompletedPart]:
    ordered = sorted(parts, key=lambda part: part.number)
    return [CompletedPart(number=part.number, etag=part.etag) for part in ordered]


async def refuses(store: ObjectStore) -> bool:
    """Assert the refusal of a store without multipart uploads; say whether it is one."""
    if store.capabilities.multipart:
        return False
    with pytest.raises(UnsupportedError):
        await store.create_upload(KEY)
    return True


class MultipartContract(ContractBase):
    def part(self, fill: int) -> bytes:
        """Return a part of the least size whose content tells it from others."""
        return bytes([fill]) * self.part_bytes

    async def test_an_object_is_made_of_its_parts_in_order(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        upload = await store.create_upload(KEY)
        last = await store.upload_part(KEY, upload, 3, b"the end")
        first = await store.upload_part(KEY, upload, 1, self.part(1))
        second = await store.upload_part(KEY, upload, 2, pieces(self.part(2), b"more"))
        before = await exists(store, KEY)

        meta = await store.complete_upload(KEY, upload, completed([last, first, second]))

        expected = self.part(1) + self.part(2) + b"more" + b"the end"
        assert not before
        assert await read(store, KEY) == expected
        assert (meta.key, meta.size, meta.etag) == (
            KEY,
            len(expected),
            (await store.head(KEY)).etag,
        )

    async def test_a_range_may_cross_parts(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        upload = await store.create_upload(KEY)
        parts = [
            await store.upload_part(KEY, upload, 1, self.part(1)),
            await store.upload_part(KEY, upload, 2, b"22222"),
        ]
        await store.complete_upload(KEY, upload, completed(parts))

        across = ByteRange(self.part_bytes - 2, self.part_bytes + 3)
        async with await store.get(KEY, byte_range=across) as reader:
            assert await reader.read() == b"\x01\x01222"

    async def test_part_numbers_may_have_gaps(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        upload = await store.create_upload(KEY)
        parts = [
            await store.upload_part(KEY, upload, 10_000, b"end"),
            await store.upload_part(KEY, upload, 7, self.part(7)),
        ]

        await store.complete_upload(KEY, upload, completed(parts))

        assert await read(store, KEY) == self.part(7) + b"end"

    async def test_a_part_may_be_left_out(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        upload = await store.create_upload(KEY)
        first = await store.upload_part(KEY, upload, 1, self.part(1))
        await store.upload_part(KEY, upload, 2, self.part(2))
        third = await store.upload_part(KEY, upload, 3, b"end")

        await store.complete_upload(KEY, upload, completed([first, third]))

        assert await read(store, KEY) == self.part(1) + b"end"

    async def test_a_part_may_be_written_again(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        upload = await store.create_upload(KEY)
        wrong = await store.upload_part(KEY, upload, 1, self.part(9) + b"longer")
        right = await store.upload_part(KEY, upload, 1, self.part(1))
        last = await store.upload_part(KEY, upload, 2, b"end")

        with pytest.raises(InvalidPartError):
            await store.complete_upload(KEY, upload, completed([wrong, last]))
        await store.complete_upload(KEY, upload, completed([right, last]))

        assert await read(store, KEY) == self.part(1) + b"end"

    async def test_parts_may_differ_in_size(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        bodies = [self.part(1) + b"+" * 17, self.part(2), self.part(3) + b"-" * 4097, b"end"]
        upload = await store.create_upload(KEY)
        parts = [
            await store.upload_part(KEY, upload, number, body)
            for number, body in enumerate(bodies, start=1)
        ]

        await store.complete_upload(KEY, upload, completed(parts))

        assert await read(store, KEY) == b"".join(bodies)

    async def test_the_parts_that_are_there_are_listed(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        upload = await store.create_upload(KEY)
        empty = list(await store.list_parts(KEY, upload))
        third = await store.upload_part(KEY, upload, 3, b"three")
        first = await store.upload_part(KEY, upload, 1, self.part(1))

        assert empty == []
        assert list(await store.list_parts(KEY, upload)) == [first, third]
        assert (first.number, first.size, third.size) == (1, self.part_bytes, 5)
        await store.abort_upload(KEY, upload)

    async def test_parts_come_at_once(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        upload = await store.create_upload(KEY)
        parts: list[Part] = []

        async def send(number: int) -> None:
            parts.append(await store.upload_part(KEY, upload, number, self.part(number)))

        async with anyio.create_task_group() as tasks:
            for number in range(1, 7):
                tasks.start_soon(send, number)
        await store.complete_upload(KEY, upload, completed(parts))

        assert await read(store, KEY) == b"".join(self.part(number) for number in range(1, 7))

    async def test_an_upload_has_the_attributes_it_began_with(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        capabilities = store.capabilities
        attributes = Attributes(
            content_type="video/mp4", metadata={"name": "Zoë"} if capabilities.metadata else {}
        )
        tags = {"state": "draft"} if capabilities.tags else {}
        upload = await store.create_upload(KEY, PutOptions(attributes=attributes, tags=tags))
        part = await store.upload_part(KEY, upload, 1, b"x")

        await store.complete_upload(KEY, upload, completed([part]))

        assert (await store.head(KEY)).attributes == attributes
        assert not capabilities.tags or await store.get_tags(KEY) == tags

    async def test_completing_replaces_what_was_there(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        await store.put(KEY, b"old", PutOptions(attributes=Attributes(content_type="image/png")))
        upload = await store.create_upload(KEY)
        part = await store.upload_part(KEY, upload, 1, b"new")
        meanwhile = await read(store, KEY)

        await store.complete_upload(KEY, upload, completed([part]))

        assert (meanwhile, await read(store, KEY)) == (b"old", b"new")
        assert (await store.head(KEY)).attributes == Attributes()

    async def test_completing_obeys_create_only(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        await store.put(KEY, b"old")
        upload = await store.create_upload(KEY)
        part = await store.upload_part(KEY, upload, 1, b"new")
        refusal = ObjectExistsError if store.capabilities.conditional_put else UnsupportedError

        with pytest.raises(refusal):
            await store.complete_upload(KEY, upload, completed([part]), condition=Condition.CREATE)
        await store.abort_upload(KEY, upload)

        assert await read(store, KEY) == b"old"

    async def test_completing_obeys_if_match(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        first = await store.put(KEY, b"first")
        await store.put(KEY, b"second")
        upload = await store.create_upload(KEY)
        part = await store.upload_part(KEY, upload, 1, b"new")
        refusal = ObjectChangedError if store.capabilities.conditional_put else UnsupportedError

        with pytest.raises(refusal):
            await store.complete_upload(
                KEY, upload, completed([part]), condition=IfMatch(first.etag)
            )
        await store.abort_upload(KEY, upload)

        assert await read(store, KEY) == b"second"

    async def test_a_missing_part_is_refused_and_can_be_mended(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        upload = await store.create_upload(KEY)
        first = await store.upload_part(KEY, upload, 1, self.part(1))
        ghost = CompletedPart(number=2, etag=first.etag)

        with pytest.raises(InvalidPartError):
            await store.complete_upload(KEY, upload, [*completed([first]), ghost])
        second = await store.upload_part(KEY, upload, 2, b"end")
        await store.complete_upload(KEY, upload, completed([first, second]))

        assert await read(store, KEY) == self.part(1) + b"end"

    async def test_another_etag_is_refused(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        upload = await store.create_upload(KEY)
        await store.upload_part(KEY, upload, 1, b"one")
        wrong = CompletedPart(number=1, etag="0" * 32)

        with pytest.raises(InvalidPartError):
            await store.complete_upload(KEY, upload, [wrong])

        assert not await exists(store, KEY)

    async def test_completing_of_no_parts_is_refused(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        upload = await store.create_upload(KEY)

        with pytest.raises(InvalidPartError):
            await store.complete_upload(KEY, upload, [])

    async def test_parts_out_of_order_or_twice_are_refused(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        upload = await store.create_upload(KEY)
        first = await store.upload_part(KEY, upload, 1, self.part(1))
        second = await store.upload_part(KEY, upload, 2, self.part(2))
        one, two = completed([first, second])

        with pytest.raises(InvalidPartError):
            await store.complete_upload(KEY, upload, [two, one])
        with pytest.raises(InvalidPartError):
            await store.complete_upload(KEY, upload, [one, one])

    async def test_a_small_part_before_the_last_is_refused(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        upload = await store.create_upload(KEY)
        small = await store.upload_part(KEY, upload, 1, b"small")
        last = await store.upload_part(KEY, upload, 2, b"end")

        with pytest.raises(InvalidPartError):
            await store.complete_upload(KEY, upload, completed([small, last]))

    @pytest.mark.parametrize("number", [0, -1, 10_001])
    async def test_a_part_number_out_of_bounds_is_refused(
        self, store: ObjectStore, number: int
    ) -> None:
        if await refuses(store):
            return
        upload = await store.create_upload(KEY)

        with pytest.raises(InvalidPartError):
            await store.upload_part(KEY, upload, number, b"x")

    async def test_uploads_of_one_key_are_apart(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        one, two = await store.create_upload(KEY), await store.create_upload(KEY)
        part_one = await store.upload_part(KEY, one, 1, b"one")
        part_two = await store.upload_part(KEY, two, 1, b"two")

        await store.complete_upload(KEY, two, completed([part_two]))
        first = await read(store, KEY)
        await store.complete_upload(KEY, one, completed([part_one]))

        assert (first, await read(store, KEY)) == (b"two", b"one")

    async def test_an_upload_belongs_to_its_key(self, store: ObjectStore) -> None:
        if await refuses(store):
            return
        upload = await store.create_upload(KEY)
        part = await store.upload_part(KEY, upload, 1, b"x")

        with pytest.raises(UploadNotFoundError):
            await store.complete_upload(OTHER, upload, completed([part]))

        assert not await exists(store, OTHER)
