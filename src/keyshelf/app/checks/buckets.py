"""The rules of the stores' buckets: as wanted, and what the figures advise."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from keyshelf.app import bucket_rules
from keyshelf.app.bucket_rules import NoBucketRulesError, PlannedKind
from keyshelf.app.checks.values import Check, ok, warning
from keyshelf.errors import Error, UnavailableError
from keyshelf.layout.probes import probe_key
from keyshelf.operations.rules import applying, values
from keyshelf.operations.rules.applying import Bucket
from keyshelf.operations.rules.comparing import Change, ChangeKind
from keyshelf.settings import Settings
from keyshelf.settings.values import ROLES
from keyshelf.store.control import BucketControl, RuleKind

_STATES = {
    ChangeKind.ADDED: "missing",
    ChangeKind.CHANGED: "different",
    ChangeKind.REMOVED: "not wanted",
}


async def check_buckets(settings: Settings, *, probe_id: UUID) -> AsyncIterator[Check]:
    """Compare the rules of each bucket with what is wanted, and see that writes are encrypted.

    Silent about stores that have no rules, or whose rules only their cloud's own tool reads.
    """
    for role in ROLES:
        try:
            bucket = bucket_rules.bucket(settings, role)
        except NoBucketRulesError:
            continue
        except Error as error:
            # What is wrong with the store itself is told by its own check.
            yield warning(f"{role} store, rules", error.detail, fix="mend these settings")
            continue
        if bucket.control is None or not await _answers(bucket.control):
            continue
        async for check in _check_bucket(bucket, probe_id):
            yield check


async def _answers(control: BucketControl) -> bool:
    """Say whether there is a server to ask; that there is none is told by the store's check."""
    try:
        await control.read(RuleKind.VERSIONING)
    except UnavailableError:
        return False
    except Error:
        pass  # whatever it refuses, it answers
    return True


async def _check_bucket(bucket: Bucket, probe_id: UUID) -> AsyncIterator[Check]:
    role = bucket.wanted.role
    found = [await bucket_rules.planned_kind(bucket, kind) for kind in RuleKind]
    if unread := [each for each in found if each.problem is not None]:
        yield _unread(role, unread)
    for each in found:
        if each.comparison is not None and each.comparison.differs:
            yield warning(
                f"{role} store, {each.kind}",
                _told(each.kind, each.comparison.changes),
                fix=f"`keyshelf {each.kind} apply --store {role}`",
            )
    same = [
        each.kind
        for each in found
        if each.comparison and each.comparison.is_asked_for and not each.comparison.differs
    ]
    if same:
        yield ok(f"{role} store, rules", f"as wanted: {', '.join(same)}")
    if RuleKind.ENCRYPTION in same:
        yield await _encrypted(bucket, probe_id)


def _unread(role: str, unread: Sequence[PlannedKind]) -> Check:
    """Tell of rules that cannot be read, in one line: it is one server and one set of keys."""
    detail = f"{', '.join(each.kind for each in unread)} cannot be told: {unread[0].problem}"
    if all(each.is_unknown for each in unread):
        return ok(f"{role} store, other rules", detail)
    fixes = dict.fromkeys(each.fix for each in unread if each.fix)
    fix = "; ".join(fixes) or "apply these rules by the cloud's own tool"
    return warning(f"{role} store, unread rules", detail, fix=fix)


async def _encrypted(bucket: Bucket, probe_id: UUID) -> Check:
    role = bucket.wanted.role
    name = f"{role} store, encrypted writes"
    try:
        await applying.check_encryption(bucket, probe_key(probe_id))
    except Error as error:
        by = values.asked_by(role, RuleKind.ENCRYPTION)
        fix = f"let the keys of this store use the key that {by} names"
        return warning(name, error.detail, fix=fix)
    return ok(name, f"with {bucket.wanted.kms_key}")


def _told(kind: RuleKind, changes: Sequence[Change]) -> str:
    words = ", ".join(f"{each.rule or kind} is {_STATES[each.change]}" for each in changes)
    return f"not as wanted: {words}"
