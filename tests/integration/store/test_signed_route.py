"""The service takes by a signed URL what was signed for, and keeps nothing else."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from keyshelf.api.caller import keyshelf_of
from keyshelf.api.failures import handle_failures
from keyshelf.api.routes import signed
from keyshelf.app.stores import LocalStore
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import MAX_SMALL_BYTES, Condition, PresignOptions, SignedRequest
from keyshelf.store.disk import DiskStore
from keyshelf.store.disk_options import DiskOptions
from keyshelf.store.local_signing import LocalSigner
from tests.contract.contract_base import listed_keys, read

KEY = ObjectKey("v1/chunks/aa/bb/aabb")
SIGNER = LocalSigner(secret=b"a secret of the tests", public_url="http://test", role="repository")
SIZES = pytest.mark.parametrize("size", [5, MAX_SMALL_BYTES + 5], ids=["whole", "streamed"])

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class OnlyStores:
    """What the route asks of the service."""

    local_stores: Mapping[str, LocalStore]


@pytest.fixture
def store(tmp_path: Path) -> DiskStore:
    return DiskStore(tmp_path, DiskOptions(signer=SIGNER, durable=False))


@pytest.fixture
async def http(store: DiskStore) -> AsyncIterator[httpx2.AsyncClient]:
    app = FastAPI()
    handle_failures(app)
    app.include_router(signed.router)
    service = OnlyStores({"repository": LocalStore(store, SIGNER)})
    app.dependency_overrides[keyshelf_of] = lambda: service
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app)) as client:
        yield client


async def send(http: httpx2.AsyncClient, request: SignedRequest, body: bytes) -> int:
    return (await http.put(request.url, headers=dict(request.headers), content=body)).status_code


@SIZES
async def test_another_body_than_the_signed_one_is_not_kept(
    http: httpx2.AsyncClient, store: DiskStore, tmp_path: Path, size: int
) -> None:
    body = bytes(size)
    options = PresignOptions(
        content_length=size, sha256=sha256(body).digest(), condition=Condition.CREATE
    )
    request = await store.presign("PUT", KEY, options)

    wrong = await send(http, request, b"x" + body[1:])

    assert 400 <= wrong < 500
    assert await listed_keys(store) == []
    assert list((tmp_path / ".keyshelf-disk" / "temporary").iterdir()) == []
    assert await send(http, request, body) == 200
    assert await send(http, request, body) == 412
    assert await read(store, KEY) == body


async def test_a_body_without_a_signed_length_is_hashed_as_it_comes(
    http: httpx2.AsyncClient, store: DiskStore
) -> None:
    request = await store.presign("PUT", KEY, PresignOptions(sha256=sha256(b"right").digest()))

    assert 400 <= await send(http, request, b"wrong") < 500
    assert await listed_keys(store) == []
    assert await send(http, request, b"right") == 200


@SIZES
async def test_metadata_and_tags_come_from_the_url(
    http: httpx2.AsyncClient, store: DiskStore, size: int
) -> None:
    metadata, tags = {"codec": "Zoë & co"}, {"kind": "chunk"}
    options = PresignOptions(
        content_type="image/png", content_length=size, metadata=metadata, tags=tags
    )

    assert await send(http, await store.presign("PUT", KEY, options), bytes(size)) == 200

    attributes = (await store.head(KEY)).attributes
    assert attributes is not None
    assert (attributes.content_type, attributes.metadata) == ("image/png", metadata)
    assert await store.get_tags(KEY) == tags
