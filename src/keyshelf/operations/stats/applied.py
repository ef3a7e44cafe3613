"""Reads off a bucket's own lifecycle rules when chunks change their class."""

from collections.abc import Iterator, Mapping, Sequence

from keyshelf.layout.repository import CHUNKS
from keyshelf.operations.classes import Cloud, StorageClass, named
from keyshelf.operations.rules.merging import rules_of
from keyshelf.operations.stats.values import Ages
from keyshelf.store.control import Document, Json


def chunk_ages(lifecycle: Document | None) -> Ages:
    """Return at which age rules of S3 move chunks into which class.

    Rules for what is tagged do not count: which chunks are is not known here.
    """
    ages: dict[StorageClass, int] = {}
    for rule in rules_of(lifecycle):
        if rule.get("Status") == "Enabled" and _is_of_chunks(rule):
            for storage_class, days in _transitions(rule.get("Transitions")):
                ages[storage_class] = min(days, ages.get(storage_class, days))
    return ages


def _is_of_chunks(rule: Document) -> bool:
    outer = _part(rule, "Filter")
    found = _part(outer, "And") or outer
    prefix = found.get("Prefix", rule.get("Prefix", ""))
    return (
        "Tag" not in found
        and "Tags" not in found
        and isinstance(prefix, str)
        and CHUNKS.startswith(prefix)
    )


def _part(document: Document, name: str) -> Document:
    found = document.get(name)
    return found if isinstance(found, Mapping) else {}


def _transitions(told: Json) -> Iterator[tuple[StorageClass, int]]:
    for each in told if isinstance(told, Sequence) and not isinstance(told, str) else ():
        if isinstance(each, Mapping):
            days, name = each.get("Days"), each.get("StorageClass")
            facts = named(Cloud.S3, name) if isinstance(name, str) else None
            if isinstance(days, int) and facts is not None:
                yield facts.storage_class, days
