"""What is to be written to a bucket, when others have rules there too.

S3 replaces all rules of a kind at once, so those that are not ours are written again as
they are.
"""

from collections.abc import Mapping, Sequence
from itertools import count

from keyshelf.operations.rules import s3
from keyshelf.store.control import Document, Json, RuleKind


def rules_of(document: Document | None) -> Sequence[Document]:
    """Return the rules in a document, in order; none where it has none."""
    found = (document or {}).get("Rules")
    if not isinstance(found, Sequence) or isinstance(found, str):
        return []
    return [each for each in found if isinstance(each, Mapping)]


def foreign_rules(kind: RuleKind, current: Document | None) -> Sequence[Document]:
    """Return the rules of a bucket that Keyshelf neither wrote nor takes away."""
    if kind not in {RuleKind.LIFECYCLE, RuleKind.REPLICATION}:
        return []
    return [each for each in rules_of(current) if each.get("ID") not in s3.OURS]


def merged(kind: RuleKind, current: Document | None, wanted: Document | None) -> Document | None:
    """Return what the bucket is to have: what is wanted, and what others have put there.

    Where nothing is wanted the bucket stays as it is, except that rules of ours go.
    """
    if kind is RuleKind.LIFECYCLE:
        return _lifecycle(current, wanted)
    if kind is RuleKind.REPLICATION:
        return _replication(current, wanted)
    if wanted is None:
        return current
    if kind is RuleKind.VERSIONING:
        return _versioning(current, wanted)
    if kind is RuleKind.ENCRYPTION:
        before = dict(rules_of(current)[0]) if rules_of(current) else {}
        return {"Rules": [{**before, **rules_of(wanted)[0]}]}
    return {"LoggingEnabled": {**_inner(current, "LoggingEnabled"), **_inner(wanted)}}


def _lifecycle(current: Document | None, wanted: Document | None) -> Document | None:
    rules = [*foreign_rules(RuleKind.LIFECYCLE, current), *rules_of(wanted)]
    # Beside the rules a bucket says which small objects move: that is of others' rules too.
    beside = {name: each for name, each in (current or {}).items() if name != "Rules"}
    return {**beside, "Rules": rules} if rules else None


def _replication(current: Document | None, wanted: Document | None) -> Document | None:
    foreign = foreign_rules(RuleKind.REPLICATION, current)
    taken = [each.get("Priority") for each in foreign]
    free = (each for each in count(1) if each not in taken)
    before = {str(each.get("ID")): each for each in rules_of(current)}
    # S3 refuses two rules of one priority; ours keep their order. What a rule says besides,
    # such as how quickly to copy, is an operator's choice, or the server's own.
    ours: list[Json] = [
        {
            **_over(each, before.get(str(each["ID"]), {})),
            "Filter": each["Filter"],
            "Priority": next(free),
        }
        for each in rules_of(wanted)
    ]
    if not foreign and not ours:
        return None
    role = (wanted or current or {}).get("Role", "")
    return {"Role": role, "Rules": [*foreign, *ours]}


def _over(ours: Document, before: Document) -> Document:
    """Return what was there before with what is ours laid over it, field by field."""
    merged: dict[str, Json] = {**before, **ours}
    for name, each in ours.items():
        under = before.get(name)
        if isinstance(each, Mapping) and isinstance(under, Mapping):
            merged[name] = _over(each, under)
    return merged


def _versioning(current: Document | None, wanted: Document) -> Document:
    """Keep what only the owner of an account can change, with a device in their hand."""
    if (current or {}).get("MFADelete") == "Enabled":
        return {**wanted, "MFADelete": "Enabled"}
    return wanted


def _inner(document: Document | None, name: str = "LoggingEnabled") -> Document:
    found = (document or {}).get(name)
    return found if isinstance(found, Mapping) else {}
