"""Names of buckets where many tenants share an account."""

import re
from typing import NewType

from keyshelf.errors import InvalidInputError
from keyshelf.layout.namespace import DEFAULT_NAMESPACE, Namespace

BucketName = NewType("BucketName", str)
"""A bucket name that S3, Google and Azure all take: 3 to 63 characters."""

_LEGAL = re.compile(r"[a-z0-9](?:-?[a-z0-9])*")
_SHORTEST, _LONGEST = 3, 63
_RESERVED = ("sthree-", "amzn-s3-demo-", "goog")
_RESERVED_ENDS = ("-s3alias",)
_GOOGLE = "google"


class IllegalBucketNameError(InvalidInputError):
    """A bucket name that not every store takes; the detail says why."""

    code = "illegal-bucket-name"


def tenant_bucket(
    region: str, tenant_id: str, *, namespace: Namespace = DEFAULT_NAMESPACE
) -> BucketName:
    """Return the bucket of a tenant in a region: `dits-{region}-{tenant_id}`.

    Raises `IllegalBucketNameError` when that is too long or not a name that every
    store takes. Where one region's name begins another's (`us`, `us-east1`), whoever
    gives out tenant ids sees that none begins with the difference.
    """
    if not region or not tenant_id:
        raise IllegalBucketNameError("a tenant's bucket needs a region and a tenant id")
    return bucket_name(f"{namespace}-{region}-{tenant_id}")


def bucket_name(text: str) -> BucketName:
    """Return `text` as a bucket name. Raises `IllegalBucketNameError`.

    The alphabet is Azure's, which is the strictest; what S3 and Google reserve is refused.
    """
    if not _SHORTEST <= len(text) <= _LONGEST:
        raise IllegalBucketNameError(
            f"a bucket name has {_SHORTEST} to {_LONGEST} characters; {text[:80]!r} has {len(text)}"
        )
    if not _LEGAL.fullmatch(text):
        raise IllegalBucketNameError(
            "a bucket name has lowercase letters, digits and single hyphens between them, "
            f"unlike {text!r}"
        )
    if text.startswith(_RESERVED) or text.endswith(_RESERVED_ENDS) or _GOOGLE in text:
        raise IllegalBucketNameError(f"S3 or Google reserves names such as {text!r}")
    return BucketName(text)
