"""The rules of a bucket as S3's API has them."""

from collections.abc import Callable, Mapping, Sequence

from keyshelf.operations.classes import Cloud, StorageClass, facts
from keyshelf.operations.rules.values import Prepared, ReplicationTarget, Wanted
from keyshelf.store.control import Document, Json, RuleKind

TRANSITIONS: Mapping[StorageClass, str] = {
    StorageClass.WARM: "TransitionToWarm",
    StorageClass.COLD: "TransitionToCold",
    StorageClass.ARCHIVE: "TransitionToArchive",
}
CLEANUP, NONCURRENT, ABORT = (
    "CleanupDeletedChunks",
    "ExpireNoncurrentVersions",
    "AbortIncompleteUploads",
)
CHUNKS, MANIFESTS, PROXIES, METADATA, BACKUPS, OBJECTS = (
    "ReplicateChunks",
    "ReplicateManifests",
    "ReplicateProxies",
    "ReplicateMetadata",
    "ReplicateBackups",
    "ReplicateObjects",
)
OURS = frozenset(
    {*TRANSITIONS.values(), CLEANUP, NONCURRENT, ABORT}
    | {CHUNKS, MANIFESTS, PROXIES, METADATA, BACKUPS, OBJECTS}
)
"""The ids of all rules that Keyshelf writes, and takes away when they are not wanted."""

_COMMANDS = {
    RuleKind.VERSIONING: "put-bucket-versioning --bucket {} --versioning-configuration",
    RuleKind.ENCRYPTION: "put-bucket-encryption --bucket {} --server-side-encryption-configuration",
    RuleKind.LIFECYCLE: "put-bucket-lifecycle-configuration --bucket {} --lifecycle-configuration",
    RuleKind.REPLICATION: "put-bucket-replication --bucket {} --replication-configuration",
    RuleKind.LOGGING: "put-bucket-logging --bucket {} --bucket-logging-status",
}


def prepared(wanted: Wanted, kind: RuleKind) -> Prepared:
    """Return the rules of one kind."""
    command = f"aws s3api {_COMMANDS[kind].format(wanted.bucket)} file://{kind}.json"
    return Prepared(kind, _DOCUMENTS[kind](wanted), command)


def lifecycle(wanted: Wanted) -> Document:
    """Return the lifecycle, in the form that really takes effect.

    A rule that names a size moves small objects too: S3 leaves those under 128 KB alone
    otherwise, which most chunks are. Old versions and unfinished uploads go by rules of their
    own, as an expiration in a bucket with versions frees nothing.
    """
    rules: list[Json] = [
        _rule(
            TRANSITIONS[to],
            _filter(
                wanted.tiered_prefix,
                tags=_tier_tags(wanted, to),
                # One byte is in every object; zero is as good as unset to some servers.
                larger_than=max(wanted.tiers.min_bytes - 1, 1),
            ),
            {"Transitions": [{"Days": days, "StorageClass": facts(Cloud.S3, to).name}]},
        )
        for to, days in wanted.moved.items()
    ]
    if wanted.deleted_days:
        tag = {f"{wanted.namespace}:status": "deleted"}
        expiration: Document = {"Expiration": {"Days": wanted.deleted_days}}
        rules.append(_rule(CLEANUP, _filter("", tags=tag), expiration))
    if wanted.noncurrent_days:
        noncurrent: Document = {
            "Expiration": {"ExpiredObjectDeleteMarker": True},
            "NoncurrentVersionExpiration": {"NoncurrentDays": wanted.noncurrent_days},
        }
        rules.append(_rule(NONCURRENT, _filter(""), noncurrent))
    if wanted.abort_days:
        days: Document = {"DaysAfterInitiation": wanted.abort_days}
        rules.append(_rule(ABORT, _filter(""), {"AbortIncompleteMultipartUpload": days}))
    return {"Rules": rules}


