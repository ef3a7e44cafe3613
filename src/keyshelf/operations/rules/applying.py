"""The rules of a bucket compared with what is wanted, and applied."""

from collections.abc import Sequence
from dataclasses import dataclass

import anyio

from keyshelf.errors import IntegrityError, InvalidInputError
from keyshelf.layout.keys import ObjectKey
from keyshelf.operations.classes import Cloud
from keyshelf.operations.rules import azure, gcs, gcs_merging, s3
from keyshelf.operations.rules.comparing import Change, Parts, changes, s3_parts
from keyshelf.operations.rules.merging import foreign_rules, merged
from keyshelf.operations.rules.values import Prepared, Wanted
from keyshelf.operations.rules.warnings import warnings
from keyshelf.store.control import (
    BucketControl,
    Document,
    RuleKind,
    RulesChangedError,
    RulesRefusedError,
)
from keyshelf.store.errors import StoreForbiddenError, UnsupportedError

READ_BACK_SECONDS = (0.0, 0.5, 1.0, 2.0, 4.0)
"""How long to wait before each look at what was written: S3 may show the old for a moment."""


class RulesNotReachedError(InvalidInputError):
    """Keyshelf cannot read this store's rules; `show` prints the cloud's own command."""

    code = "rules-not-reached"


class RulesNotKeptError(IntegrityError):
    """The server took the rules and does not have them. Look at what it kept: `diff`."""

    code = "rules-not-kept"


class EncryptionNotKeptError(IntegrityError):
    """An object was not encrypted as the bucket's rules want. Write nothing secret there."""

    code = "encryption-not-kept"


class NotVersionedError(InvalidInputError):
    """Replication needs versions on both sides. Apply `versioning` first."""

    code = "not-versioned"


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket, what is wanted of it, and the way to its rules."""

    wanted: Wanted
    control: BucketControl | None = None
    """None where the rules are not reached from here."""
    replica: BucketControl | None = None
    """The rules of the bucket that this one is copied to."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a bucket has of one kind of rules, and what it is to have."""

    kind: RuleKind
    is_asked_for: bool
    current: Document | None
    target: Document | None
    changes: Sequence[Change]
    kept: Sequence[str]
    """The rules of others, which stay."""
    warnings: Sequence[str]

    @property
    def differs(self) -> bool:
        """Whether the bucket is not as it is to be."""
        return bool(self.changes)


def prepared(wanted: Wanted, kind: RuleKind) -> Prepared:
    """Return the rules of one kind in the words of the bucket's cloud. Asks nobody."""
    match wanted.cloud:
        case Cloud.S3:
            return s3.prepared(wanted, kind)
        case Cloud.GCS:
            return gcs.prepared(wanted, kind)
        case Cloud.AZURE:
            return azure.prepared(wanted, kind)


async def compare(bucket: Bucket, kind: RuleKind) -> Comparison:
    """Read the rules of one kind and say what is to change. Changes nothing.

    Raises `RulesNotReachedError`, and what `BucketControl` raises.
    """
    current = await reached(bucket, kind).read(kind)
    return compared(bucket.wanted, kind, current)


def compared(wanted: Wanted, kind: RuleKind, current: Document | None) -> Comparison:
    """Say what is to change in the rules that a bucket has."""
    document = prepared(wanted, kind).document
    if wanted.cloud is Cloud.GCS:
        target = gcs_merging.merged(wanted, kind, current, document)
    else:
        target = merged(kind, current, document)
    return Comparison(
        kind,
        document is not None,
        current,
        target,
        _differences(wanted, kind, current, target),
        _kept(wanted, kind, current),
        warnings(wanted, kind, current),
    )


def is_shown_only(wanted: Wanted, kind: RuleKind) -> bool:
    """Say whether Keyshelf reaches no such rules in this cloud, whatever the keys allow."""
    return wanted.cloud is Cloud.AZURE or (
        wanted.cloud is Cloud.GCS and kind is RuleKind.REPLICATION
    )


