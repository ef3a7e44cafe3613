"""What cloud stores do when servers refuse, are away, or an object is large."""

from collections.abc import AsyncIterator
from dataclasses import replace

import anyio
import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import Attributes, Condition, IfMatch, ObjectStore, PutOptions
from keyshelf.store.errors import (
    BucketNotFoundError,
    ObjectChangedError,
    ObjectExistsError,
    StoreForbiddenError,
    StoreUnavailableError,
)
from keyshelf.store.opening import StoreOptions, open_store
from keyshelf.store.s3_limits import S3Limits
from keyshelf.store.uploading import StreamLimits
from tests.patience import PATIENCE
from tests.servers.azurite import AzureServer
from tests.servers.process import free_port
from tests.servers.s3 import S3Server

pytestmark = pytest.mark.anyio

KEY, ODD = ObjectKey("u1/my-files/a.bin"), ObjectKey("u1//../a b/")
MIB = 2**20
SMALL_PARTS = S3Limits(
    single_copy_bytes=6 * MIB,
    copy_part_bytes=5 * MIB,
    stream=StreamLimits(part_bytes=5 * MIB),
)


@pytest.fixture(params=["rclone_server", "versitygw_server", "gcs_server", "azure_server"])
def server(request: pytest.FixtureRequest) -> S3Server | AzureServer:
    return request.getfixturevalue(request.param)


async def every_refusal(store: ObjectStore, expected: type[Exception]) -> None:
    with pytest.raises(expected):
        await store.check()
    for key in (KEY, ODD):
        with pytest.raises(expected):
            await store.put(key, b"x")
        with pytest.raises(expected):
            await store.get(key)
    with pytest.raises(expected):
        await anext(store.list())
    await store.aclose()


async def test_a_wrong_secret_is_forbidden_and_named(server: S3Server | AzureServer) -> None:
    options = replace(server.new_bucket(), secret_key="bm90IHRoZSBzZWNyZXQ=")

    await every_refusal(await open_store(options), StoreForbiddenError)


async def test_a_dead_port_is_unavailable_soon(server: S3Server | AzureServer) -> None:
    options = replace(server.new_bucket(), endpoint=f"http://127.0.0.1:{free_port()}")

    with anyio.fail_after(PATIENCE):
        await every_refusal(await open_store(options), StoreUnavailableError)


async def test_a_bucket_that_is_not_there_is_told_from_a_missing_object(
    server: S3Server | AzureServer,
) -> None:
    store = await open_store(server.options("no-such-bucket"))

    with pytest.raises(BucketNotFoundError):
        await store.check()
    with pytest.raises(BucketNotFoundError):
        await store.get(KEY)
    await store.aclose()


@pytest.fixture(params=["versitygw_server", "strict_s3_server"])
async def large(request: pytest.FixtureRequest) -> AsyncIterator[ObjectStore]:
    server: S3Server = request.getfixturevalue(request.param)
    store = await open_store(replace(server.new_bucket(), s3_limits=SMALL_PARTS))
    yield store
    await store.aclose()


async def test_a_large_object_is_copied_in_parts_with_all_it_has(large: ObjectStore) -> None:
    body = bytes(range(256)) * (12 * MIB // 256)
    attributes = Attributes(content_type="video/mp4", metadata={"name": "Zoë"})
    await large.put(KEY, body, PutOptions(attributes=attributes, tags={"a": "b c"}))
    copy = ObjectKey("copies/it's (2)+50%.mp4")

    meta = await large.copy(KEY, copy)

    assert (meta.size, meta.attributes) == (len(body), attributes)
    assert meta.etag.endswith("-3")
    assert await large.get_tags(copy) == {"a": "b c"}
    async with await large.get(copy) as reader:
        assert await reader.read() == body


async def long_body(pieces: int, *, then: BaseException | None = None) -> AsyncIterator[bytes]:
    for _ in range(pieces):
        yield bytes(MIB)
    if then is not None:
        raise then


async def test_a_long_stream_goes_in_parts(large: ObjectStore) -> None:
    meta = await large.put(KEY, long_body(12))

    assert meta.size == 12 * MIB
    assert meta.etag.endswith("-3")
    assert [upload async for upload in large.list_uploads()] == []


async def test_a_long_stream_obeys_its_condition(large: ObjectStore) -> None:
    first = await large.put(KEY, b"old")

    with pytest.raises(ObjectExistsError):
        await large.put(KEY, long_body(12), PutOptions(condition=Condition.CREATE))
    with pytest.raises(ObjectChangedError):
        await large.put(KEY, long_body(12), PutOptions(condition=IfMatch("0" * 32)))

    assert (await large.head(KEY)).etag == first.etag
    assert [upload async for upload in large.list_uploads()] == []


async def test_a_long_stream_that_fails_leaves_no_upload(large: ObjectStore) -> None:
    with pytest.raises(OSError, match="gone"):
        await large.put(KEY, long_body(12, then=OSError("gone")))

    assert [upload async for upload in large.list_uploads()] == []


async def test_a_long_stream_that_is_cancelled_leaves_no_upload(large: ObjectStore) -> None:
    under_way = anyio.Event()

    async def stuck() -> AsyncIterator[bytes]:
        for _ in range(12):
            yield bytes(MIB)
        under_way.set()
        await anyio.sleep_forever()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(large.put, KEY, stuck())
        await under_way.wait()
        tasks.cancel_scope.cancel()

    assert [upload async for upload in large.list_uploads()] == []


async def test_a_server_that_ignores_conditions_is_found_out_without_writing(
    rclone_server: S3Server,
) -> None:
    options: StoreOptions = rclone_server.new_bucket()
    store = await open_store(options)

    assert not store.capabilities.tags
    assert [page async for page in store.list()] == []
    await store.aclose()
