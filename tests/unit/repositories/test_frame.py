"""Frames: what goes in comes out, and whatever was changed is told."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.repositories.formats import frame, ids
from keyshelf.repositories.formats.frame import (
    Codec,
    DamagedFrameError,
    FrameType,
    WrongKeyError,
)
from keyshelf.repositories.formats.ids import Keys

KEYS = Keys.of(b"s" * 32)
contents = st.binary(max_size=5000) | st.builds(
    lambda piece, times: piece * times, st.binary(min_size=1, max_size=20), st.integers(1, 300)
)


def seal(content: bytes, keys: Keys | None, *, level: int = 3) -> tuple[bytes, bytes]:
    digest = bytes.fromhex(ids.chunk_id(content, keys))
    return frame.seal(content, type=FrameType.CHUNK, digest=digest, keys=keys, level=level), digest


def opened(sealed: bytes, digest: bytes, keys: Keys | None) -> bytes:
    return frame.open_frame(sealed, type=FrameType.CHUNK, digest=digest, keys=keys)


@pytest.mark.parametrize("keys", [None, KEYS], ids=["plain", "encrypted"])
@given(contents)
def test_what_is_sealed_is_opened(keys: Keys | None, content: bytes) -> None:
    sealed, digest = seal(content, keys)

    assert opened(sealed, digest, keys) == content
    assert seal(content, keys)[0] == sealed


@given(contents, st.integers(min_value=0), st.integers(1, 255))
def test_one_changed_byte_of_an_encrypted_frame_is_told(
    content: bytes, where: int, change: int
) -> None:
    sealed, digest = seal(content, KEYS)
    changed = bytearray(sealed)
    changed[where % len(sealed)] ^= change

    with pytest.raises((DamagedFrameError, WrongKeyError)):
        opened(bytes(changed), digest, KEYS)


@given(st.binary(min_size=1, max_size=3000), st.integers(min_value=0))
def test_a_frame_that_is_cut_short_is_told(content: bytes, cut: int) -> None:
    sealed, digest = seal(content, KEYS)

    with pytest.raises(DamagedFrameError):
        opened(sealed[: cut % len(sealed)], digest, KEYS)


def test_compression_is_kept_where_it_pays() -> None:
    assert frame.read_header(seal(b"a" * 1000, None)[0]).codec is Codec.ZSTD
    assert frame.read_header(seal(os.urandom(1000), None)[0]).codec is Codec.NONE


def test_another_key_is_told_from_damage() -> None:
    sealed, digest = seal(b"secret", KEYS)

    for keys in (None, Keys.of(b"t" * 32)):
        with pytest.raises(WrongKeyError):
            opened(sealed, digest, keys)


def test_plain_content_is_no_part_of_an_encrypted_repository() -> None:
    planted, _ = seal(b"planted", None)

    with pytest.raises(DamagedFrameError, match="not encrypted"):
        opened(planted, bytes.fromhex(ids.chunk_id(b"planted", KEYS)), KEYS)


def test_a_frame_under_another_name_is_told() -> None:
    sealed, _ = seal(b"one", KEYS)

    with pytest.raises(DamagedFrameError):
        opened(sealed, bytes.fromhex(ids.chunk_id(b"two", KEYS)), KEYS)


def test_what_claims_more_than_a_chunk_holds_is_refused_before_it_is_unpacked() -> None:
    sealed, digest = seal(b"a" * 1000, None)
    liar = frame.HEADER.pack(b"KSHF", 1, 1, 1, 0, 2**31, bytes(8)) + sealed[frame.HEADER.size :]

    with pytest.raises(DamagedFrameError, match="claims"):
        opened(liar, digest, None)


def test_no_key_and_nonce_meet_two_plaintexts(monkeypatch: pytest.MonkeyPatch) -> None:
    met: dict[tuple[bytes, bytes], bytes] = {}

    class Recording:
        def __init__(self, key: bytes) -> None:
            self.key = key

        def encrypt(self, nonce: bytes, data: bytes, bound: bytes) -> bytes:
            assert met.setdefault((self.key, nonce), bytes(data) + bound) == bytes(data) + bound
            return bytes(data)

    # The library gives no way to see what it encrypts.
    monkeypatch.setattr(frame, "AESGCM", Recording)
    for number in range(200):
        content = b"the same beginning of every content " * 20 + bytes([number % 100])
        for level in (1, 3, 9, 19):
            seal(content, KEYS, level=level)

    # Every content at every level that compresses it otherwise, and nothing twice.
    assert len(met) >= 100
