"""The rules of a bucket as Google's JSON API has them.

Google has no tags that a rule could see, so what is deleted is deleted by Keyshelf itself;
all of its classes are read at once, so no rule keeps anything from being read.
"""

from collections.abc import Callable, Mapping

from keyshelf.operations.classes import Cloud, StorageClass, facts
from keyshelf.operations.rules.s3 import ABORT, NONCURRENT, TRANSITIONS
from keyshelf.operations.rules.values import LogTarget, Prepared, Wanted
from keyshelf.store.control import Document, Json, RuleKind


def prepared(wanted: Wanted, kind: RuleKind) -> Prepared:
    """Return the rules of one kind."""
    make, tell = _KINDS[kind]
    return Prepared(kind, make(wanted), f"gcloud {tell(wanted)}")


def lifecycle(wanted: Wanted) -> Document:
    """Return the lifecycle as `--lifecycle-file` takes it. Rules have no ids at Google."""
    return {"lifecycle": {"rule": list(named_rules(wanted).values())}}


def named_rules(wanted: Wanted) -> Mapping[str, Document]:
    """Return the rules of a lifecycle by the ids that they would have on S3."""
    rules = {TRANSITIONS[to]: transition(wanted, to, days) for to, days in wanted.moved.items()}
    if wanted.noncurrent_days:
        old: Document = {"isLive": False, "daysSinceNoncurrentTime": wanted.noncurrent_days}
        rules[NONCURRENT] = {"action": {"type": "Delete"}, "condition": old}
    if wanted.abort_days:
        action: Document = {"type": "AbortIncompleteMultipartUpload"}
        rules[ABORT] = {"action": action, "condition": {"age": wanted.abort_days}}
    return rules


def transition(wanted: Wanted, to: StorageClass, days: int) -> Document:
    """Return the rule that moves what is so old to a class."""
    places: Document = {"matchesPrefix": [wanted.tiered_prefix]} if wanted.tiered_prefix else {}
    return {
        "action": {"type": "SetStorageClass", "storageClass": facts(Cloud.GCS, to).name},
        "condition": {"age": days, **places},
    }


def otherwise_encrypted(found: Document, key: str) -> str:
    """Return with what an object was encrypted instead of a key; empty where it was with it."""
    used = str(found.get("defaultKmsKeyName") or "")
    if used == key or used.startswith(f"{key}/cryptoKeyVersions/"):
        return ""
    return used or "a key of Google's own"


def _versioning(wanted: Wanted) -> Document | None:
    return {"versioning": {"enabled": True}} if wanted.versioning else None


def _encryption(wanted: Wanted) -> Document | None:
    return {"encryption": {"defaultKmsKeyName": wanted.kms_key}} if wanted.kms_key else None


def _logging(wanted: Wanted) -> Document | None:
    if wanted.logs is None:
        return None
    target: Document = {"logBucket": wanted.logs.bucket, "logObjectPrefix": wanted.logs.prefix}
    return {"logging": target}


def _replication(wanted: Wanted) -> Document | None:
    target = wanted.replication
    if target is None:
        return None
    kept = f"STORAGE_CLASS_{facts(Cloud.GCS, target.storage_class).name}"
    specification: dict[str, Json] = {
        "gcsDataSource": {"bucketName": wanted.bucket},
        "gcsDataSink": {"bucketName": target.bucket},
        "transferOptions": {"metadataOptions": {"storageClass": kept}},
    }
    if prefixes := [each for each in wanted.replicated_prefixes.values() if each]:
        specification["objectConditions"] = {"includePrefixes": prefixes}
    return {"replicationSpec": specification}


def _updated(wanted: Wanted, *flags: str) -> str:
    return " ".join(("storage buckets update", f"gs://{wanted.bucket}", *flags))


def _logged(wanted: Wanted) -> str:
    logs = wanted.logs or LogTarget("BUCKET", "PREFIX")
    return _updated(
        wanted, f"--log-bucket=gs://{logs.bucket}", f"--log-object-prefix={logs.prefix}"
    )


def _transferred(wanted: Wanted) -> str:
    to = wanted.replication.bucket if wanted.replication else "BUCKET"
    prefixes = ",".join(each for each in wanted.replicated_prefixes.values() if each)
    chosen = f" --include-prefixes={prefixes}" if prefixes else ""
    return f"transfer jobs create gs://{wanted.bucket} gs://{to} --replication{chosen}"


_KINDS: Mapping[RuleKind, tuple[Callable[[Wanted], Document | None], Callable[[Wanted], str]]] = {
    RuleKind.VERSIONING: (_versioning, lambda wanted: _updated(wanted, "--versioning")),
    RuleKind.ENCRYPTION: (
        _encryption,
        lambda wanted: _updated(wanted, f"--default-encryption-key={wanted.kms_key or 'KEY'}"),
    ),
    RuleKind.LIFECYCLE: (
        lifecycle,
        lambda wanted: _updated(wanted, f"--lifecycle-file={RuleKind.LIFECYCLE}.json"),
    ),
    RuleKind.REPLICATION: (_replication, _transferred),
    RuleKind.LOGGING: (_logging, _logged),
}