def replication(wanted: Wanted) -> Document | None:
    """Return the replication, a rule for each kind of object; None where none is asked for.

    Where the bucket has a key, objects that it encrypted are named: S3 passes them over
    otherwise.
    """
    target = wanted.replication
    if target is None:
        return None
    rules: list[Json] = [
        {
            "ID": rule,
            "Status": "Enabled",
            "Priority": priority,
            "Filter": {"Prefix": prefix},
            **_of_encrypted(wanted),
            "Destination": _destination(target, wanted),
            "DeleteMarkerReplication": {"Status": "Enabled"},
        }
        for priority, (rule, prefix) in enumerate(wanted.replicated_prefixes.items(), start=1)
    ]
    return {"Role": target.role or "", "Rules": rules}


def otherwise_encrypted(found: Document, key: str) -> str:
    """Return with what an object was encrypted instead of a key; empty where it was with it."""
    algorithm, used = found.get("SSEAlgorithm"), found.get("KMSMasterKeyID")
    if algorithm == "aws:kms" and _is_key(used, key):
        return ""
    return f"{algorithm} {used or ''}".strip() if algorithm else "nothing"


def _is_key(used: Json, wanted: str) -> bool:
    """Say whether S3 used a key, which it tells by its ARN whatever it was told."""
    if "alias/" in wanted:
        return True  # which key an alias stands for is known to KMS only
    return str(used) == wanted or str(used).endswith((f"/{wanted}", f":{wanted}"))


def _versioning(wanted: Wanted) -> Document | None:
    return {"Status": "Enabled", "MFADelete": "Disabled"} if wanted.versioning else None


def _encryption(wanted: Wanted) -> Document | None:
    if wanted.kms_key is None:
        return None
    by_default: Document = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": wanted.kms_key}
    key: Document = {"BucketKeyEnabled": True} if wanted.is_amazon else {}
    return {"Rules": [{"ApplyServerSideEncryptionByDefault": by_default, **key}]}


def _logging(wanted: Wanted) -> Document | None:
    if wanted.logs is None:
        return None
    target: Document = {"TargetBucket": wanted.logs.bucket, "TargetPrefix": wanted.logs.prefix}
    return {"LoggingEnabled": target}


def _rule(rule: str, chosen: Document, action: Document) -> Document:
    return {"ID": rule, "Status": "Enabled", "Filter": chosen, **action}


def _filter(
    prefix: str, *, tags: Mapping[str, str] | None = None, larger_than: int | None = None
) -> Document:
    """Return a filter: S3 wants several conditions inside an `And`, and a single one outside."""
    listed: Sequence[Document] = [
        {"Key": name, "Value": value} for name, value in (tags or {}).items()
    ]
    several: dict[str, Json] = {}
    if prefix:
        several["Prefix"] = prefix
    if listed:
        several["Tags"] = listed
    if larger_than is not None:
        several["ObjectSizeGreaterThan"] = larger_than
    if len(several) > 1:
        return {"And": several}
    if listed:
        return {"Tag": listed[0]}
    return several or {"Prefix": ""}


def _tier_tags(wanted: Wanted, to: StorageClass) -> Mapping[str, str]:
    """Return the tags without which an object stays where it can be read."""
    if not (wanted.tiers.keep_readable and facts(Cloud.S3, to).needs_restore):
        return {}
    return {f"{wanted.namespace}:tier": to.value}


def _of_encrypted(wanted: Wanted) -> Document:
    if wanted.kms_key is None:
        return {}
    return {"SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}}}


def _destination(target: ReplicationTarget, wanted: Wanted) -> Document:
    arn = target.bucket if target.bucket.startswith("arn:") else f"arn:aws:s3:::{target.bucket}"
    destination: dict[str, Json] = {
        "Bucket": arn,
        "StorageClass": facts(Cloud.S3, target.storage_class).name,
    }
    if wanted.kms_key is not None and target.kms_key is not None:
        destination["EncryptionConfiguration"] = {"ReplicaKmsKeyID": target.kms_key}
    return destination


_DOCUMENTS: Mapping[RuleKind, Callable[[Wanted], Document | None]] = {
    RuleKind.VERSIONING: _versioning,
    RuleKind.ENCRYPTION: _encryption,
    RuleKind.LIFECYCLE: lifecycle,
    RuleKind.REPLICATION: replication,
    RuleKind.LOGGING: _logging,
}
