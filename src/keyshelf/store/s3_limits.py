"""Where the requests of an S3 store are split."""

from dataclasses import dataclass, field

from keyshelf.store.base import MIN_PART_BYTES
from keyshelf.store.uploading import StreamLimits

_GIB = 2**30


@dataclass(frozen=True, slots=True)
class S3Limits:
    """Where requests are split. The defaults are S3's own bounds."""

    page_limit: int = 1000
    single_copy_bytes: int = 5 * _GIB
    """Larger objects are copied in parts."""
    copy_part_bytes: int = 512 * 2**20
    stream: StreamLimits = field(default_factory=StreamLimits)
    min_part_bytes: int = MIN_PART_BYTES
    """The least size of a part that is not the last."""
    at_once: int = 16
    """How many requests one bulk call makes at a time."""
