"""Writes under a condition whose answer is lost after the work is done, on real servers."""

from collections.abc import AsyncIterator, Generator, Sequence
from dataclasses import replace

import anyio
import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import Condition, IfMatch, ObjectStore, PutOptions, WriteCondition
from keyshelf.store.errors import ObjectExistsError
from keyshelf.store.opening import StoreOptions, open_store
from keyshelf.store.s3_limits import S3Limits
from keyshelf.store.uploading import StreamLimits
from tests.losing_server import LosingServer, losing
from tests.servers.azurite import AzureServer
from tests.servers.s3 import S3Server

pytestmark = pytest.mark.anyio

KEY = ObjectKey("v1/manifests/a")
PART = 5 * 2**20
LIMITS = S3Limits(stream=StreamLimits(part_bytes=PART))
PIECES = (b"a" * PART, b"b" * PART, b"c")
OTHER = (b"x" * PART, b"y" * PART, b"z")
COMPLETES = ("POST", "uploadId=")


@pytest.fixture
def behind(strict_s3_server: S3Server) -> StoreOptions:
    return replace(strict_s3_server.new_bucket(), s3_limits=LIMITS)


@pytest.fixture
def server(behind: StoreOptions) -> Generator[LosingServer]:
    with losing(behind.endpoint or "") as server:
        yield server


async def pieces(bodies: Sequence[bytes] = PIECES) -> AsyncIterator[bytes]:
    for each in bodies:
        yield each


async def body(store: ObjectStore) -> bytes:
    async with await store.get(KEY) as reader:
        return await reader.read()


async def write(
    options: StoreOptions, condition: WriteCondition, bodies: Sequence[bytes] = PIECES
) -> None:
    """Write, and see that what is told to be there is there, whole."""
    store = await open_store(options)
    try:
        made = await store.put(KEY, pieces(bodies), PutOptions(condition=condition))
        assert made.etag == (await store.head(KEY)).etag
        assert await body(store) == b"".join(bodies)
        assert [each async for each in store.list_uploads()] == []
    finally:
        await store.aclose()


@pytest.mark.parametrize("kind", ["create", "replace", "always"])
async def test_a_stream_that_was_written_is_told_as_written(
    behind: StoreOptions, server: LosingServer, kind: str
) -> None:
    condition: WriteCondition = Condition.CREATE if kind == "create" else Condition.ALWAYS
    if kind == "replace":
        store = await open_store(behind)
        condition = IfMatch((await store.put(KEY, b"before")).etag)
        await store.aclose()
    server.lose_once(*COMPLETES)

    await write(replace(behind, endpoint=server.endpoint), condition)

    assert server.lost == 1


async def test_versitygw_too(versitygw_server: S3Server) -> None:
    options = replace(versitygw_server.new_bucket(), s3_limits=LIMITS)
    with losing(versitygw_server.endpoint) as server:
        server.lose_once(*COMPLETES)
        await write(replace(options, endpoint=server.endpoint), Condition.CREATE)

        assert server.lost == 1


async def test_azure_too(azure_server: AzureServer) -> None:
    options = azure_server.new_bucket()
    with losing(azure_server.endpoint) as server:
        server.loses = lambda method, target: (
            not server.lost and method == "PUT" and target.endswith(f"/{KEY}")
        )
        more = (*PIECES, b"d" * PART)
        await write(replace(options, endpoint=server.endpoint), Condition.CREATE, more)

        assert server.lost == 1


@pytest.mark.parametrize("others", [PIECES, OTHER], ids=["same bytes", "other bytes"])
async def test_what_another_wrote_is_told_as_there(
    behind: StoreOptions, server: LosingServer, others: Sequence[bytes]
) -> None:
    server.does_it = False
    server.between = lambda: anyio.run(write_beside, behind, others)
    server.lose_once(*COMPLETES)

    with pytest.raises(ObjectExistsError):
        await write(replace(behind, endpoint=server.endpoint), Condition.CREATE)

    assert server.lost == 1


async def write_beside(options: StoreOptions, bodies: Sequence[bytes]) -> None:
    store = await open_store(options)
    await store.put(KEY, pieces(bodies))
    await store.aclose()
