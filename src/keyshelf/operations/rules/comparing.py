"""What differs between two documents of rules, rule by rule and field by field."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from keyshelf.operations.rules.merging import rules_of
from keyshelf.store.control import Document, Json, RuleKind

Scalar = None | bool | int | float | str
Fields = Mapping[str, Scalar]
Parts = Mapping[str, Fields]
"""The fields of each rule by its id, and of what belongs to none by `WHOLE`."""

WHOLE = ""
_AS_UNSET: Fields = {
    "Filter.Prefix": "",
    "MFADelete": "Disabled",
    "BucketKeyEnabled": False,
    "DeleteMarkerReplication.Status": "Disabled",
    "TransitionDefaultMinimumObjectSize": "all_storage_classes_128K",
}
"""What S3 means by a field that is not there, and some servers tell."""


class ChangeKind(StrEnum):
    """What becomes of a rule."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field; None stands for one that is not there."""

    field: str
    before: Scalar
    after: Scalar


@dataclass(frozen=True, slots=True)
class Change:
    """One rule that differs; `rule` is empty for what belongs to no rule."""

    rule: str
    change: ChangeKind
    fields: Sequence[FieldChange]


def changes(before: Parts, after: Parts) -> Sequence[Change]:
    """Return what makes `after` of `before`; nothing where a server would see no difference."""
    names = [*after, *(each for each in before if each not in after)]
    found = (_change(name, before.get(name), after.get(name)) for name in names)
    return [each for each in found if each is not None]


def _change(rule: str, before: Fields | None, after: Fields | None) -> Change | None:
    old, new = before or {}, after or {}
    changed = [
        FieldChange(name, old.get(name), new.get(name))
        for name in [*new, *(each for each in old if each not in new)]
        if old.get(name) != new.get(name)
    ]
    if not changed:
        return None
    if before is None:
        return Change(rule, ChangeKind.ADDED, changed)
    return Change(rule, ChangeKind.REMOVED if after is None else ChangeKind.CHANGED, changed)


def s3_parts(kind: RuleKind, document: Document | None) -> Parts:
    """Return what is in a document of S3, defaults left out."""
    if document is None:
        return {}
    parts: dict[str, Fields] = {}
    rest: Document = document
    if kind in {RuleKind.LIFECYCLE, RuleKind.REPLICATION}:
        rest = {name: each for name, each in document.items() if name != "Rules"}
        for number, rule in enumerate(rules_of(document), start=1):
            parts[str(rule.get("ID") or f"rule {number}")] = _told(_rule(rule))
    elif kind is RuleKind.ENCRYPTION:
        rest = rules_of(document)[0] if rules_of(document) else {}
    if whole := _told(rest):
        parts[WHOLE] = whole
    return parts


def _rule(rule: Document) -> Document:
    """Return a rule with its filter in one form, of the several that S3 takes."""
    chosen = rule.get("Filter")
    outer: Document = chosen if isinstance(chosen, Mapping) else {}
    several = outer.get("And")
    inner: Document = several if isinstance(several, Mapping) else outer
    tags: dict[str, Json] = {str(each["Key"]): each.get("Value") for each in _tags(inner)}
    one: dict[str, Json] = {
        "Prefix": inner.get("Prefix", rule.get("Prefix", "")),
        **({"Tag": dict(sorted(tags.items()))} if tags else {}),
        **{name: each for name, each in inner.items() if name.startswith("ObjectSize")},
    }
    rest = {name: each for name, each in rule.items() if name not in {"ID", "Filter", "Prefix"}}
    return {"Filter": one, **rest}


def _tags(chosen: Document) -> Sequence[Document]:
    found = chosen.get("Tags", chosen.get("Tag", []))
    if isinstance(found, Mapping):
        return [found]
    if not isinstance(found, Sequence) or isinstance(found, str):
        return []
    return [each for each in found if isinstance(each, Mapping)]


def _told(document: Document) -> Fields:
    found = fields(document)
    return {name: each for name, each in found.items() if _AS_UNSET.get(name, ...) != each}


def fields(document: Document) -> Fields:
    """Return every value that is in a document, by the way to it."""
    return dict(_flat(document, ""))


def _flat(value: Json, name: str) -> Iterator[tuple[str, Scalar]]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _flat(each, f"{name}.{key}" if name else key)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for number, each in enumerate(value):
            # The first stands for all: more than one is rare, and reads better without.
            yield from _flat(each, f"{name}[{number}]" if number else name)
    elif value is not None:
        yield name, value
