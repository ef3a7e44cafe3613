"""What mends a store is told by the names of its settings."""

import pytest

from keyshelf.app.store_fixes import fix
from keyshelf.errors import Error
from keyshelf.store.errors import (
    BucketNotFoundError,
    InvalidKeyError,
    StoreForbiddenError,
    StoreUnavailableError,
)

EU = "REPOSITORY_REPLICA_EU"
AWAY = (
    f"see that its server runs and is reachable from here, or mend {EU}_BUCKET and {EU}_S3_ENDPOINT"
)


@pytest.mark.parametrize(
    ("error", "bucket", "told"),
    [
        (
            StoreForbiddenError("", store_code="SignatureDoesNotMatch"),
            "s3://b",
            f"mend {EU}_S3_ACCESS_KEY and {EU}_S3_SECRET_KEY",
        ),
        (
            StoreForbiddenError("", store_code="AccessDenied"),
            "gs://b",
            f"mend {EU}_GCS_ACCESS_KEY and {EU}_GCS_SECRET_KEY, or let them list gs://b",
        ),
        (
            StoreForbiddenError("", store_code="AuthorizationHeaderMalformed"),
            "s3://b",
            f"set {EU}_S3_REGION to the bucket's own region",
        ),
        (
            StoreForbiddenError("", store_code="RequestTimeTooSkewed"),
            "s3://b",
            "set this machine's clock, and keep it by NTP",
        ),
        (BucketNotFoundError(""), "s3://b", f"create the bucket s3://b, or mend {EU}_BUCKET"),
        (
            StoreUnavailableError(""),
            "s3://b",
            AWAY,
        ),
        (InvalidKeyError(""), "s3://b", f"mend the settings {EU}_…"),
    ],
    ids=["secret", "rights", "region", "clock", "no-bucket", "away", "settings"],
)
def test_each_failure_has_its_own_fix(error: Error, bucket: str, told: str) -> None:
    assert fix(error, EU, bucket, rights="list {0}") == told
