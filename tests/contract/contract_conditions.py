"""The contract of conditional writes and reads."""

import anyio
import pytest

from keyshelf.store.base import Condition, IfMatch, ObjectStore, PutOptions, WriteCondition
from keyshelf.store.errors import ObjectChangedError, ObjectExistsError, UnsupportedError
from tests.contract.contract_base import KEY, ContractBase, exists, pieces, read

CREATE = PutOptions(condition=Condition.CREATE)


async def refuses(store: ObjectStore, condition: WriteCondition) -> bool:
    """Assert the refusal of a store without conditional writes; say whether it is one."""
    if store.capabilities.conditional_put:
        return False
    with pytest.raises(UnsupportedError):
        await store.put(KEY, b"x", PutOptions(condition=condition))
    return True


class ConditionsContract(ContractBase):
    async def test_create_writes_a_new_object(self, store: ObjectStore) -> None:
        if await refuses(store, Condition.CREATE):
            return
        await store.put(KEY, b"first", CREATE)

        assert await read(store, KEY) == b"first"

    async def test_create_refuses_to_overwrite(self, store: ObjectStore) -> None:
        if await refuses(store, Condition.CREATE):
            return
        await store.put(KEY, b"first", CREATE)

        with pytest.raises(ObjectExistsError):
            await store.put(KEY, b"second", CREATE)
        with pytest.raises(ObjectExistsError):
            await store.put(KEY, pieces(b"third"), CREATE)

        assert await read(store, KEY) == b"first"

    async def test_create_works_again_after_a_delete(self, store: ObjectStore) -> None:
        if await refuses(store, Condition.CREATE):
            return
        await store.put(KEY, b"first", CREATE)
        await store.delete(KEY)

        await store.put(KEY, b"second", CREATE)

        assert await read(store, KEY) == b"second"

    async def test_of_racing_creators_exactly_one_wins(self, store: ObjectStore) -> None:
        if await refuses(store, Condition.CREATE):
            return
        winners: list[bytes] = []
        losers: list[bytes] = []

        async def create(body: bytes) -> None:
            try:
                await store.put(KEY, body, CREATE)
            except ObjectExistsError:
                losers.append(body)
            else:
                winners.append(body)

        async with anyio.create_task_group() as tasks:
            for number in range(8):
                tasks.start_soon(create, b"%d" % number)

        assert (len(winners), len(losers)) == (1, 7)
        assert await read(store, KEY) == winners[0]

    async def test_if_match_replaces_only_the_named_version(self, store: ObjectStore) -> None:
        first = await store.put(KEY, b"first")
        if await refuses(store, IfMatch(first.etag)):
            return
        second = await store.put(KEY, b"second", PutOptions(condition=IfMatch(first.etag)))

        with pytest.raises(ObjectChangedError):
            await store.put(KEY, b"third", PutOptions(condition=IfMatch(first.etag)))

        assert await read(store, KEY) == b"second"
        assert (await store.head(KEY)).etag == second.etag

    async def test_if_match_on_a_missing_object_is_changed(self, store: ObjectStore) -> None:
        gone = await store.put(KEY, b"first")
        await store.delete(KEY)
        if await refuses(store, IfMatch(gone.etag)):
            return

        with pytest.raises(ObjectChangedError):
            await store.put(KEY, b"second", PutOptions(condition=IfMatch(gone.etag)))

        assert not await exists(store, KEY)

    async def test_of_racing_replacers_exactly_one_wins(self, store: ObjectStore) -> None:
        first = await store.put(KEY, b"first")
        if await refuses(store, IfMatch(first.etag)):
            return
        winners: list[bytes] = []

        async def replace(body: bytes) -> None:
            try:
                await store.put(KEY, body, PutOptions(condition=IfMatch(first.etag)))
            except ObjectChangedError:
                return
            winners.append(body)

        async with anyio.create_task_group() as tasks:
            for number in range(8):
                tasks.start_soon(replace, b"%d" % number)

        assert len(winners) == 1
        assert await read(store, KEY) == winners[0]

    async def test_get_if_match_reads_only_the_named_version(self, store: ObjectStore) -> None:
        first = await store.put(KEY, b"first")

        async with await store.get(KEY, if_match=first.etag) as reader:
            assert await reader.read() == b"first"
        await store.put(KEY, b"second")

        with pytest.raises(ObjectChangedError):
            await store.get(KEY, if_match=first.etag)
