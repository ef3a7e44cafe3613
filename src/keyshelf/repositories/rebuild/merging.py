"""Bringing together the refs of a database and of the store's document, losing no commit."""

from collections.abc import Container, Mapping

from keyshelf.layout.repository import CommitHash
from keyshelf.repositories.refs.queries import CommitRow
from keyshelf.repositories.values import RefKind, RefName

_MOST_NAME_BYTES = 150
"""Of a ref's name in the name of the tag that keeps its other commit."""
_SHOWN_DIGITS = 12

Commits = Mapping[CommitHash, CommitRow]


def later(
    commits: Commits, lost: Container[CommitHash], one: CommitHash | None, other: CommitHash
) -> CommitHash | None:
    """Return which of two commits came of the other; None when neither did.

    A commit that could not be read came of nothing, as far as is known. One that is lost gives
    way: a ref to it would lead nowhere.
    """
    if one is None or _came_of(commits, other, one):
        return other
    if other in lost or _came_of(commits, one, other):
        return one
    return other if one in lost else None


def tag_for(name: RefName, commit: CommitHash) -> RefName:
    """Return the tag that keeps what a ref led to in the store, when it leads elsewhere."""
    is_short = len(name.name.encode()) <= _MOST_NAME_BYTES
    kept = f"{name.name}-{commit[:_SHOWN_DIGITS]}" if is_short else commit
    return RefName(RefKind.TAG, f"from-bucket/{kept}")


def _came_of(commits: Commits, commit: CommitHash, older: CommitHash) -> bool:
    seen: set[CommitHash] = set()
    waiting = [commit]
    while waiting:
        each = waiting.pop()
        if each == older:
            return True
        if each not in seen and each in commits:
            seen.add(each)
            waiting += commits[each].parents
    return False
