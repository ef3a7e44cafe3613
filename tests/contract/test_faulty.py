"""The faulty store fails at the call that it is told, and nowhere else."""

import signal
import subprocess
import sys
from pathlib import Path

import anyio
import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.errors import StoreUnavailableError
from keyshelf.store.faulty import FaultyStore
from keyshelf.store.memory import MemoryOptions, MemoryStore
from tests.contract.contract_base import listed_keys, read
from tests.contract.contract_batches import created
from tests.contract.local_contract import PAGE_LIMIT, PART_BYTES, LocalStoreContract
from tests.signed_server import SignedServer

KEY = ObjectKey("a")


class TestFaultyStoreWithoutFaults(LocalStoreContract):
    memory_bound = None  # its objects are memory
    streamed_bytes = 16 * 2**20

    @pytest.fixture
    def store(self, signed_server: SignedServer) -> FaultyStore:
        options = MemoryOptions(
            page_limit=PAGE_LIMIT, min_part_bytes=PART_BYTES, signer=signed_server.signer
        )
        return FaultyStore(MemoryStore(options))


@pytest.mark.anyio
async def test_a_failing_call_does_nothing() -> None:
    store = FaultyStore(MemoryStore())
    store.fail("put", call=2)
    await store.put(KEY, b"first")

    with pytest.raises(StoreUnavailableError):
        await store.put(KEY, b"second")

    assert await read(store, KEY) == b"first"
    assert store.calls == ["put", "put", "get"]


@pytest.mark.anyio
async def test_a_lost_answer_is_of_a_call_that_happened() -> None:
    store = FaultyStore(MemoryStore())
    store.lose_answer("put", error=TimeoutError())

    with pytest.raises(TimeoutError):
        await store.put(KEY, b"written")

    assert await read(store, KEY) == b"written"


@pytest.mark.anyio
async def test_a_listing_can_fail() -> None:
    store = FaultyStore(MemoryStore())
    store.fail("list")

    with pytest.raises(StoreUnavailableError):
        await listed_keys(store)

    assert await listed_keys(store) == []


@pytest.mark.anyio
async def test_a_held_call_waits_until_it_is_released() -> None:
    store = FaultyStore(MemoryStore())
    hold = store.hold("put")

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(store.put, KEY, b"late")
        await hold.reached.wait()
        assert await listed_keys(store) == []
        hold.release.set()

    assert await listed_keys(store) == [KEY]


@pytest.mark.anyio
@pytest.mark.parametrize("after", [False, True])
async def test_a_batch_fails_in_the_middle(*, after: bool) -> None:
    store = FaultyStore(MemoryStore())
    plan = store.lose_answer if after else store.fail
    plan("put", call=2)

    with pytest.raises(StoreUnavailableError):
        await store.put_many(created("a", "b", "c"))

    assert await listed_keys(store) == (["a", "b"] if after else ["a"])
    store.fail("get", call=2)
    with pytest.raises(StoreUnavailableError):
        await store.get_many([KEY, KEY])
    await store.put_many(created("a", "b", "c"))
    assert await store.get_many([KEY, ObjectKey("c")]) == [b"new", b"new"]


def test_a_kill_ends_the_process_in_the_middle_of_a_batch(tmp_path: Path) -> None:
    program = f"""
import anyio
from pathlib import Path
from keyshelf.store.disk import DiskStore
from keyshelf.store.faulty import FaultyStore
from tests.contract.contract_batches import created
store = FaultyStore(DiskStore(Path({str(tmp_path)!r})))
store.kill("put", call=8)
anyio.run(store.put_many, created(*(str(number) for number in range(10))))
"""
    ended = subprocess.run([sys.executable, "-c", program], check=False, timeout=60)

    assert ended.returncode == -signal.SIGKILL
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == list("0123456")


@pytest.mark.parametrize(("after", "written"), [(False, False), (True, True)])
def test_a_kill_ends_the_process_beside_its_call(
    tmp_path: Path, *, after: bool, written: bool
) -> None:
    program = f"""
import anyio
from pathlib import Path
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.disk import DiskStore
from keyshelf.store.faulty import FaultyStore
store = FaultyStore(DiskStore(Path({str(tmp_path)!r})))
store.kill("put", after={after})
anyio.run(store.put, ObjectKey("a"), b"x")
"""
    ended = subprocess.run([sys.executable, "-c", program], check=False, timeout=60)

    assert ended.returncode == -signal.SIGKILL
    assert (tmp_path / "a").exists() == written
