"""Names of buckets where many tenants share an account."""

import re
from typing import NewType

from keyshelf.errors import InvalidInputError

BucketName = NewType("BucketName", str)
"""A bucket name that S3, Google and Azure all take: 3 to 63 characters."""

TENANT_PREFIX = "dits"
_LEGAL = re.compile(r"[a-z0-9](?:-?[a-z0-9])*")
_SHORTEST, _LONGEST = 3, 63


class IllegalBucketNameError(InvalidInputError):
    """A bucket name that not every store takes; the detail says why."""

    code = "illegal-bucket-name"


def tenant_bucket(region: str, tenant_id: str) -> BucketName:
    """Return the bucket of a tenant in a region: `dits-{region}-{tenant_id}`.

    Raises `IllegalBucketNameError` when that is too long or not made of lowercase
    letters, digits and single hyphens: the rules of Azure, which are the strictest.
    """
    name = f"{TENANT_PREFIX}-{region}-{tenant_id}"
    if not region or not tenant_id:
        raise IllegalBucketNameError("a tenant's bucket needs a region and a tenant id")
    return bucket_name(name)


def bucket_name(text: str) -> BucketName:
    """Return `text` as a bucket name. Raises `IllegalBucketNameError`."""
    if not _SHORTEST <= len(text) <= _LONGEST:
        raise IllegalBucketNameError(
            f"a bucket name has {_SHORTEST} to {_LONGEST} characters; {text[:80]!r} has {len(text)}"
        )
    if not _LEGAL.fullmatch(text):
        raise IllegalBucketNameError(
            "a bucket name has lowercase letters, digits and single hyphens between them, "
            f"unlike {text!r}"
        )
    return BucketName(text)
