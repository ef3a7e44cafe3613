"""Signed addresses, and what the first bytes of a picture tell."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.delivery import key_ring
from keyshelf.delivery.url_signatures import UrlExpiredError, UrlSignatureError
from keyshelf.layout.keys import ObjectKey
from keyshelf.media.images.grammar import parse_options
from keyshelf.media.pictures.addresses import (
    PictureAddress,
    Signer,
    picture_address,
    read_signed,
)
from keyshelf.media.pictures.peeking import Look, peek

OLD, NEW = "0" * 64, "1" * 64
RING = key_ring.parse(f"new:{NEW},old:{OLD}")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
keys = st.text(min_size=1, max_size=40).filter(lambda text: text.isprintable())


def path_of(url: str) -> bytes:
    return urlsplit(url).path.encode()


@given(key=keys)
def test_an_address_reads_back_whatever_its_source_is_called(key: str) -> None:
    signer = Signer("https://shelf.example", RING)
    url = signer.picture_url(ObjectKey(key), parse_options("h9_w7"), "auto")

    signed = read_signed(path_of(url), "img", RING, now=NOW)

    assert picture_address(signed.text) == PictureAddress("w7_h9", ObjectKey(key), "auto")


def test_a_key_that_no_longer_signs_is_still_read() -> None:
    old = Signer("", key_ring.parse(f"old:{OLD}"))
    stranger = Signer("", key_ring.parse(f"old:{NEW}"))

    assert read_signed(path_of(old.original_url(ObjectKey("a"))), "original", RING, now=NOW)
    with pytest.raises(UrlSignatureError):
        read_signed(path_of(stranger.original_url(ObjectKey("a"))), "original", RING, now=NOW)


def test_an_address_holds_until_it_ends() -> None:
    url = Signer("", RING).thumb_urls(expires_at=NOW + timedelta(seconds=5))(ObjectKey("a"))

    signed = read_signed(path_of(url), "thumb", RING, now=NOW + timedelta(seconds=4))

    assert signed.expires_at == NOW + timedelta(seconds=5)
    with pytest.raises(UrlExpiredError):
        read_signed(path_of(url), "thumb", RING, now=NOW + timedelta(seconds=5))


@given(path=st.binary(max_size=80))
def test_no_path_is_taken_that_nobody_signed(path: bytes) -> None:
    with pytest.raises(UrlSignatureError):
        read_signed(path, "img", RING, now=NOW)


def test_the_documented_example_is_an_address() -> None:
    key = bytes(range(32))
    signer = Signer("https://files.example.org", key_ring.of_one("2026a", key))

    url = signer.picture_url(ObjectKey("shared/50% off #1?.jpg"), parse_options("w300"), "webp")

    assert f"    {url}\n" in Path("docs/reference/image-urls.md").read_text()


PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08"
HEADS = {
    "jpeg": (b"\xff\xd8\xff\xe0", False, False),
    "png": (PNG + b"\2", False, False),
    "png-alpha": (PNG + b"\6", True, False),
    "png-palette": (PNG + b"\3", True, False),
    "png-keyed": (PNG + b"\2\0\0\0....tRNS", True, False),
    "png-cut": (PNG[:20], False, False),
    "gif": (b"GIF89a", True, True),
    "webp": (b"RIFF....WEBPVP8 ", False, False),
    "webp-lossless": (b"RIFF....WEBPVP8L", True, False),
    "webp-animated": (b"RIFF....WEBPVP8X\x0a\0\0\0\x12\0\0\0", True, True),
    "webp-cut": (b"RIFF....WEBPVP8X", False, False),
    "svg": (b"<svg></svg>", True, False),
    "nothing": (b"", False, False),
}


@pytest.mark.parametrize(("head", "transparent", "animated"), HEADS.values(), ids=HEADS)
def test_the_first_bytes_tell_what_a_picture_may_have(
    head: bytes, transparent: bool, animated: bool
) -> None:
    assert peek(head) == Look(transparent=transparent, animated=animated)