async def apply(
    bucket: Bucket,
    seen: Comparison,
    *,
    probe: ObjectKey,
    waits: Sequence[float] = READ_BACK_SECONDS,
) -> Comparison:
    """Write what `seen` says, and return what the bucket has then, which is the same.

    Nothing is written where nothing differs, so twice is as once; a crash leaves the old rules
    or the new. Raises `RulesChangedError` where somebody was faster, `NotVersionedError`,
    `RulesRefusedError`, `RulesNotKeptError`, and `EncryptionNotKeptError` when what is written at
    `probe` after that is not encrypted as wanted.
    """
    control = reached(bucket, seen.kind)
    if _differences(bucket.wanted, seen.kind, seen.current, await control.read(seen.kind)):
        raise RulesChangedError(f"somebody changed the {seen.kind} meanwhile: look again")
    if seen.differs:
        if seen.kind is RuleKind.REPLICATION and seen.is_asked_for:
            await _require_versions(bucket)
        await _write(bucket.wanted, control, seen)
    after = await _read_back(bucket, seen, waits)
    if seen.kind is RuleKind.ENCRYPTION and seen.is_asked_for:
        await check_encryption(bucket, probe)
    return after


async def check_encryption(bucket: Bucket, probe: ObjectKey) -> None:
    """Write an object as everybody does and see how it was encrypted.

    Raises `EncryptionNotKeptError`, and what `BucketControl` raises.
    """
    wanted = bucket.wanted
    found = await reached(bucket, RuleKind.ENCRYPTION).written_encryption(probe)
    if wanted.kms_key is None:
        return
    cloud = gcs if wanted.cloud is Cloud.GCS else s3
    if how := cloud.otherwise_encrypted(found, wanted.kms_key):
        raise EncryptionNotKeptError(
            f"a new object was encrypted with {how}, not with {wanted.kms_key}"
        )


def reached(bucket: Bucket, kind: RuleKind) -> BucketControl:
    """Return the way to a bucket's rules.

    Raises `RulesNotReachedError` with the fix, and `UnsupportedError` where a bucket has no such
    rules, and something else does what is asked for.
    """
    wanted = bucket.wanted
    command = prepared(wanted, kind).command
    if bucket.control is None:
        raise RulesNotReachedError(
            f"the rules of {wanted.bucket} are applied by its cloud's own tool:"
            f" `keyshelf {kind} show --store {wanted.role} > {kind}.json`, then `{command}`"
        )
    if is_shown_only(wanted, kind) and wanted.replication is not None:
        raise UnsupportedError(
            "buckets of Google have no rules of replication: a job of Storage Transfer copies,"
            f" which `{command}` makes; what it copied is told by `keyshelf replication status`"
        )
    return bucket.control


def _differences(
    wanted: Wanted, kind: RuleKind, before: Document | None, after: Document | None
) -> Sequence[Change]:
    def parts(document: Document | None) -> Parts:
        if wanted.cloud is Cloud.GCS:
            return gcs_merging.parts(wanted, kind, document)
        return s3_parts(kind, document)

    return changes(parts(before), parts(after))


def _kept(wanted: Wanted, kind: RuleKind, current: Document | None) -> Sequence[str]:
    if wanted.cloud is Cloud.GCS:
        return list(gcs_merging.foreign(wanted, current))
    return [str(each.get("ID") or "(without a name)") for each in foreign_rules(kind, current)]


async def _write(wanted: Wanted, control: BucketControl, seen: Comparison) -> None:
    try:
        await control.write(seen.kind, seen.target)
    except RulesRefusedError as error:
        if seen.kind is not RuleKind.LIFECYCLE or wanted.is_amazon:
            raise
        upper = wanted.role.upper()
        raise RulesRefusedError(
            f"{error.detail}. Servers of other makers may lack classes, or a rule for unfinished"
            f" uploads: {upper}_TIER_WARM_DAYS=0 (and COLD, ARCHIVE) and {upper}_ABORT_DAYS=0"
            " leave them out"
        ) from error


async def _require_versions(bucket: Bucket) -> None:
    sides = (("the bucket", bucket.control), ("its replica", bucket.replica))
    for name, control in sides:
        if control is None:
            continue
        try:
            found = await control.read(RuleKind.VERSIONING)
        except UnsupportedError:
            found = None
        except StoreForbiddenError:
            continue  # another account's, as a replica may be: the server itself looks
        if (found or {}).get("Status") != "Enabled":
            raise NotVersionedError(f"{name} keeps no versions, and replication needs them on both")


async def _read_back(bucket: Bucket, seen: Comparison, waits: Sequence[float]) -> Comparison:
    after = seen
    for seconds in waits:
        await anyio.sleep(seconds)
        after = await compare(bucket, seen.kind)
        if not after.differs and not set(seen.kept) - set(after.kept):
            return after
    lost = [each for each in seen.kept if each not in after.kept]
    lacking = ", ".join([*(each.rule or str(seen.kind) for each in after.changes), *lost])
    raise RulesNotKeptError(
        f"the server took the {seen.kind} and does not keep it whole: {lacking}"
    )
