"""What becomes of a key, from its versions."""

from datetime import UTC, datetime

import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.operations.versions.choosing import reversion, undeletion
from keyshelf.operations.versions.values import Action
from keyshelf.store.versions import ObjectVersion

KEY = ObjectKey("alice/my-files/film.mov")


def second(number: int) -> datetime:
    return datetime(2026, 1, 1, 12, 0, number, tzinfo=UTC)


def history(states: str) -> list[ObjectVersion]:
    """Spell versions from the oldest to the newest, one a second: a letter, or - for a marker."""
    made = [
        ObjectVersion(KEY, f"v{at}", state == "-", second(at), size=1, etag=state)
        for at, state in enumerate(states)
    ]
    return made[::-1]


@pytest.mark.parametrize(
    ("states", "dropped"),
    [
        ("a-", ["v1"]),
        ("a--", ["v2", "v1"]),
        ("a-b-", ["v3"]),
        ("a", None),
        ("-", None),
        ("ab", None),
    ],
)
def test_deleted_objects_come_back(states: str, dropped: list[str] | None) -> None:
    step = undeletion(history(states))

    assert (None if step is None else [each.version_id for each in step.markers]) == dropped


@pytest.mark.parametrize(
    ("states", "at", "action", "version"),
    [
        ("ab", 0, Action.REVERT, "v0"),
        ("ab", 1, None, None),
        ("a-", 0, Action.UNDELETE, None),
        ("a-", 1, None, None),
        ("a-b", 1, Action.REMOVE, None),
        ("a-b", 0, Action.REVERT, "v0"),
        ("a-b-", 0, Action.REVERT, "v0"),
        ("a-b-", 1, None, None),
    ],
)
def test_keys_get_back_to_what_they_were(
    states: str, at: int, action: Action | None, version: str | None
) -> None:
    step = reversion(history(states), second(at))

    assert (step.change.action if step else None) == action
    assert (step.version.version_id if step and step.version else None) == version


@pytest.mark.parametrize("states", ["a-a", "aba"])
def test_what_was_brought_back_before_is_done(states: str) -> None:
    step = reversion(history(states), second(0))

    assert step is not None
    assert step.is_done
    assert step.version is None


def test_what_was_not_there_yet_is_to_be_removed() -> None:
    step = reversion(history("a"), datetime(2025, 1, 1, tzinfo=UTC))

    assert step is not None
    assert step.change.action is Action.REMOVE
    assert step.change.since == second(0)
