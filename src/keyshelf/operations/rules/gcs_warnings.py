"""What to know of the rules that a bucket of Google has, before they are applied."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from keyshelf.operations.classes import StorageClass
from keyshelf.operations.rules import gcs
from keyshelf.operations.rules.gcs_merging import foreign, like, ours
from keyshelf.operations.rules.s3 import ABORT, NONCURRENT, TRANSITIONS
from keyshelf.operations.rules.values import Wanted
from keyshelf.store.control import Document, Json

_OF_OLD_VERSIONS = frozenset(
    {"daysSinceNoncurrentTime", "noncurrentTimeBefore", "numNewerVersions"}
)
_OF_CUSTOM_TIMES = frozenset({"customTimeBefore", "daysSinceCustomTime"})
"""Keyshelf gives no object such a time, and an object without one meets no such condition."""


def warnings(wanted: Wanted, current: Document | None) -> Sequence[str]:
    """Return what to know, each a sentence for a person."""
    return [*_taken_for_ours(wanted, current), *_of_others(wanted, current)]


def _taken_for_ours(wanted: Wanted, current: Document | None) -> Iterator[str]:
    """Tell which rules get other days, as somebody else may have made them."""
    named = gcs.named_rules(wanted)
    for name, rule in ours(wanted, current).items():
        if name in named and rule != named[name]:
            yield (
                f"the rule with other days is taken for Keyshelf's {name}, as rules have no names"
                f" at Google: {_setting(wanted, name)} says which days it is to have"
            )


def _of_others(wanted: Wanted, current: Document | None) -> Iterator[str]:
    """Tell which rules of others delete what Keyshelf has there, or do what nobody can tell."""
    for name, rule in foreign(wanted, current).items():
        if "action" not in rule:
            yield f"what this rule of others does to objects of Keyshelf is not known: {name}"
        elif _deletes(rule) and _reaches(rule, wanted):
            yield (
                f"the rule {name} of others deletes objects of Keyshelf: narrow it, or take it away"
            )
        elif alike := _alike(wanted, rule):
            yield (
                f"the rule {name} is like Keyshelf's {alike} and stays, as nothing tells whose it"
                " is: if it was Keyshelf's once, take it away by Google's own tool"
            )


def _alike(wanted: Wanted, rule: Document) -> str | None:
    """Return which of the rules that Keyshelf can make a rule is like; None for none."""
    every = {
        **{name: gcs.transition(wanted, to, 1) for to, name in TRANSITIONS.items()},
        **gcs.named_rules(replace(wanted, noncurrent_days=1, abort_days=1)),
    }
    return next((name for name, each in every.items() if like(rule, each)), None)


def _deletes(rule: Document) -> bool:
    """Say whether a rule deletes what is neither replaced nor deleted already."""
    action, condition = _mapping(rule.get("action")), _mapping(rule.get("condition"))
    return (
        action.get("type") == "Delete"
        and condition.get("isLive") is not False
        and not condition.keys() & (_OF_OLD_VERSIONS | _OF_CUSTOM_TIMES)
    )


def _reaches(rule: Document, wanted: Wanted) -> bool:
    """Say whether a rule is about objects of ours; one with suffixes is somebody's choice."""
    condition = _mapping(rule.get("condition"))
    if "matchesSuffix" in condition:
        return False
    found = condition.get("matchesPrefix")
    prefixes = [str(each) for each in found] if isinstance(found, Sequence) else [""]
    own = list(wanted.replicated_prefixes.values()) or [""]
    return any(one.startswith(other) or other.startswith(one) for one in prefixes for other in own)


def _setting(wanted: Wanted, name: str) -> str:
    of_classes = {
        TRANSITIONS[each]: f"TIER_{each.name}" for each in StorageClass if each in TRANSITIONS
    }
    words = {**of_classes, NONCURRENT: "NONCURRENT", ABORT: "ABORT"}
    return f"{wanted.role.upper()}_{words[name]}_DAYS"


def _mapping(value: Json) -> Document:
    return value if isinstance(value, Mapping) else {}
