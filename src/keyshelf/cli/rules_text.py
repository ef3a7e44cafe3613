"""How differences between rules of buckets are told to a person."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from keyshelf.cli.output import count_text
from keyshelf.operations.classes import StorageClass
from keyshelf.operations.rules import s3
from keyshelf.operations.rules.comparing import Change, ChangeKind, FieldChange, Scalar

if TYPE_CHECKING:
    from keyshelf.app.bucket_rules import PlannedKind, PlannedStore
    from keyshelf.operations.rules.applying import Comparison
    from keyshelf.store.control import RuleKind

_SAYS = {
    s3.TRANSITIONS[StorageClass.WARM]: "what is old goes to the warm class",
    s3.TRANSITIONS[StorageClass.COLD]: "what is older goes to the cold class",
    s3.TRANSITIONS[StorageClass.ARCHIVE]: "what is very old goes to the archive",
    s3.CLEANUP: "what is tagged as deleted goes",
    s3.NONCURRENT: "versions that were replaced or deleted go",
    s3.ABORT: "unfinished uploads in parts are dropped",
    s3.CHUNKS: "chunks are copied",
    s3.MANIFESTS: "manifests are copied",
    s3.PROXIES: "proxies are copied",
    s3.METADATA: "what is known of repositories is copied",
    s3.BACKUPS: "backups of the database are copied",
    s3.OBJECTS: "everything is copied",
}
_MARKS = {ChangeKind.ADDED: "+", ChangeKind.CHANGED: "~", ChangeKind.REMOVED: "-"}
_ENABLED = FieldChange("Status", None, "Enabled")
"""What every new rule is."""


def difference(found: "Comparison", *, indent: str = "") -> Iterator[str]:
    """Tell rule by rule what is to change, and what of others stays."""
    for change in found.changes:
        says = f": {_SAYS[change.rule]}" if change.rule in _SAYS else ""
        yield f"{indent}{_MARKS[change.change]} {change.rule or found.kind}{says}"
        yield from (f"{indent}    {_field(each, change)}" for each in _shown(change))
    for name in found.kept:
        yield f"{indent}= {name} (not Keyshelf's: it stays)"


def state(found: "Comparison") -> str:
    """Tell in a few words how a kind of rules stands."""
    if found.differs:
        return f"differs: {_counted(found.changes)}"
    return "as wanted" if found.is_asked_for else "not asked for"


def planned(stores: Sequence["PlannedStore"]) -> Iterator[str]:
    """Tell how all rules of all stores stand, what is wrong, and what mends it."""
    for store in stores:
        yield f"{store.role}  {store.bucket}"
        if not store.kinds:
            yield "  a folder of this machine: it has no rules"
        for each in store.kinds:
            yield from _kind(each)
    wrong = [
        (store.role, each.kind)
        for store in stores
        for each in store.kinds
        if each.comparison is not None and each.comparison.differs
    ]
    unread = list(_unread(stores))
    yield ""
    yield from unread
    if not wrong:
        yield f"nothing {'else ' * bool(unread)}differs from what is wanted"
        return
    differ, them = ("differs", "it") if len(wrong) == 1 else ("differ", "them")
    yield f"{count_text(len(wrong), 'kind')} of rules {differ}; apply {them} by"
    yield from (f"  keyshelf {kind} apply --store {role}" for role, kind in wrong)


def _unread(stores: Sequence["PlannedStore"]) -> Iterator[str]:
    """Tell what is not known, each fix once: it is one server and one set of keys."""
    for store in stores:
        kinds: dict[str, list[RuleKind]] = {}
        for each in store.kinds:
            if each.problem and not each.is_unknown:
                kinds.setdefault(each.fix or each.problem, []).append(each.kind)
        for fix, unread in kinds.items():
            yield f"could not be read, as told above: {', '.join(unread)} of {store.role}"
            yield f"  {fix}"


def _kind(each: "PlannedKind") -> Iterator[str]:
    found = each.comparison
    if found is None:
        yield f"  {each.kind:<12}  cannot be told: {each.problem}"
        return
    yield f"  {each.kind:<12}  {state(found)}"
    yield from difference(found, indent="    ")
    yield from (f"    warning: {warning}" for warning in found.warnings)


def _counted(changes: Sequence[Change]) -> str:
    words = {ChangeKind.ADDED: "missing", ChangeKind.CHANGED: "other", ChangeKind.REMOVED: "extra"}
    counts = {word: sum(each.change is kind for each in changes) for kind, word in words.items()}
    return ", ".join(f"{count} {word}" for word, count in counts.items() if count)


def _shown(change: Change) -> Sequence[FieldChange]:
    """Return the fields that a person wants to see: not those of a rule that goes."""
    if change.change is ChangeKind.REMOVED:
        return []
    is_new = change.change is ChangeKind.ADDED and change.rule
    return [each for each in change.fields if not (is_new and each == _ENABLED)]


def _field(each: FieldChange, change: Change) -> str:
    if change.change is ChangeKind.ADDED:
        return f"{each.field}: {_value(each.after)}"
    return f"{each.field}: {_value(each.before)} -> {_value(each.after)}"


def _value(value: Scalar) -> str:
    if value is None:
        return "unset"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
