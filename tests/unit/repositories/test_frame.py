"""Frames: what goes in comes out, and whatever was changed is told."""

import os
from itertools import product
from typing import NamedTuple

import pytest
from backports import zstd
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


def repeated(piece: bytes, times: int) -> bytes:
    return piece * times


contents: st.SearchStrategy[bytes] = st.binary(max_size=5000) | st.builds(
    repeated, st.binary(min_size=1, max_size=20), st.integers(1, 300)
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


@pytest.mark.parametrize("content", [b"", b"a" * 300, bytes(range(256))], ids=len)
@pytest.mark.parametrize("kind", FrameType)
def test_any_changed_byte_of_an_encrypted_frame_is_told(kind: FrameType, content: bytes) -> None:
    digest = b"d" * 32
    sealed = frame.seal(content, type=kind, digest=digest, keys=KEYS)

    for where in range(len(sealed)):
        for change in (1, 2, 3, 0x80, 0xFF):
            changed = bytearray(sealed)
            changed[where] ^= change
            with pytest.raises(DamagedFrameError):
                frame.open_frame(bytes(changed), type=kind, digest=digest, keys=KEYS)


@pytest.mark.parametrize("content", [b"a" * 300, bytes(range(256))], ids=["packed", "plain"])
def test_no_changed_byte_of_a_plain_frame_gives_other_content(content: bytes) -> None:
    sealed, digest = seal(content, None)

    for where in range(len(sealed)):
        for change in range(1, 256):
            changed = bytearray(sealed)
            changed[where] ^= change
            try:
                found = opened(bytes(changed), digest, None)
            except DamagedFrameError:
                continue
            # The payload is told by the id; of what is around it nothing passes.
            assert where >= frame.HEADER.size
            assert found == content or ids.chunk_id(found, None) != digest.hex()


@given(st.binary(min_size=1, max_size=3000), st.integers(min_value=0))
def test_a_frame_that_is_cut_short_is_told(content: bytes, cut: int) -> None:
    sealed, digest = seal(content, KEYS)

    with pytest.raises(DamagedFrameError):
        opened(sealed[: cut % len(sealed)], digest, KEYS)


def test_compression_is_kept_where_it_pays() -> None:
    assert frame.read_header(seal(b"a" * 1000, None)[0]).codec is Codec.ZSTD
    assert frame.read_header(seal(os.urandom(1000), None)[0]).codec is Codec.NONE


def test_what_is_encrypted_needs_its_key() -> None:
    sealed, digest = seal(b"secret", KEYS)

    with pytest.raises(WrongKeyError):
        opened(sealed, digest, None)
    with pytest.raises(DamagedFrameError, match="another key"):
        opened(sealed, digest, Keys.of(b"t" * 32))


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


@pytest.mark.parametrize("packed", [zstd.compress(b"a" * 100_000), zstd.compress(b"a" * 5) * 2])
def test_what_unpacks_to_another_size_is_refused(packed: bytes) -> None:
    head = frame.HEADER.pack(b"KSHF", 1, 1, 1, 0, 5, bytes(8))

    with pytest.raises(DamagedFrameError):
        opened(head + packed, b"d" * 32, None)


def test_a_window_that_is_larger_than_the_content_is_not_made() -> None:
    stream = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 27})
    packed = stream.compress(b"a" * 1000) + stream.flush()  # without its size
    head = frame.HEADER.pack(b"KSHF", 1, 1, 1, 0, 1000, bytes(8))

    with pytest.raises(DamagedFrameError, match="size"):
        opened(head + packed, b"d" * 32, None)


@pytest.mark.parametrize("kind", FrameType)
def test_more_than_a_frame_holds_is_not_sealed(kind: FrameType) -> None:
    content = bytes(frame.MAX_CONTENT[kind] + 1)

    with pytest.raises(ValueError, match="at most"):
        frame.seal(content, type=kind, digest=b"d" * 32, keys=None)


@given(st.binary(max_size=200))
def test_what_is_no_frame_is_told(data: bytes) -> None:
    with pytest.raises(DamagedFrameError):
        opened(data, b"d" * 32, None)


def test_a_manifest_is_no_chunk() -> None:
    sealed = frame.seal(b"", type=FrameType.MANIFEST, digest=b"d" * 32, keys=KEYS)

    with pytest.raises(DamagedFrameError, match="manifest"):
        opened(sealed, b"d" * 32, KEYS)


class Recorded(NamedTuple):
    """What AES-GCM was given at once; with the same key and nonce it must be the same."""

    data: bytes
    bound: bytes


def sealed_in_every_way(content: bytes, keys: Keys) -> None:
    """Seal as a chunk and as a manifest, at all levels, compressed and not."""
    digest = bytes.fromhex(ids.chunk_id(content, keys))
    other = bytes.fromhex(ids.commit_hash(content, keys))
    for kind, level in product(FrameType, (1, 3, 9, 19)):
        frame.seal(content, type=kind, digest=digest, keys=keys, level=level)
        frame.seal(content, type=kind, digest=other, keys=keys, level=level)


def test_no_key_and_nonce_meet_two_inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    met: dict[tuple[bytes, bytes], Recorded] = {}

    class Recording:
        def __init__(self, key: bytes) -> None:
            self.key = key

        def encrypt(self, nonce: bytes, data: bytes, bound: bytes) -> bytes:
            given = Recorded(bytes(data), bytes(bound))
            assert met.setdefault((self.key, nonce), given) == given
            return bytes(data)

    # The library gives no way to see what it encrypts.
    monkeypatch.setattr(frame, "AESGCM", Recording)
    pieces = [b"the same beginning of every content " * 20 + bytes([each]) for each in range(60)]
    pieces += [b"", b"\0", os.urandom(5000), bytes(5000), bytes(5001)]
    for keys in (KEYS, Keys.of(b"t" * 32)):
        for worth in (0.97, 0.0, 100.0):  # as it pays, never and always compressed
            monkeypatch.setattr(frame, "_WORTH", worth)
            for content in pieces:
                sealed_in_every_way(content, keys)

    # Each input was met with one key and nonce, and a good many were met.
    assert len(set(met.values())) == len(met)
    assert len({key for key, _ in met}) == len({nonce for _, nonce in met}) == len(met)
    assert len(met) > 1000
