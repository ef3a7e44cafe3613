"""What `keyshelf doctor` says of the rules of a bucket of Google, as a fake plays it."""

from pathlib import Path
from uuid import uuid4

import pytest

from keyshelf import settings
from keyshelf.app import bucket_rules
from keyshelf.app.checks.buckets import check_buckets
from keyshelf.operations.rules import applying
from keyshelf.store.control import RuleKind
from tests.servers.gcs_rules import serving

pytestmark = pytest.mark.anyio

KEY = "projects/p/locations/l/keyRings/r/cryptoKeys/k"


async def test_google_is_compared_like_amazon(tmp_path: Path) -> None:
    with serving() as (server, _):
        server.new_bucket("media")
        given = settings.load(
            {
                "XDG_CONFIG_HOME": str(tmp_path),
                "KEYSHELF_DATA": str(tmp_path / "data"),
                "MEDIA_BUCKET": "gs://media",
                "MEDIA_GCS_ENDPOINT": server.endpoint,
                "MEDIA_GCS_ACCESS_KEY": server.access_key,
                "MEDIA_GCS_SECRET_KEY": server.secret_key,
                "MEDIA_KMS_KEY": KEY,
                "MEDIA_REPLICATION_BUCKET": "copy",
            }
        )
        before = {each.name: each async for each in check_buckets(given, probe_id=uuid4())}
        bucket = bucket_rules.bucket(given, "media")
        for kind in (RuleKind.VERSIONING, RuleKind.ENCRYPTION, RuleKind.LIFECYCLE):
            await bucket_rules.apply(bucket, await applying.compare(bucket, kind))
        after = {each.name: each async for each in check_buckets(given, probe_id=uuid4())}

    assert before["media store, lifecycle"].fix == "`keyshelf lifecycle apply --store media`"
    assert {each.status for each in after.values()} == {"ok"}
    assert after["media store, rules"].detail == "as wanted: versioning, encryption, lifecycle"
    assert KEY in after["media store, encrypted writes"].detail
    assert "Storage Transfer" in after["media store, other rules"].detail
