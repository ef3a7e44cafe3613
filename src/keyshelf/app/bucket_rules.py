"""The rules of the stores' buckets, as the settings want them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit
from uuid import uuid4

from keyshelf.app import store_fixes
from keyshelf.app.stores import bucket_of, replica_options, store_options
from keyshelf.errors import Error, InvalidInputError
from keyshelf.layout import repository
from keyshelf.layout.backups import BACKUP_PREFIX
from keyshelf.layout.namespace import namespace
from keyshelf.layout.probes import probe_key
from keyshelf.operations.classes import Cloud, StorageClass
from keyshelf.operations.rules import applying, s3
from keyshelf.operations.rules.applying import Bucket, Comparison, RulesNotReachedError
from keyshelf.operations.rules.values import LogTarget, ReplicationTarget, Tiers, Wanted
from keyshelf.settings import InvalidSettingError, Settings
from keyshelf.settings.table_regions import replica_prefix
from keyshelf.settings.values import ROLES
from keyshelf.store.control import BucketControl, RuleKind
from keyshelf.store.errors import UnsupportedError
from keyshelf.store.opening import StoreOptions, open_control

_CLOUDS: Mapping[str, Cloud] = {"s3": Cloud.S3, "gs": Cloud.GCS, "az": Cloud.AZURE}
_SCHEMES = {cloud: scheme for scheme, cloud in _CLOUDS.items()}
_REPLICATED: Mapping[str, str] = {
    s3.CHUNKS: repository.CHUNKS,
    s3.MANIFESTS: repository.MANIFESTS,
    s3.PROXIES: repository.PROXIES,
    s3.METADATA: repository.METADATA,
    s3.BACKUPS: BACKUP_PREFIX,
}
_REPLICA = "repository-"
# A store on this machine signs with it; the rules of a bucket need none.
_NO_SECRET = b""


class NoBucketRulesError(InvalidInputError):
    """A store that is a folder of this machine has no rules: they are a cloud's."""

    code = "no-bucket-rules"


@dataclass(frozen=True, slots=True)
class PlannedKind:
    """How one kind of rules of a bucket stands."""

    kind: RuleKind
    comparison: Comparison | None = None
    problem: str | None = None
    """Why nothing can be said of it."""
    fix: str | None = None
    """What lets it be read; None where the problem says it, or nothing does."""
    is_unknown: bool = False
    """Whether that is because the server has no such rules at all."""


@dataclass(frozen=True, slots=True)
class PlannedStore:
    """How the rules of one store stand; without kinds it is a folder, which has none."""

    role: str
    bucket: str
    kinds: Sequence[PlannedKind] = ()

    @property
    def differs(self) -> bool:
        """Whether something is not as it is to be."""
        return any(each.comparison.differs for each in self.kinds if each.comparison)

    @property
    def is_unread(self) -> bool:
        """Whether rules that the server may have could not be read."""
        return any(each.problem and not each.is_unknown for each in self.kinds)


def stores_with(settings: Settings, kind: RuleKind) -> Sequence[str]:
    """Return the roles whose buckets have rules of a kind; of replicas these are versions alone.

    What is copied to a replica is its cloud's or its owner's to encrypt, move and log.
    """
    return [*ROLES, *_replicas(settings)] if kind is RuleKind.VERSIONING else ROLES


def bucket(settings: Settings, role: str) -> Bucket:
    """Return a role's bucket with what is wanted of it, and the way to its rules.

    The role of a replica is `repository-` and its id. Asks no server. Raises
    `NoBucketRulesError`, and `InvalidSettingError` for settings that cannot be together.
    """
    copies = _replicas(settings)
    if role in copies:
        return Bucket(_wanted_of_replica(settings, role, copies[role]), open_control(copies[role]))
    options = store_options(settings, role, _NO_SECRET)
    wanted = wanted_of(settings, role)
    replica: BucketControl | None = None
    # Where a server of another maker copies to is known to that server only.
    if wanted.cloud is Cloud.S3 and wanted.is_amazon and wanted.replication is not None:
        region = settings.text(f"{role.upper()}_REPLICATION_REGION") or options.region
        copied_to = wanted.replication.bucket.rpartition(":")[2]
        replica = open_control(replace(options, bucket=f"s3://{copied_to}", region=region))
    return Bucket(wanted, open_control(options), replica)


