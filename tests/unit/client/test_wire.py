"""Reading answers: what fits becomes a value, what does not is named."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.client import wire
from keyshelf.client.failures import UnexpectedAnswerError
from keyshelf.client.wire import JSON


@dataclass(frozen=True, slots=True)
class Inner:
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Outer:
    id: UUID
    at: datetime | None
    flag: bool
    share: float
    inner: Inner
    several: tuple[Inner, ...]
    free: Mapping[str, JSON]
    maybe: str | None = None


GOOD: Mapping[str, JSON] = {
    "id": "0b0e7a3e-0000-4000-8000-000000000001",
    "at": "2026-01-02T03:04:05Z",
    "flag": True,
    "share": 1,
    "inner": {"name": "a", "size": 2},
    "several": [{"name": "b", "size": 3}],
    "free": {"x": [1, None]},
    "from a newer service": 1,
}


def test_an_answer_becomes_a_value() -> None:
    assert wire.decode(Outer, GOOD) == Outer(
        id=UUID("0b0e7a3e-0000-4000-8000-000000000001"),
        at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        flag=True,
        share=1.0,
        inner=Inner("a", 2),
        several=(Inner("b", 3),),
        free={"x": [1, None]},
    )


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("id", "no id", "Outer.id is 'no id' and not an id"),
        ("id", 7, "Outer.id is 7 and not a text"),
        ("at", "yesterday", "not a time"),
        ("flag", 1, "not bool"),
        ("share", True, "not float"),
        ("inner", [], "not an object"),
        ("inner", {"name": "a"}, "lacks Outer.inner.size"),
        ("inner", {"name": "a", "size": True}, "Outer.inner.size is True and not int"),
        ("several", "text", "not a list"),
        ("several", [{"name": 1, "size": 1}], "Outer.several[0].name"),
        ("free", None, "not an object"),
    ],
)
def test_what_is_wrong_is_named(field: str, value: JSON, said: str) -> None:
    with pytest.raises(UnexpectedAnswerError) as failed:
        wire.decode(Outer, {**GOOD, field: value})

    assert said in failed.value.detail


def test_what_is_no_json_is_no_answer() -> None:
    with pytest.raises(UnexpectedAnswerError):
        wire.loads("<html>")


@given(
    st.builds(
        Outer,
        at=st.none() | st.datetimes(timezones=st.just(UTC)),
        share=st.floats(allow_nan=False, allow_infinity=False),
        free=st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text()),
        maybe=st.none() | st.text(),
    )
)
def test_values_survive_the_way_there_and_back(value: Outer) -> None:
    assert wire.decode(Outer, wire.encode(value)) == value


def test_what_has_no_json_form_is_refused() -> None:
    with pytest.raises(TypeError):
        wire.encode(object())
