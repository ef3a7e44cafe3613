"""What every part of the store contract stands on: the hooks and small helpers."""

import http.client
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlsplit

import anyio
import anyio.to_thread
import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import (
    MIN_PART_BYTES,
    ListPage,
    ObjectMeta,
    ObjectStore,
    PresignOptions,
    PutOptions,
    SignedRequest,
)

KEY = ObjectKey("alice/my-files/Trip/a.jpg")
OTHER = ObjectKey("alice/my-files/Trip/b.jpg")
PUT = PutOptions()


@dataclass(frozen=True)
class HttpAnswer:
    """What came back over HTTP. Header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def etag(self) -> str:
        return self.headers["etag"].strip('"')


class ContractBase:
    """The hooks of `StoreContract`; see there what a subclass supplies."""

    pytestmark = pytest.mark.anyio

    limits: ClassVar[Mapping[str, str]] = {}
    """What the server behind this store cannot do, and why: a test's name, its name with
    the case (`test_a_hard_key_survives[dot]`), or only a case (`dot`), to the reason."""
    page_limit: ClassVar[int] = 1000
    """The most objects of one page, as the fixture opened the store."""
    part_bytes: ClassVar[int] = MIN_PART_BYTES
    """The least size of a part that is not the last, as the fixture opened the store."""
    storage_class: ClassVar[str] = "STANDARD_IA"
    """A storage class other than the default one."""
    enforces_length: ClassVar[bool] = True
    """Whether a signed PUT of another size than `content_length` is refused."""
    enforces_sha256: ClassVar[bool] = True
    """Whether a signed PUT of another body than `sha256` is refused."""
    streamed_bytes: ClassVar[int] = 128 * 2**20
    memory_bound: ClassVar[int | None] = 96 * 2**20
    """How much this process may grow while `streamed_bytes` pass; None where objects are memory."""

    @pytest.fixture(autouse=True)
    def declared_limits(self, request: pytest.FixtureRequest) -> None:
        name = request.node.name
        test, _, case = name.removesuffix("]").partition("[")
        for claim in (name, test, case):
            if claim in self.limits:
                pytest.skip(f"the server cannot: {self.limits[claim]}")

    async def expired_request(
        self, store: ObjectStore, method: str, key: ObjectKey, options: PresignOptions
    ) -> SignedRequest:
        """Sign a request for the bucket of `store` that has already expired."""
        raise NotImplementedError

    async def send(
        self,
        request: SignedRequest,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpAnswer:
        """Make a signed request over real HTTP; the target goes out byte for byte."""
        return await anyio.to_thread.run_sync(
            _send, request.method, request.url, {**request.headers, **(headers or {})}, body
        )


def _send(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> HttpAnswer:
    parts = urlsplit(url)
    plain = parts.scheme == "http"
    kind = http.client.HTTPConnection if plain else http.client.HTTPSConnection
    connection = kind(parts.netloc, timeout=30)
    try:
        target = url[len(f"{parts.scheme}://{parts.netloc}") :]
        connection.request(method, target, body=body, headers=dict(headers))
        answer = connection.getresponse()
        names = {name.lower(): value for name, value in answer.getheaders()}
        return HttpAnswer(status=answer.status, headers=names, body=answer.read())
    finally:
        connection.close()


async def read(store: ObjectStore, key: ObjectKey) -> bytes:
    async with await store.get(key) as reader:
        return await reader.read()


async def exists(store: ObjectStore, key: ObjectKey) -> bool:
    return any(meta.key == key for meta in await listed(store, key))


async def pieces(*data: bytes) -> AsyncIterator[bytes]:
    for piece in data:
        yield piece


async def pages(
    store: ObjectStore,
    prefix: str = "",
    *,
    start_after: str | None = None,
    delimiter: str | None = None,
) -> Sequence[ListPage]:
    listing = store.list(prefix, start_after=start_after, delimiter=delimiter)
    return [page async for page in listing]


async def listed(
    store: ObjectStore, prefix: str = "", *, start_after: str | None = None
) -> Sequence[ObjectMeta]:
    return [
        meta
        for page in await pages(store, prefix, start_after=start_after)
        for meta in page.objects
    ]


async def listed_keys(
    store: ObjectStore, prefix: str = "", *, start_after: str | None = None
) -> Sequence[str]:
    return [meta.key for meta in await listed(store, prefix, start_after=start_after)]


async def put_all(store: ObjectStore, keys: Sequence[str]) -> None:
    """Write one small object per key, some at a time."""
    limiter = anyio.CapacityLimiter(16)

    async def put(key: str) -> None:
        async with limiter:
            await store.put(ObjectKey(key), key.encode())

    async with anyio.create_task_group() as tasks:
        for key in keys:
            tasks.start_soon(put, key)
