from datetime import UTC, datetime

import pytest

from keyshelf.delivery.answers import plan
from keyshelf.delivery.headers import (
    MEDIA_POLICY,
    PDF_POLICY,
    SANDBOX,
    Caching,
    Representation,
    for_object,
)
from keyshelf.store.base import ByteRange

PHOTO = Representation(
    size=1000,
    content_type="image/jpeg",
    etag="abc",
    modified_at=datetime(2026, 5, 4, 10, 20, 30, tzinfo=UTC),
)


def of_type(content_type: str) -> Representation:
    return Representation(size=1, content_type=content_type)


def test_the_whole_object_carries_every_header() -> None:
    answer = plan("GET", {}, PHOTO, filename="a.jpg", inline=True)

    assert (answer.status, answer.byte_range, answer.has_body) == (200, None, True)
    assert answer.headers == {
        "Content-Type": "image/jpeg",
        "Content-Disposition": 'inline; filename="a.jpg"',
        "Content-Length": "1000",
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": MEDIA_POLICY,
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-cache",
        "ETag": '"abc"',
        "Last-Modified": "Mon, 04 May 2026 10:20:30 GMT",
    }


def test_a_range_is_partial_content() -> None:
    answer = plan("GET", {"range": "bytes=-100"}, PHOTO, filename="a.jpg")

    assert (answer.status, answer.byte_range) == (206, ByteRange(900, 1000))
    assert answer.headers["Content-Range"] == "bytes 900-999/1000"
    assert answer.headers["Content-Length"] == "100"


def test_head_says_what_get_would_and_ignores_ranges() -> None:
    answer = plan("HEAD", {"range": "bytes=0-1"}, PHOTO, filename="a.jpg")

    assert (answer.status, answer.has_body) == (200, False)
    assert answer.headers["Content-Length"] == "1000"


def test_a_range_of_other_bytes_gives_the_whole_object() -> None:
    request = {"range": "bytes=0-1", "if-range": '"old"'}

    assert plan("GET", request, PHOTO, filename="a.jpg").status == 200


def test_a_range_outside_is_416_with_the_size() -> None:
    answer = plan("GET", {"range": "bytes=1000-"}, PHOTO, filename="a.jpg")

    assert (answer.status, answer.headers) == (416, {"Content-Range": "bytes */1000"})


def test_conditions_come_before_ranges() -> None:
    request = {"range": "bytes=1000-", "if-none-match": '"abc"'}
    answer = plan("GET", request, PHOTO, filename="a.jpg", caching=Caching.IMMUTABLE)

    assert (answer.status, answer.has_body) == (304, False)
    assert answer.headers == {
        "Cache-Control": "public, max-age=31536000, immutable",
        "ETag": '"abc"',
        "Last-Modified": "Mon, 04 May 2026 10:20:30 GMT",
    }


def test_a_failed_condition_is_412() -> None:
    assert plan("GET", {"if-match": '"old"'}, PHOTO, filename="a.jpg").status == 412


@pytest.mark.parametrize(
    ("stored", "shown", "policy"),
    [
        ("application/pdf", "application/pdf", PDF_POLICY),
        ("image/svg+xml", "image/svg+xml", MEDIA_POLICY),
        ("video/mp4", "video/mp4", MEDIA_POLICY),
        ("text/html", "text/plain; charset=utf-8", SANDBOX),
    ],
)
def test_what_is_shown_has_a_safe_type_and_its_policy(stored: str, shown: str, policy: str) -> None:
    headers = for_object(of_type(stored), filename="a", inline=True)

    assert headers["Content-Type"] == shown
    assert headers["Content-Security-Policy"] == policy
    assert headers["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize("policy", [SANDBOX, MEDIA_POLICY])
def test_user_content_is_sandboxed_without_scripts(policy: str) -> None:
    assert "default-src 'none'" in policy
    assert "sandbox;" in policy
    assert "script" not in policy


def test_what_is_not_safe_is_saved_under_its_own_type() -> None:
    headers = for_object(of_type("application/zip"), filename="a.zip", inline=True)

    assert headers["Content-Type"] == "application/zip"
    assert headers["Content-Disposition"] == 'attachment; filename="a.zip"'
    assert headers["Content-Security-Policy"] == SANDBOX


def test_html_that_is_saved_keeps_its_type_and_stays_inert() -> None:
    headers = for_object(of_type("text/html"), filename="a.html")

    assert headers["Content-Type"] == "text/html"
    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["Content-Security-Policy"] == SANDBOX


@pytest.mark.parametrize("stored", ["", "text", "text/plain\r\nX-Evil: 1", "text/plaïn"])
def test_a_stored_type_that_is_no_header_becomes_plain_bytes(stored: str) -> None:
    headers = for_object(of_type(stored), filename="a")

    assert headers["Content-Type"] == "application/octet-stream"
