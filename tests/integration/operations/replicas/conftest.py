"""A bucket with what a repository is made of, and another that copies it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.operations.replicas.values import Pair
from keyshelf.store.base import Attributes, ObjectStore, PutOptions
from keyshelf.store.copying import BucketCopies
from keyshelf.store.opening import is_one_cloud, open_copies, open_store
from tests.servers.s3 import S3Server

CHUNKS = [
    ObjectKey(f"v1/chunks/{byte:02x}/00/{byte:02x}00{'0' * 60}") for byte in range(0, 250, 25)
]
MANIFEST = ObjectKey(f"v1/manifests/{'0' * 8}-0000-0000-0000-{'0' * 12}/{'a' * 64}.manifest")
DOCUMENT = ObjectKey(f"v1/metadata/repos/{'0' * 8}-0000-0000-0000-{'0' * 12}.json")
KEYS = [*CHUNKS, MANIFEST, DOCUMENT]
TAGGED = PutOptions(
    attributes=Attributes("application/x-chunk", metadata={"kind": "chunk"}),
    tags={"dits:tier": "hot"},
)


@dataclass(frozen=True)
class Copied:
    """A pair, and which way it goes."""

    pair: Pair
    back: BucketCopies | None
    """Copies the other way inside one server."""

    @property
    def source(self) -> ObjectStore:
        return self.pair.source

    @property
    def target(self) -> ObjectStore:
        return self.pair.target

    def backwards(self) -> Pair:
        return replace(
            self.pair, source=self.target, target=self.source, copies=self.back, is_back=True
        )


@pytest.fixture(params=["inside MinIO", pytest.param("versitygw to MinIO", marks=pytest.mark.long)])
async def copied(request: pytest.FixtureRequest, minio_server: S3Server) -> AsyncIterator[Copied]:
    """A filled bucket and an empty one, on one server or on two of different make."""
    inside = request.param == "inside MinIO"
    server = minio_server if inside else request.getfixturevalue("versitygw_server")
    places = [server.new_bucket(), minio_server.new_bucket()]
    source, target = [await open_store(each) for each in places]
    copies = open_copies(*places)
    assert (copies is not None) is inside
    for number, key in enumerate(KEYS):
        await source.put(key, bytes([number]) * 1000, TAGGED)
    back = open_copies(*reversed(places))
    same = is_one_cloud(*places)
    pair = Pair("eu", "eu-west-1", source, target, copies=copies, keeps_class=same)
    yield Copied(pair, back)
    for each in (source, target, copies, back):
        if each is not None:
            await each.aclose()
