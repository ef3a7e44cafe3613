from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.delivery import validators
from keyshelf.delivery.validators import Decision, Validators

MODIFIED = datetime(2026, 5, 4, 10, 20, 30, 400_000, tzinfo=UTC)
SAME = "Mon, 04 May 2026 10:20:30 GMT"
BEFORE = "Mon, 04 May 2026 10:20:29 GMT"
AFTER = "Mon, 04 May 2026 10:20:31 GMT"
NOW = Validators(etag="abc", modified_at=MODIFIED)
UNDATED = Validators(etag="abc")
BLANK = Validators()

GO, SAME_STILL, FAILED = Decision.PROCEED, Decision.NOT_MODIFIED, Decision.PRECONDITION_FAILED


@pytest.mark.parametrize(
    ("headers", "decision"),
    [
        ({}, GO),
        ({"if-none-match": '"abc"'}, SAME_STILL),
        ({"if-none-match": 'W/"abc"'}, SAME_STILL),
        ({"if-none-match": '"x", "abc"'}, SAME_STILL),
        ({"if-none-match": '"x",W/"abc" , "y"'}, SAME_STILL),
        ({"if-none-match": '"a,b", "abc"'}, SAME_STILL),
        ({"if-none-match": "*"}, SAME_STILL),
        ({"if-none-match": '"x"'}, GO),
        ({"if-none-match": "abc"}, GO),
        ({"if-none-match": '"abc'}, GO),
        ({"if-none-match": ""}, GO),
        ({"if-match": '"abc"'}, GO),
        ({"if-match": '"x", "abc"'}, GO),
        ({"if-match": "*"}, GO),
        ({"if-match": '"x"'}, FAILED),
        ({"if-match": 'W/"abc"'}, FAILED),
        ({"if-match": "abc"}, FAILED),
        ({"if-match": ""}, FAILED),
        ({"if-match": '"x"', "if-none-match": '"abc"'}, FAILED),
        ({"if-match": '"abc"', "if-none-match": '"abc"'}, SAME_STILL),
        ({"if-modified-since": SAME}, SAME_STILL),
        ({"if-modified-since": AFTER}, SAME_STILL),
        ({"if-modified-since": SAME.replace("GMT", "-0000")}, SAME_STILL),
        ({"if-modified-since": "Mon, 04 May 2026 12:20:30 +0200"}, SAME_STILL),
        ({"if-modified-since": BEFORE}, GO),
        ({"if-modified-since": "yesterday"}, GO),
        ({"if-modified-since": "Mon, 04 May 99999999999999999999 10:20:30 GMT"}, GO),
        ({"if-modified-since": SAME, "if-none-match": '"x"'}, GO),
        ({"if-modified-since": BEFORE, "if-none-match": '"abc"'}, SAME_STILL),
        ({"if-unmodified-since": SAME}, GO),
        ({"if-unmodified-since": AFTER}, GO),
        ({"if-unmodified-since": BEFORE}, FAILED),
        ({"if-unmodified-since": "yesterday"}, GO),
        ({"if-unmodified-since": BEFORE, "if-match": '"abc"'}, GO),
    ],
)
def test_reads_follow_the_order_of_the_rfc(headers: dict[str, str], decision: Decision) -> None:
    assert validators.evaluate("GET", headers, NOW) is decision
    assert validators.evaluate("HEAD", headers, NOW) is decision


@pytest.mark.parametrize(
    ("headers", "current", "decision"),
    [
        ({"if-none-match": "*"}, NOW, FAILED),
        ({"if-none-match": "*"}, None, GO),
        ({"if-none-match": '"abc"'}, NOW, FAILED),
        ({"if-none-match": '"x"'}, NOW, GO),
        ({"if-match": "*"}, None, FAILED),
        ({"if-match": '"abc"'}, None, FAILED),
        ({"if-match": '"abc"'}, NOW, GO),
        ({"if-match": '"abc"'}, BLANK, FAILED),
        ({"if-modified-since": SAME}, NOW, GO),
        ({"if-unmodified-since": BEFORE}, NOW, FAILED),
        ({"if-unmodified-since": BEFORE}, UNDATED, GO),
    ],
)
def test_writes_are_guarded(
    headers: dict[str, str], current: Validators | None, decision: Decision
) -> None:
    assert validators.evaluate("PUT", headers, current) is decision


@pytest.mark.parametrize(
    ("if_range", "applies"),
    [
        ('"abc"', True),
        ('W/"abc"', False),
        ('"x"', False),
        ('"x", "abc"', False),
        ("*", False),
        ("abc", False),
        ("", False),
        (SAME, False),
    ],
)
def test_a_range_is_joined_only_to_the_very_same_bytes(if_range: str, applies: bool) -> None:
    assert validators.range_applies({"if-range": if_range}, NOW) is applies


def test_without_if_range_a_range_applies() -> None:
    assert validators.range_applies({}, BLANK)


def test_if_match_of_a_row_is_optional_and_strong() -> None:
    assert validators.if_match_holds(None, "7")
    assert validators.if_match_holds('"7"', "7")
    assert validators.if_match_holds("*", "7")
    assert not validators.if_match_holds('"6"', "7")
    assert not validators.if_match_holds('W/"7"', "7")


def test_dates_are_spelled_in_gmt_whatever_their_zone() -> None:
    assert validators.http_date(MODIFIED) == SAME
    assert validators.http_date(MODIFIED.astimezone(tz=None)) == SAME
    assert validators.http_date(MODIFIED + timedelta(microseconds=599_999)) == SAME


@given(st.text(max_size=40))
def test_any_etag_of_a_store_matches_itself(etag: str) -> None:
    header = validators.entity_tag(etag)

    assert header.isascii()
    assert header.isprintable()
    current = Validators(etag=etag)
    assert validators.evaluate("GET", {"if-none-match": header}, current) is SAME_STILL
    assert validators.evaluate("PUT", {"if-match": f'"-", {header}'}, current) is GO


@given(st.text(max_size=60))
def test_no_header_breaks_it(text: str) -> None:
    names = ("if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range")
    for name in names:
        validators.evaluate("GET", {name: text}, NOW)
        validators.range_applies({name: text}, NOW)
