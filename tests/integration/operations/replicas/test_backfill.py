"""What a replica lacks is found and copied, on real servers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.operations.replicas.service import backfill, compare
from keyshelf.operations.replicas.values import Kind, Pair, Report
from keyshelf.store.base import ObjectStore
from keyshelf.store.faulty import FaultyStore
from keyshelf.store.memory import MemoryStore
from tests.integration.operations.replicas.conftest import (
    CHUNKS,
    DOCUMENT,
    KEYS,
    MANIFEST,
    TAGGED,
    Copied,
)

pytestmark = [pytest.mark.anyio, pytest.mark.services]


def soon() -> datetime:
    """A time after all that was written, to a clock that tells whole seconds as well."""
    return datetime.now(UTC) + timedelta(minutes=1)


@pytest.fixture
async def in_memory() -> Pair:
    """A filled store and an empty one."""
    source = MemoryStore()
    for key in KEYS:
        await source.put(key, bytes(1000))
    return Pair("eu", "eu-west-1", source, MemoryStore())


async def keys(store: ObjectStore) -> list[ObjectKey]:
    return [each.key async for page in store.list() for each in page.objects]


async def test_everything_is_copied_with_what_belongs_to_it(copied: Copied) -> None:
    watched = FaultyStore(copied.target)

    before = await compare(copied.pair, clock=soon)
    done = await backfill(replace(copied.pair, target=watched), clock=soon)
    after = await compare(copied.pair, clock=soon)

    assert (before.missing, before.missing_bytes, before.copied) == (len(KEYS), 12_000, 0)
    assert (done.copied, done.copied_bytes, done.behind, done.problems) == (12, 12_000, 0, [])
    assert (after.objects, after.behind, after.extra) == (len(KEYS), 0, 0)
    assert ("put" in watched.calls) is (copied.pair.copies is None)
    copy = await copied.target.head(CHUNKS[1])
    assert copy.attributes == TAGGED.attributes
    assert await copied.target.get_tags(CHUNKS[1]) == TAGGED.tags


async def test_what_is_stale_extra_or_cut_short_is_told(copied: Copied) -> None:
    await backfill(copied.pair, clock=soon)
    extra = ObjectKey(CHUNKS[0].replace("0", "f"))
    await copied.target.put(extra, b"by hand")
    await copied.target.put(CHUNKS[2], b"cut short")
    await copied.target.put(DOCUMENT, b"x" * 1000)
    await copied.target.delete(CHUNKS[3])

    found = await compare(copied.pair, clock=soon)
    done = await backfill(copied.pair, clock=soon)

    assert {each.key: each.kind for each in found.findings} == {
        extra: Kind.EXTRA,
        CHUNKS[2]: Kind.DIFFERENT,
        CHUNKS[3]: Kind.MISSING,
        DOCUMENT: Kind.DIFFERENT,
    }
    assert found.incomplete_manifests == [MANIFEST]
    # Nothing proves which of two chunks of one name is right: neither is replaced.
    assert (done.copied, done.behind, done.unproved, done.extra) == (2, 1, 1, 1)
    assert sorted(await keys(copied.target)) == sorted([*KEYS, extra])
    assert await copied.target.get_many([DOCUMENT]) == await copied.source.get_many([DOCUMENT])


async def test_a_run_that_ends_in_the_middle_is_gone_on_with(in_memory: Pair) -> None:
    class StoppedError(Exception):
        pass

    async def stop(report: Report) -> None:
        if report.copied == 4:
            raise StoppedError

    with pytest.raises(StoppedError):
        await backfill(in_memory, clock=soon, on_progress=stop)
    half = await keys(in_memory.target)
    done = await backfill(in_memory, clock=soon)

    assert len(half) < len(KEYS)
    assert MANIFEST not in half
    assert done.copied == len(KEYS) - len(half)
    assert await keys(in_memory.target) == await keys(in_memory.source)


async def test_manifests_wait_for_chunks_that_cannot_be_copied(in_memory: Pair) -> None:
    failing = FaultyStore(in_memory.target)
    failing.fail("put", call=6)
    pair = replace(in_memory, target=failing)

    done = await backfill(pair, clock=soon)

    assert (done.problems_count, done.held_back) == (1, True)
    assert done.problems[0].key in CHUNKS
    assert (done.copied, done.missing) == (len(CHUNKS) - 1, 3)
    assert MANIFEST not in await keys(in_memory.target)


async def test_the_way_back_brings_what_is_missing_and_leaves_what_differs(
    copied: Copied,
) -> None:
    await backfill(copied.pair, clock=soon)
    for key in CHUNKS[:5]:
        await copied.source.delete(key)
    await copied.source.put(DOCUMENT, b"newer than the copy")

    back = await backfill(copied.backwards(), replace=False, clock=soon)

    assert (back.copied, back.older + back.different) == (5, 1)
    assert sorted(await keys(copied.source)) == sorted(KEYS)
    assert await copied.source.get_many([DOCUMENT]) == [b"newer than the copy"]
