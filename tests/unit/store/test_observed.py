"""An observed store counts and changes nothing."""

from collections.abc import AsyncIterator

import pytest
from prometheus_client import CollectorRegistry

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import Condition, NewObject, PutOptions, PutResult
from keyshelf.store.errors import ObjectNotFoundError
from keyshelf.store.memory import MemoryStore
from keyshelf.store.observed import ObservedStore, StoreMetrics

KEY = ObjectKey("a")


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def store(registry: CollectorRegistry) -> ObservedStore:
    return ObservedStore(MemoryStore(), role="source", metrics=StoreMetrics(registry))


def value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(name, {"store": "source", **labels})


@pytest.mark.anyio
async def test_bytes_are_counted_both_ways(
    store: ObservedStore, registry: CollectorRegistry
) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b"123"
        yield b"45"

    await store.put(KEY, b"1234567")
    await store.put(KEY, body())
    async with await store.get(KEY) as reader:
        assert await reader.read() == b"12345"
    async with await store.get(KEY) as reader:
        assert b"".join([piece async for piece in reader]) == b"12345"

    assert value(registry, "keyshelf_store_bytes_total", direction="written") == 12
    assert value(registry, "keyshelf_store_bytes_total", direction="read") == 10


@pytest.mark.anyio
async def test_operations_and_pages_are_counted(
    store: ObservedStore, registry: CollectorRegistry
) -> None:
    await store.put(KEY, b"1")
    assert [meta.key async for page in store.list() for meta in page.objects] == [KEY]

    count = "keyshelf_store_request_duration_seconds_count"
    assert value(registry, count, op="put") == 1
    assert (value(registry, count, op="list") or 0) >= 1


@pytest.mark.anyio
async def test_each_object_of_a_batch_is_counted(
    store: ObservedStore, registry: CollectorRegistry
) -> None:
    create = PutOptions(condition=Condition.CREATE)
    await store.put_many([NewObject(KEY, b"123", create), NewObject(ObjectKey("b"), b"45", create)])
    assert await store.put_many([NewObject(KEY, b"6", create)]) == [PutResult.EXISTED]
    assert await store.get_many([KEY, ObjectKey("c")]) == [b"123", None]
    assert await store.put_many([]) == []

    count = "keyshelf_store_request_duration_seconds_count"
    assert value(registry, count, op="put") == 3
    assert value(registry, count, op="get") == 2
    assert value(registry, "keyshelf_store_bytes_total", direction="written") == 5
    assert value(registry, "keyshelf_store_bytes_total", direction="read") == 3


@pytest.mark.anyio
async def test_failures_are_counted_by_code_and_raised(
    store: ObservedStore, registry: CollectorRegistry
) -> None:
    with pytest.raises(ObjectNotFoundError):
        await store.head(KEY)

    errors = "keyshelf_store_errors_total"
    assert value(registry, errors, op="head", code="object-not-found", **{"class": "4xx"}) == 1
