import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.access import kratos_answers
from keyshelf.access.kratos_answers import KratosUnavailableError, Person

AAL2 = "https://id.example.org/self-service/login/browser?aal=aal2"


def session(traits: object, **more: object) -> bytes:
    return json.dumps({"active": True, "identity": {"id": "u1", "traits": traits}, **more}).encode()


@pytest.mark.parametrize(
    ("traits", "person"),
    [
        (
            {"email": "a@b.c", "given_name": "Ann", "family_name": "Lee"},
            Person("u1", "Ann Lee", "a@b.c"),
        ),
        ({"email": "a@b.c", "given_name": "Ann"}, Person("u1", "Ann", "a@b.c")),
        ({"email": "a@b.c", "family_name": " Lee "}, Person("u1", "Lee", "a@b.c")),
        (
            {"email": "a@b.c", "name": {"first": "Ann", "last": "Lee"}},
            Person("u1", "Ann Lee", "a@b.c"),
        ),
        ({"email": "a@b.c", "name": {"first": "Ann"}}, Person("u1", "Ann", "a@b.c")),
        ({"email": "a@b.c"}, Person("u1", "a@b.c", "a@b.c")),
        ({"email": "a@b.c", "given_name": 3, "name": []}, Person("u1", "a@b.c", "a@b.c")),
        ({"email": ["a@b.c"]}, Person("u1", "u1", None)),
        ({}, Person("u1", "u1", None)),
        (None, Person("u1", "u1", None)),
    ],
)
def test_the_name_comes_from_what_the_traits_have(traits: object, person: Person) -> None:
    assert kratos_answers.read_session(session(traits)) == person


def test_an_inactive_session_is_nobodys() -> None:
    assert kratos_answers.read_session(session({}, active=False)) is None


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"[]", b"[" * 200_000, b"null", b"{}", b'{"identity":{"id":7}}']
)
def test_an_answer_without_an_identity_lets_nobody_in(body: bytes) -> None:
    with pytest.raises(KratosUnavailableError):
        kratos_answers.read_session(body)


@pytest.mark.parametrize(
    ("body", "target"),
    [
        (json.dumps({"redirect_browser_to": AAL2}).encode(), AAL2),
        (json.dumps({"error": {"details": {"redirect_browser_to": AAL2}}}).encode(), AAL2),
        (b'{"redirect_browser_to": "javascript:alert(1)"}', None),
        (b'{"error": {"details": null}}', None),
        (b'{"error": "no"}', None),
        (b"<html>", None),
    ],
)
def test_the_redirect_is_found_in_both_places(body: bytes, target: str | None) -> None:
    assert kratos_answers.read_redirect(body) == target


people = st.builds(Person, id=st.text(), name=st.text(), email=st.none() | st.text())


@given(people)
def test_a_cached_answer_reads_back(person: Person) -> None:
    assert kratos_answers.read_cached(person.to_json()) == person


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["identity", "traits", "id", "name", "error"]), inner)
    ),
    max_leaves=12,
)


@given(json_values)
def test_no_json_breaks_the_reading(value: object) -> None:
    body = json.dumps(value).encode()
    kratos_answers.read_redirect(body)
    try:
        kratos_answers.read_session(body)
    except KratosUnavailableError:
        pass
