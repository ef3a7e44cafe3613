"""The types of the strings that address objects."""

from typing import NewType

ObjectKey = NewType("ObjectKey", str)
"""A key in a bucket: 1 to 1,024 bytes of UTF-8, nothing else promised."""

MAX_KEY_BYTES = 1024
"""The longest key that S3 holds, in bytes of UTF-8."""
