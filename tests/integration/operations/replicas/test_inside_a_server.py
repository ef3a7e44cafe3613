"""Copies that a server makes by itself, from one bucket to another."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
from prometheus_client import CollectorRegistry

from keyshelf.layout.keys import ObjectKey
from keyshelf.operations.replicas.copying import copy
from keyshelf.operations.replicas.values import Difference, Kind, Pair
from keyshelf.store.base import ObjectMeta, ObjectStore
from keyshelf.store.copying import BucketCopies, CopyRefusedError
from keyshelf.store.observed import ObservedStore, StoreMetrics
from keyshelf.store.opening import open_copies, open_store
from keyshelf.store.pacing import PaceTiming
from keyshelf.store.retrying import Retries
from keyshelf.store.s3_limits import S3Limits
from keyshelf.store.throttled import ThrottledStore, ThrottleMetrics, ThrottleOptions
from tests.integration.operations.replicas.conftest import TAGGED
from tests.losing_server import losing
from tests.servers.s3 import S3Server

pytestmark = [pytest.mark.anyio, pytest.mark.services]
KEY = ObjectKey(f"v1/proxies/{'a' * 64}/1080p.mp4")
LIMITS = S3Limits(single_copy_bytes=2**20, copy_part_bytes=5 * 2**20)
LARGE = bytes(range(256)) * (6 * 2**20 // 256)


@dataclass(frozen=True)
class Sides:
    source: ObjectStore
    target: ObjectStore
    copies: BucketCopies


@pytest.fixture
async def sides(minio_server: S3Server) -> AsyncIterator[Sides]:
    """Two buckets of MinIO, where what is large is small."""
    places = [replace(minio_server.new_bucket(), s3_limits=LIMITS) for _ in range(2)]
    source, target = [await open_store(each) for each in places]
    copies = open_copies(*places)
    assert copies is not None
    yield Sides(source, target, copies)
    for each in (source, target, copies):
        await each.aclose()


async def listed(store: ObjectStore) -> ObjectMeta:
    [found] = [each async for page in store.list() for each in page.objects]
    return found


async def test_a_large_object_is_copied_in_parts_by_the_server(sides: Sides) -> None:
    await sides.source.put(KEY, LARGE, TAGGED)

    await sides.copies.copy(await listed(sides.source), replaces=None, with_tags=True)

    copied = await sides.target.head(KEY)
    async with await sides.target.get(KEY) as reader:
        assert await reader.read() == LARGE
    assert copied.etag.endswith("-2")
    assert copied.attributes == TAGGED.attributes
    assert await sides.target.get_tags(KEY) == TAGGED.tags
    assert [each async for each in sides.target.list_uploads()] == []


async def test_a_large_copy_replaces_only_what_it_is_to(sides: Sides) -> None:
    await sides.source.put(KEY, LARGE, TAGGED)
    there = await sides.target.put(KEY, b"written meanwhile")
    source = await listed(sides.source)

    for replaces in (None, "another"):
        with pytest.raises(CopyRefusedError):
            await sides.copies.copy(source, replaces=replaces, with_tags=True)
    assert (await sides.target.head(KEY)).etag == there.etag

    await sides.copies.copy(source, replaces=there.etag, with_tags=True)
    assert (await sides.target.head(KEY)).size == len(LARGE)


async def test_copies_are_counted_and_paced(sides: Sides) -> None:
    await sides.source.put(KEY, b"a proxy")
    metrics, waited = StoreMetrics(CollectorRegistry()), list[float]()

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    timing = PaceTiming(now=lambda: 0.0, wait=wait)
    limits = ThrottleOptions(reads=1, writes=1, timing=timing)
    slowed = ThrottleMetrics(CollectorRegistry())
    paced = ThrottledStore(sides.target, limits, Retries(), slowed, role="repository-eu")
    target = ObservedStore(paced, role="repository-eu", metrics=metrics)
    pair = Pair("eu", "eu", sides.source, target, copies=target.guarding(sides.copies))

    await copy(pair, Difference(Kind.MISSING, await listed(sides.source), None))

    labels = {"store": "repository-eu", "op": "copy"}
    name = "keyshelf_store_request_duration_seconds_count"
    found = {
        sample.name: sample.value
        for family in metrics.seconds.collect()
        for sample in family.samples
        if labels.items() <= sample.labels.items()
    }
    assert found[name] == 1
    assert len(waited) == 1


async def test_a_copy_whose_answer_is_lost_is_a_copy(strict_s3_server: S3Server) -> None:
    places = [strict_s3_server.new_bucket() for _ in range(2)]
    source, target = [await open_store(each) for each in places]
    await source.put(KEY, b"a proxy")
    with losing(strict_s3_server.endpoint) as server:
        server.lose_once("PUT", KEY)
        through = [replace(each, endpoint=server.endpoint) for each in places]
        copies = open_copies(*through)
        assert copies is not None

        await copies.copy(await listed(source), replaces=None, with_tags=True)

        assert server.lost == 1
        await copies.aclose()
    assert (await target.head(KEY)).size == 7
    for each in (source, target):
        await each.aclose()
