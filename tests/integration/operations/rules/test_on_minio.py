"""Rules on a real server: MinIO keeps most of them, versitygw few, and both say so."""

from collections.abc import Iterator
from dataclasses import replace

import anyio
import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.repository import CHUNKS
from keyshelf.operations.classes import Cloud, StorageClass
from keyshelf.operations.rules import applying, s3
from keyshelf.operations.rules.applying import Bucket
from keyshelf.operations.rules.values import ReplicationTarget, Tiers, Wanted
from keyshelf.store.base import ObjectStore
from keyshelf.store.control import RuleKind, RulesRefusedError
from keyshelf.store.errors import (
    ObjectNotFoundError,
    StoreForbiddenError,
    StoreUnavailableError,
    UnsupportedError,
)
from keyshelf.store.opening import StoreOptions, open_control, open_store
from tests.patience import PATIENCE
from tests.servers import minio_admin
from tests.servers import s3 as servers
from tests.servers.s3 import KMS_KEY, S3Server

pytestmark = [pytest.mark.anyio, pytest.mark.services]

KEY = ObjectKey(f"{CHUNKS}aa/bb/aabb")
PROBE = ObjectKey(".keyshelf/doctor/probe")


def on(options: StoreOptions) -> Bucket:
    """What MinIO has words for: no classes, no rule for unfinished uploads, no bucket key."""
    wanted = Wanted(
        role="repository",
        cloud=Cloud.S3,
        bucket=options.bucket.removeprefix("s3://"),
        tiered_prefix="v1/chunks/",
        deleted_days=30,
        abort_days=0,
        kms_key=KMS_KEY,
        is_amazon=False,
    )
    return Bucket(wanted, open_control(options))


@pytest.fixture(scope="module")
def other_minio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    program = servers.build_minio()
    assert program is not None  # the first server was skipped otherwise
    with servers.minio(program, tmp_path_factory.mktemp("other-minio")) as server:
        yield server


@pytest.fixture
def bucket(minio_server: S3Server) -> Bucket:
    return on(minio_server.new_bucket())


async def applied(bucket: Bucket, kind: RuleKind) -> applying.Comparison:
    seen = await applying.compare(bucket, kind)
    return await applying.apply(bucket, seen, probe=PROBE, waits=(0,))


@pytest.mark.parametrize("kind", [RuleKind.VERSIONING, RuleKind.LIFECYCLE, RuleKind.ENCRYPTION])
async def test_what_minio_knows_is_applied_and_the_same_afterwards(
    bucket: Bucket, kind: RuleKind
) -> None:
    assert (await applying.compare(bucket, kind)).differs

    after = await applied(bucket, kind)

    assert not after.differs
    assert not (await applied(bucket, kind)).differs


async def test_what_is_written_is_copied_to_another_server(
    bucket: Bucket, minio_server: S3Server, other_minio: S3Server
) -> None:
    copies = on(other_minio.new_bucket())
    copied_to = copies.wanted.bucket
    for each in (bucket, copies):
        await applied(each, RuleKind.VERSIONING)
    arn = minio_admin.replicate(minio_server, bucket.wanted.bucket, other_minio, copied_to)
    wanted = replace(
        bucket.wanted,
        kms_key=None,
        replicated_prefixes={s3.CHUNKS: CHUNKS},
        replication=ReplicationTarget(arn, role=arn),
    )
    both = Bucket(wanted, bucket.control, copies.control)

    after = await applied(both, RuleKind.REPLICATION)

    assert not after.differs
    source = await open_store(minio_server.options(wanted.bucket))
    copy = await open_store(other_minio.options(copied_to))
    await source.put(KEY, b"chunk")
    assert await arrived(copy, KEY)
    await source.aclose()
    await copy.aclose()


async def arrived(store: ObjectStore, key: ObjectKey) -> bool:
    """Wait until an object is there, which is as long as the server takes."""
    with anyio.move_on_after(PATIENCE):
        while True:
            try:
                await store.head(key)
            except ObjectNotFoundError:
                await anyio.sleep(0.05)
            else:
                return True
    return False


async def test_a_class_that_the_server_has_not_is_told(bucket: Bucket) -> None:
    tiers = Tiers({StorageClass.WARM: 30})

    with pytest.raises(RulesRefusedError, match="Invalid storage class"):
        await applied(
            replace(bucket, wanted=replace(bucket.wanted, tiers=tiers)), RuleKind.LIFECYCLE
        )


async def test_a_server_without_rules_says_so(versitygw_server: S3Server) -> None:
    bucket = on(versitygw_server.new_bucket())

    for kind in (RuleKind.LIFECYCLE, RuleKind.ENCRYPTION, RuleKind.LOGGING):
        with pytest.raises(UnsupportedError, match=f"no rules of {kind}"):
            await applying.compare(bucket, kind)
    with pytest.raises(UnsupportedError):
        await applied(bucket, RuleKind.VERSIONING)


async def test_wrong_keys_are_told_with_the_right_they_need(minio_server: S3Server) -> None:
    stranger = on(replace(minio_server.new_bucket(), secret_key="another-secret"))

    with pytest.raises(StoreForbiddenError, match="s3:GetLifecycleConfiguration"):
        await applying.compare(stranger, RuleKind.LIFECYCLE)


async def test_a_server_that_is_away_is_told() -> None:
    away = on(StoreOptions("s3://b", endpoint="http://127.0.0.1:1", access_key="a", secret_key="b"))

    with pytest.raises(StoreUnavailableError):
        await applying.compare(away, RuleKind.LIFECYCLE)
