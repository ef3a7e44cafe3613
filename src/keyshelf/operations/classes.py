"""Storage classes: what each cloud calls them, and what they ask of what is in them.

`hot`, `warm`, `cold` and `archive` are one word each for what every cloud has, and are not
alike: what is cold on S3 must be restored before it is read, on Google and Azure it is read
at once. So whoever decides asks for the facts, never for the word.

The figures are those of the clouds' own pages, as of November 2026:

- S3: https://aws.amazon.com/s3/storage-classes/ (days, billable size, first byte) and the
  user guide's page on archived objects (restore, the 32 KiB and 8 KiB kept for each);
- Google: https://cloud.google.com/storage/docs/storage-classes;
- Azure: https://learn.microsoft.com/azure/storage/blobs/access-tiers-overview. The smallest
  billable size holds for accounts made since July 2026, for all others from July 2027.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

_KIB = 1024


class Cloud(StrEnum):
    """Whose storage it is; every server of S3's protocol counts as `s3`."""

    S3 = "s3"
    GCS = "gcs"
    AZURE = "azure"


class StorageClass(StrEnum):
    """How quickly, and at what price, an object is at hand."""

    HOT = "hot"
    WARM = "warm"
    COLD = "cold"
    ARCHIVE = "archive"


class FirstByte(StrEnum):
    """How long one waits for the first byte."""

    MILLISECONDS = "milliseconds"
    HOURS = "hours"
    HALF_A_DAY = "half a day"


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """What is true of one class of one cloud."""

    cloud: Cloud
    storage_class: StorageClass
    name: str
    """What the cloud calls it."""
    needs_restore: bool = False
    """Whether objects must be asked for, and waited for, before they can be read."""
    minimum_days: int = 0
    """How many days are billed, however soon an object goes."""
    minimum_bytes: int = 0
    """As how many bytes a smaller object is billed."""
    overhead_bytes: int = 0
    """What is billed for each object besides its bytes."""
    first_byte: FirstByte = FirstByte.MILLISECONDS


def _s3() -> Sequence[ClassFacts]:
    s3, of = Cloud.S3, StorageClass
    return (
        ClassFacts(s3, of.HOT, "STANDARD"),
        ClassFacts(s3, of.WARM, "STANDARD_IA", minimum_days=30, minimum_bytes=128 * _KIB),
        ClassFacts(
            s3,
            of.COLD,
            "GLACIER",
            needs_restore=True,
            minimum_days=90,
            overhead_bytes=40 * _KIB,
            first_byte=FirstByte.HOURS,
        ),
        ClassFacts(
            s3,
            of.ARCHIVE,
            "DEEP_ARCHIVE",
            needs_restore=True,
            minimum_days=180,
            overhead_bytes=40 * _KIB,
            first_byte=FirstByte.HALF_A_DAY,
        ),
    )


def _gcs() -> Sequence[ClassFacts]:
    gcs, of = Cloud.GCS, StorageClass
    return (
        ClassFacts(gcs, of.HOT, "STANDARD"),
        ClassFacts(gcs, of.WARM, "NEARLINE", minimum_days=30),
        ClassFacts(gcs, of.COLD, "COLDLINE", minimum_days=90),
        ClassFacts(gcs, of.ARCHIVE, "ARCHIVE", minimum_days=365),
    )


def _azure() -> Sequence[ClassFacts]:
    azure, of, small = Cloud.AZURE, StorageClass, 128 * _KIB
    return (
        ClassFacts(azure, of.HOT, "Hot"),
        ClassFacts(azure, of.WARM, "Cool", minimum_days=30, minimum_bytes=small),
        ClassFacts(azure, of.COLD, "Cold", minimum_days=90, minimum_bytes=small),
        ClassFacts(
            azure,
            of.ARCHIVE,
            "Archive",
            needs_restore=True,
            minimum_days=180,
            minimum_bytes=small,
            first_byte=FirstByte.HALF_A_DAY,
        ),
    )


CLASSES: Mapping[Cloud, Mapping[StorageClass, ClassFacts]] = MappingProxyType(
    {
        cloud: MappingProxyType({each.storage_class: each for each in found})
        for cloud, found in ((Cloud.S3, _s3()), (Cloud.GCS, _gcs()), (Cloud.AZURE, _azure()))
    }
)
"""The four classes of each cloud."""

_OTHERS: Sequence[ClassFacts] = (
    ClassFacts(Cloud.S3, StorageClass.HOT, "REDUCED_REDUNDANCY"),
    ClassFacts(Cloud.S3, StorageClass.HOT, "INTELLIGENT_TIERING"),
    ClassFacts(Cloud.S3, StorageClass.HOT, "EXPRESS_ONEZONE"),
    ClassFacts(
        Cloud.S3, StorageClass.WARM, "ONEZONE_IA", minimum_days=30, minimum_bytes=128 * _KIB
    ),
    ClassFacts(
        Cloud.S3, StorageClass.COLD, "GLACIER_IR", minimum_days=90, minimum_bytes=128 * _KIB
    ),
)
"""Classes that Keyshelf puts nothing into, and may find objects in."""

_BY_NAME: Mapping[tuple[Cloud, str], ClassFacts] = {
    (each.cloud, each.name.lower()): each
    for each in (*(facts for found in CLASSES.values() for facts in found.values()), *_OTHERS)
}


def facts(cloud: Cloud, storage_class: StorageClass) -> ClassFacts:
    """Return what is true of a class."""
    return CLASSES[cloud][storage_class]


def named(cloud: Cloud, name: str | None) -> ClassFacts | None:
    """Return the class that a cloud calls so; without a name the hot one, None for a stranger."""
    if name is None:
        return facts(cloud, StorageClass.HOT)
    return _BY_NAME.get((cloud, name.lower()))


def billed_bytes(size: int, of: ClassFacts) -> int:
    """Return how many bytes are billed for an object of `size` bytes."""
    return max(size, of.minimum_bytes) + of.overhead_bytes
