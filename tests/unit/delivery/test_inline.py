import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.delivery.inline import PLAIN_TEXT, SVG, safe_inline_type

ACTIVE = ("html", "xml", "javascript", "ecmascript", "svg", "xsl", "flash", "x-shockwave")


@pytest.mark.parametrize(
    "mimetype",
    [
        "image/png",
        "image/jpeg",
        "image/webp",
        "image/avif",
        "application/pdf",
        "audio/mpeg",
        "video/mp4",
        "video/webm",
    ],
)
def test_what_browsers_show_safely_is_shown_as_it_is(mimetype: str) -> None:
    assert safe_inline_type(mimetype) == mimetype


@pytest.mark.parametrize(
    "mimetype",
    [
        "text/plain",
        "text/html",
        "TEXT/HTML; charset=utf-16",
        "text/xml",
        "text/javascript",
        "text/markdown",
        "application/json",
        "application/ld+json",
        "application/xml",
        "application/xhtml+xml",
        "application/rss+xml",
        "application/javascript",
    ],
)
def test_text_of_any_kind_is_shown_as_plain_text(mimetype: str) -> None:
    assert safe_inline_type(mimetype) == PLAIN_TEXT


@pytest.mark.parametrize(
    "mimetype",
    [
        "application/octet-stream",
        "application/zip",
        "application/x-shockwave-flash",
        "image/vnd.adobe.photoshop",
        "image/svg+xml+html",
        "model/gltf-binary",
        "multipart/x-mixed-replace",
        "message/rfc822",
        "",
        "image/",
        "image/png\r\nX-Evil: 1",
    ],
)
def test_everything_else_is_saved(mimetype: str) -> None:
    assert safe_inline_type(mimetype) is None


def test_svg_is_an_image_only_where_it_is_sandboxed() -> None:
    assert safe_inline_type("image/svg+xml") is None
    assert safe_inline_type("Image/SVG+xml; charset=utf-8", sandboxed=True) == SVG


@given(st.text(max_size=60) | st.from_regex(r"(text|application|image)/[a-z+.-]{1,20}"))
def test_no_type_comes_out_that_a_browser_runs(mimetype: str) -> None:
    shown = safe_inline_type(mimetype)

    assert shown is None or not any(word in shown for word in ACTIVE)
