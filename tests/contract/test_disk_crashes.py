"""A disk store is whole after a kill at any step, and takes on where it was."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import CompletedPart, ObjectMeta, ObjectStore
from keyshelf.store.disk import DiskStore
from keyshelf.store.errors import UploadNotFoundError
from tests.contract.contract_base import listed, read
from tests.contract.disk_crasher import KEY, SCENARIOS, options

Seen = dict[str, tuple[object, ...]]

pytestmark = pytest.mark.anyio


async def seen(store: ObjectStore) -> Seen:
    """Return all that a store shows, but for the times."""
    return {meta.key: await shown(store, meta) for meta in await listed(store)}


async def shown(store: ObjectStore, meta: ObjectMeta) -> tuple[object, ...]:
    head = await store.head(meta.key)
    assert head.etag == meta.etag
    body, tags = await read(store, meta.key), await store.get_tags(meta.key)
    return (body, head.etag, head.attributes, tags)


@pytest.fixture(params=["own", "beside"])
def attributes(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name != "batch"])
async def test_a_kill_at_any_step_leaves_the_old_or_the_new(
    tmp_path: Path, name: str, attributes: str
) -> None:
    opened = options(extended_attributes=attributes == "own")
    before, killed, after = await crashed(tmp_path, name, attributes)

    states: list[bool] = []
    for folder in killed:
        store = DiskStore(folder, opened)
        found = await seen(store)
        assert found in (before, after), folder.name
        states.append(found == after)
        await takes_up_again(store, after if name.startswith("complete") else None)
    assert states == sorted(states), "the new state stays once it is there"


async def test_a_kill_at_any_step_of_a_batch_leaves_whole_objects(
    tmp_path: Path, attributes: str
) -> None:
    opened = options(extended_attributes=attributes == "own")
    before, killed, after = await crashed(tmp_path, "batch", attributes)

    for folder in killed:
        found = await seen(DiskStore(folder, opened))
        assert before.keys() <= found.keys() <= after.keys(), folder.name
        assert [bare(found[key]) for key in found] == [bare(after[key]) for key in found]
        await takes_up_again(DiskStore(folder, opened), None)


async def crashed(tmp_path: Path, name: str, attributes: str) -> tuple[Seen, Sequence[Path], Seen]:
    """Return what is seen before a scenario, the stores killed in it, what is seen after it."""
    opened = options(extended_attributes=attributes == "own")
    untouched = DiskStore(tmp_path / "untouched", opened)
    SCENARIOS[name].prepare(untouched._files)  # pyright: ignore[reportPrivateUsage]
    before = await seen(untouched)

    subprocess.run(
        [sys.executable, "-m", "tests.contract.disk_crasher", name, tmp_path / "s", attributes],
        check=True,
        timeout=100,
    )
    *killed, whole = sorted((tmp_path / "s").iterdir())
    after = await seen(DiskStore(whole, opened))

    assert len(killed) >= 1
    assert before != after
    return before, killed, after


def bare(facts: tuple[object, ...]) -> tuple[object, ...]:
    """Return what is seen of an object but for its ETag, which is random in a batch."""
    return (facts[0], *facts[2:])


async def takes_up_again(store: DiskStore, completed: Seen | None) -> None:
    """Show that work can go on: an open upload is completed, a new object written."""
    for upload in [each async for each in store.list_uploads()]:
        parts = await store.list_parts(KEY, upload.upload_id)
        wanted = [CompletedPart(part.number, part.etag) for part in parts]
        try:
            await store.complete_upload(KEY, upload.upload_id, wanted)
        except UploadNotFoundError:
            pass  # it was completed before the kill
    assert completed is None or await seen(store) == completed
    assert [each async for each in store.list_uploads()] == []
    await store.put(KEY, b"again")
    assert await read(store, KEY) == b"again"
    await store.delete(KEY)
    assert KEY not in await seen(store)


async def test_a_kill_in_the_middle_of_a_body_leaves_the_old(tmp_path: Path) -> None:
    store = DiskStore(tmp_path)
    await store.put(ObjectKey("a"), b"old")
    program = f"""
import os, signal, anyio
from pathlib import Path
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.disk import DiskStore

async def body():
    for number in range(8):
        yield b"new" * 500_000
    os.kill(os.getpid(), signal.SIGKILL)

anyio.run(DiskStore(Path({str(tmp_path)!r})).put, ObjectKey("a"), body())
"""
    ended = subprocess.run([sys.executable, "-c", program], check=False, timeout=60)

    assert ended.returncode == -signal.SIGKILL
    assert await read(store, ObjectKey("a")) == b"old"
    assert len(list((tmp_path / ".keyshelf-disk" / "temporary").iterdir())) == 1
