"""Real buckets, with versions and without."""

from tests.versioned import plain_bucket, versioned_bucket

__all__ = ["plain_bucket", "versioned_bucket"]
