"""Originals and what is kept of them, as they are stored: ranges, and nothing that acts."""

import httpx2
import pytest

from tests.api.media.pictures import CHANGING, YEAR, put, url
from tests.served import Served

pytestmark = pytest.mark.services

ACTIVE = {
    "html": ("page.html", "text/html", b"<script>alert(1)</script>"),
    "xhtml": ("page.xhtml", "application/xhtml+xml", b"<html/>"),
    "script": ("code.js", "text/javascript", b"alert(1)"),
    "hidden": ("picture.png", "text/html", b"<script>alert(1)</script>"),
    "unknown": ("what.bin", "text/html; charset=utf-8", b"<script>alert(1)</script>"),
}


@pytest.mark.parametrize(("name", "kind", "body"), ACTIVE.values(), ids=ACTIVE)
def test_nothing_acts_in_our_origin(
    shelf: Served, http: httpx2.Client, name: str, kind: str, body: bytes
) -> None:
    key = put(shelf, f"shared/{name}", body, kind=kind)

    answer = http.get(url(shelf, key, "original"))

    essence = answer.headers["content-type"].partition(";")[0]
    assert essence in {"text/plain", "image/png", "application/octet-stream"}
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.content == body


def test_a_drawing_is_shown_in_a_sandbox(shelf: Served, http: httpx2.Client) -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    key = put(shelf, "shared/drawing.svg", drawing, kind="image/svg+xml")

    answer = http.get(url(shelf, key, "original"))

    policy = answer.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_an_original_is_streamed_by_ranges(shelf: Served, http: httpx2.Client) -> None:
    body = bytes(range(256)) * 8192
    key = put(shelf, "shared/film.mp4", body, kind="video/mp4")
    address = url(shelf, key, "original")

    whole, part, head = (
        http.get(address),
        http.get(address, headers={"Range": "bytes=1048570-1048585"}),
        http.head(address),
    )
    again = http.get(address, headers={"If-None-Match": whole.headers["etag"]})

    assert whole.content == body
    assert whole.headers["content-type"] == "video/mp4"
    assert whole.headers["cache-control"] == CHANGING
    assert (part.status_code, part.content) == (206, body[1048570:1048586])
    assert head.headers["content-length"] == str(len(body))
    assert again.status_code == 304


def test_pictures_of_the_media_store_are_served(shelf: Served, http: httpx2.Client) -> None:
    thumb = put(shelf, "images/ab/abcd/thumb.webp", b"webp", role="media")
    kept = put(shelf, f"cache/{'0' * 64}.jpg", b"jpeg", role="media")
    put(shelf, "work/secret.jpg", b"secret", role="media")

    answers = [http.get(url(shelf, each, "thumb")) for each in (thumb, kept)]
    refused = [
        http.get(url(shelf, each, "thumb"))
        for each in ("work/secret.jpg", "videos/ab/abcd/master.m3u8", "images/ab/none.webp")
    ]

    assert [each.content for each in answers] == [b"webp", b"jpeg"]
    assert [each.headers["content-type"] for each in answers] == ["image/webp", "image/jpeg"]
    assert [each.headers["cache-control"] for each in answers] == [CHANGING, YEAR]
    assert {each.status_code for each in refused} == {404}


def test_a_visitor_is_not_told_what_the_store_says(shelf: Served, http: httpx2.Client) -> None:
    for missing in (
        url(shelf, "local/my-files/none.mp4", "original"),
        url(shelf, "images/a.webp", "thumb"),
    ):
        answer = http.get(missing)

        assert (answer.status_code, answer.json()["code"]) == (404, "object-not-found")
        assert answer.json()["detail"] == "there is nothing at this address"