def wanted_of(settings: Settings, role: str) -> Wanted:
    """Return what the settings want of a role's bucket; raises as `bucket`."""
    upper = role.upper()
    cloud, name = _place(role, bucket_of(settings, role), upper)
    is_repository = role == "repository"
    try:
        return Wanted(
            role=role,
            cloud=cloud,
            bucket=name,
            account=settings.text(f"{upper}_AZURE_ACCOUNT"),
            namespace=namespace(settings.required("KEYSHELF_METADATA_NAMESPACE")),
            tiered_prefix=repository.CHUNKS if is_repository else "",
            replicated_prefixes=_REPLICATED if is_repository else {s3.OBJECTS: ""},
            tiers=_tiers(settings, upper),
            deleted_days=settings.number("KEYSHELF_DELETED_DAYS") if is_repository else 0,
            noncurrent_days=settings.number(f"{upper}_NONCURRENT_DAYS"),
            abort_days=settings.number(f"{upper}_ABORT_DAYS"),
            versioning=bool(settings.flag(f"{upper}_VERSIONING")),
            kms_key=settings.text(f"{upper}_KMS_KEY"),
            is_amazon=_is_amazon(settings.text(f"{upper}_S3_ENDPOINT")),
            replication=_replication(settings, upper),
            logs=_logs(settings, upper),
        )
    except InvalidInputError as error:
        raise InvalidSettingError(f"{upper}_… cannot be so: {error.detail}") from error


async def plan(settings: Settings) -> Sequence[PlannedStore]:
    """Compare the rules of all stores and replicas, changing none; what is unread is told."""
    return [await _planned(settings, role) for role in stores_with(settings, RuleKind.VERSIONING)]


async def planned_kind(of: Bucket, kind: RuleKind) -> PlannedKind:
    """Compare the rules of one kind; what cannot be read is told."""
    try:
        return PlannedKind(kind, await applying.compare(of, kind))
    except Error as error:
        if isinstance(error, UnsupportedError):
            return PlannedKind(kind, problem=error.detail, is_unknown=True)
        if isinstance(error, RulesNotReachedError):
            return PlannedKind(kind, problem=error.detail)
        prefix, named = _prefix(of.wanted.role), f"{_SCHEMES[of.wanted.cloud]}://{of.wanted.bucket}"
        fix = store_fixes.fix(error, prefix, named, rights="read the rules of {0}")
        return PlannedKind(kind, problem=error.detail, fix=fix)


async def apply(of: Bucket, seen: Comparison) -> Comparison:
    """Write what `seen` says; see `applying.apply`."""
    return await applying.apply(of, seen, probe=probe_key(uuid4()))


async def _planned(settings: Settings, role: str) -> PlannedStore:
    copy = _replicas(settings).get(role)
    named = bucket_of(settings, role) if copy is None else copy.bucket
    try:
        found = bucket(settings, role)
    except NoBucketRulesError:
        return PlannedStore(role, named)
    kinds = [each for each in RuleKind if role in stores_with(settings, each)]
    return PlannedStore(role, named, [await planned_kind(found, kind) for kind in kinds])


def _replicas(settings: Settings) -> Mapping[str, StoreOptions]:
    return {f"{_REPLICA}{name}": each for name, each in replica_options(settings).items()}


def _wanted_of_replica(settings: Settings, role: str, options: StoreOptions) -> Wanted:
    """Return what is wanted of a replica: versions, as of the store that it copies."""
    cloud, name = _place(role, options.bucket, _prefix(role))
    versioning = bool(settings.flag("REPOSITORY_VERSIONING"))
    return Wanted(role=role, cloud=cloud, bucket=name, versioning=versioning)


def _prefix(role: str) -> str:
    """Return what the settings of a role begin with."""
    name = role.removeprefix(_REPLICA)
    return role.upper() if name == role else replica_prefix(name)


def _place(role: str, named: str, prefix: str) -> tuple[Cloud, str]:
    parts = urlsplit(named)
    cloud = _CLOUDS.get(parts.scheme or "s3")
    if cloud is None:
        raise NoBucketRulesError(
            f"the {role} store is {named}: only buckets of a cloud have rules, and {prefix}_BUCKET"
            " names one"
        )
    return cloud, parts.netloc or parts.path


def _is_amazon(endpoint: str | None) -> bool:
    host = urlsplit(endpoint or "https://s3.amazonaws.com").hostname or ""
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn"))


def _tiers(settings: Settings, upper: str) -> Tiers:
    days = {
        each: settings.number(f"{upper}_TIER_{each.name}_DAYS")
        for each in StorageClass
        if each is not StorageClass.HOT
    }
    return Tiers(
        {each: after for each, after in days.items() if after},
        keep_readable=bool(settings.flag("KEYSHELF_TIER_KEEP_READABLE")),
        min_bytes=settings.number("KEYSHELF_TIER_MIN_KIB") * 1024,
    )


def _replication(settings: Settings, upper: str) -> ReplicationTarget | None:
    to = settings.text(f"{upper}_REPLICATION_BUCKET")
    if to is None:
        return None
    return ReplicationTarget(
        to,
        role=settings.text(f"{upper}_REPLICATION_ROLE"),
        storage_class=StorageClass(settings.required(f"{upper}_REPLICATION_CLASS")),
        kms_key=settings.text(f"{upper}_REPLICATION_KMS_KEY"),
    )


def _logs(settings: Settings, upper: str) -> LogTarget | None:
    to = settings.text(f"{upper}_LOG_BUCKET")
    return None if to is None else LogTarget(to, settings.required(f"{upper}_LOG_PREFIX"))
