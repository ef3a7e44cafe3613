"""What is wanted of a bucket, before any cloud's words for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from keyshelf.errors import InvalidInputError
from keyshelf.layout.namespace import DEFAULT_NAMESPACE, Namespace
from keyshelf.operations.classes import Cloud, StorageClass, facts
from keyshelf.store.control import Document, RuleKind

_COOLER = (StorageClass.WARM, StorageClass.COLD, StorageClass.ARCHIVE)
_ASKED_BY = {
    RuleKind.VERSIONING: "VERSIONING",
    RuleKind.ENCRYPTION: "KMS_KEY",
    RuleKind.LIFECYCLE: "BUCKET",
    RuleKind.REPLICATION: "REPLICATION_BUCKET",
    RuleKind.LOGGING: "LOG_BUCKET",
}
_FIRST_DAY_OF_WARM = 30
"""S3 refuses `STANDARD_IA` for what is younger."""


class ImpossibleTiersError(InvalidInputError):
    """Objects cannot go from class to class on these days; the detail says which and why."""

    code = "impossible-tiers"


class IncompleteReplicationError(InvalidInputError):
    """S3 copies nothing without a role, and nothing encrypted without a key for the copies."""

    code = "incomplete-replication"


@dataclass(frozen=True, slots=True)
class Tiers:
    """When objects go to cooler classes, and which may."""

    days: Mapping[StorageClass, int] = field(default_factory=dict[StorageClass, int])
    """The age at which objects go to a class; none is never."""
    keep_readable: bool = True
    """Only what is tagged for it goes to a class that must be restored before it is read."""
    min_bytes: int = 0
    """Smaller objects stay where they are."""


@dataclass(frozen=True, slots=True)
class ReplicationTarget:
    """Where a bucket is copied to."""

    bucket: str
    """S3: a bucket's name or ARN. Google: a bucket. Azure: `account/container`."""
    role: str | None = None
    """S3: the ARN of the role that copies."""
    storage_class: StorageClass = StorageClass.HOT
    kms_key: str | None = None
    """S3: the key that copies are encrypted with, where the bucket itself has one."""


@dataclass(frozen=True, slots=True)
class LogTarget:
    """Where the log of accesses to a bucket goes."""

    bucket: str
    prefix: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of the bucket of one role.

    Raises `ImpossibleTiersError` and `IncompleteReplicationError` when built.
    """

    role: str
    cloud: Cloud
    bucket: str
    account: str | None = None
    """Azure: the storage account, whose lifecycle policy covers every container."""
    namespace: Namespace = DEFAULT_NAMESPACE
    tiered_prefix: str = ""
    """What the keys begin with that may go to cooler classes."""
    replicated_prefixes: Mapping[str, str] = field(default_factory=dict[str, str])
    """What is copied: the rule's id, and what keys begin with."""
    tiers: Tiers = field(default_factory=Tiers)
    deleted_days: int = 0
    """The age at which what is tagged as deleted goes; 0 is never, as below."""
    noncurrent_days: int = 30
    """How long a version is kept that was replaced or deleted."""
    abort_days: int = 7
    """How long an unfinished upload in parts is kept."""
    versioning: bool = True
    kms_key: str | None = None
    is_amazon: bool = True
    """S3: whether it is Amazon's own, which alone has bucket keys and all of the classes."""
    replication: ReplicationTarget | None = None
    logs: LogTarget | None = None

    def __post_init__(self) -> None:
        _check_tiers(self.cloud, self.tiers.days)
        if self.cloud is Cloud.S3 and self.replication is not None:
            _check_replication(self.role, self.replication, is_encrypted=self.kms_key is not None)

    @property
    def moved(self) -> Mapping[StorageClass, int]:
        """The classes that objects go to, warmest first, with the day."""
        return {each: self.tiers.days[each] for each in _COOLER if each in self.tiers.days}


@dataclass(frozen=True, slots=True)
class Prepared:
    """The rules of one kind in the words of a cloud."""

    kind: RuleKind
    document: Document | None
    """None where nothing is asked for."""
    command: str
    """How the cloud's own tool applies the document, from a file called as the kind."""


def asked_by(role: str, kind: RuleKind) -> str:
    """Return the setting that asks for rules of a kind; lifecycles are wanted always."""
    return f"{role.upper()}_{_ASKED_BY[kind]}"


def _check_tiers(cloud: Cloud, days: Mapping[StorageClass, int]) -> None:
    """Refuse what S3 would, and what would bill days in a class that nobody stays in."""
    before: StorageClass | None = None
    for each in _COOLER:
        if each not in days:
            continue
        name, day = facts(cloud, each).name, days[each]
        if cloud is Cloud.S3 and each is StorageClass.WARM and day < _FIRST_DAY_OF_WARM:
            raise ImpossibleTiersError(
                f"{name} takes objects from their 30th day on: {each} cannot be after {day} days"
            )
        if before is not None:
            stay = facts(cloud, before)
            least = days[before] + (stay.minimum_days if cloud is Cloud.S3 else 1)
            if day < least:
                raise ImpossibleTiersError(
                    f"{each} cannot be after {day} days, as {before} is after {days[before]}:"
                    f" {stay.name} bills {stay.minimum_days} days, so from {least} on"
                )
        before = each


def _check_replication(role: str, target: ReplicationTarget, *, is_encrypted: bool) -> None:
    upper = role.upper()
    if target.role is None:
        raise IncompleteReplicationError(
            f"{upper}_REPLICATION_ROLE must name the role that S3 copies as"
        )
    if is_encrypted and target.kms_key is None:
        raise IncompleteReplicationError(
            f"{upper}_KMS_KEY is set, so {upper}_REPLICATION_KMS_KEY must name the key that copies"
            " are encrypted with: S3 passes over encrypted objects otherwise"
        )
