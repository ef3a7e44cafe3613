"""What is to be written to a bucket of Google, and whose the rules are that it has.

Google's rules have no ids, so those of Keyshelf are known by what they do. A rule counts as
Keyshelf's

- where it is one that is wanted, word for word;
- where it does to the same objects what one that is wanted does, after another number of days,
  and is the only such rule: it gets the days that are wanted;
- where it is about the folder of chunks, in which nobody else has objects, moves them by their age
  to a class that nothing is to go to, and is the only such rule: it goes.

All others are somebody else's and stay as they are, word for word.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from keyshelf.operations.rules import gcs
from keyshelf.operations.rules.comparing import WHOLE, Fields, Parts, fields
from keyshelf.operations.rules.s3 import TRANSITIONS
from keyshelf.operations.rules.values import Wanted
from keyshelf.store.control import Document, Json, RuleKind

_DAYS = frozenset({"age", "daysSinceNoncurrentTime"})
"""The conditions that settings give the number of."""
_LONGEST = 120


def merged(
    wanted: Wanted, kind: RuleKind, current: Document | None, document: Document | None
) -> Document | None:
    """Return what the bucket is to have: what is wanted, and what others have put there.

    Where nothing is wanted the bucket stays as it is.
    """
    if document is None:
        return current
    before, after = _inner(kind, current), _inner(kind, document)
    if kind is not RuleKind.LIFECYCLE:
        return {kind.value: {**before, **after}}
    rules = [*foreign(wanted, current).values(), *rules_of(document)]
    # An empty list of rules is none, and reads back as that.
    inner: Document = {**before, "rule": rules} if rules else _without_rules(before)
    return {kind.value: inner} if inner else None


def parts(wanted: Wanted, kind: RuleKind, document: Document | None) -> Parts:
    """Return what is in a document: each rule by its name, others' as well."""
    inner = _inner(kind, document)
    found: dict[str, Fields] = {}
    if kind is RuleKind.LIFECYCLE:
        named = _named(wanted, rules_of(document))
        found = {name: fields(rule) for name, rule in named.items()}
        inner = _without_rules(inner)
    if whole := fields(inner):
        found[WHOLE] = whole
    return found


def ours(wanted: Wanted, current: Document | None) -> Mapping[str, Document]:
    """Return the rules of a lifecycle that count as Keyshelf's, by their ids."""
    rules = rules_of(current)
    return {name: rules[place] for place, name in _claimed(wanted, rules).items()}


def foreign(wanted: Wanted, current: Document | None) -> Mapping[str, Document]:
    """Return the rules of a lifecycle that are somebody else's, by what they say."""
    claimed = ours(wanted, current)
    named = _named(wanted, rules_of(current))
    return {name: rule for name, rule in named.items() if name not in claimed}


def like(one: Document, other: Document) -> bool:
    """Say whether two rules do the same to the same objects, after any number of days."""
    return _timeless(one) == _timeless(other)


def rules_of(document: Document | None) -> Sequence[Document]:
    """Return the rules of a lifecycle, in order; none where it has none."""
    found = _inner(RuleKind.LIFECYCLE, document).get("rule")
    if not isinstance(found, Sequence) or isinstance(found, str):
        return []
    return [each for each in found if isinstance(each, Mapping)]


def _claimed(wanted: Wanted, rules: Sequence[Document]) -> Mapping[int, str]:
    """Return the places of the rules that count as Keyshelf's, with their ids."""
    claimed: dict[int, str] = {}
    for name, rule in gcs.named_rules(wanted).items():
        exact = [place for place, each in enumerate(rules) if each == rule]
        alike = [place for place, each in enumerate(rules) if like(each, rule)]
        if exact or len(alike) == 1:
            claimed[(exact or alike)[0]] = name
    if wanted.tiered_prefix:
        for to in TRANSITIONS.keys() - wanted.moved.keys():
            unwanted = gcs.transition(wanted, to, 0)
            alike = [place for place, each in enumerate(rules) if like(each, unwanted)]
            if len(alike) == 1:
                claimed[alike[0]] = TRANSITIONS[to]
    return claimed


def _named(wanted: Wanted, rules: Sequence[Document]) -> Mapping[str, Document]:
    """Return rules by names that depend on nothing but what they say."""
    claimed = _claimed(wanted, rules)
    told = Counter[str]()
    named: dict[str, Document] = {}
    for place, rule in enumerate(rules):
        name = claimed.get(place) or _told(rule)
        told[name] += 1
        named[name if told[name] == 1 else f"{name}, again ({told[name]})"] = rule
    return named


def _told(rule: Document) -> str:
    """Return a rule of somebody's in a line."""
    action, condition = rule.get("action"), rule.get("condition")
    if not isinstance(action, Mapping) or not isinstance(condition, Mapping):
        text = " ".join(str(rule.get("xml")).split())
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    does = " ".join(str(each) for each in action.values())
    # Sorted, as the same rule may come back in another order.
    when = ", ".join(f"{name} {_value(each)}" for name, each in sorted(condition.items()))
    return f"{does} ({when})"


def _value(value: Json) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " or ".join(_value(each) for each in value)
    return value if isinstance(value, str) else json.dumps(value)


def _timeless(rule: Document) -> Document:
    condition = rule.get("condition")
    if not isinstance(condition, Mapping):
        return rule
    found = {name: None if name in _DAYS else each for name, each in condition.items()}
    return {**rule, "condition": found}


def _inner(kind: RuleKind, document: Document | None) -> Document:
    found = (document or {}).get(kind.value)
    return found if isinstance(found, Mapping) else {}


def _without_rules(inner: Document) -> Document:
    return {name: each for name, each in inner.items() if name != "rule"}
