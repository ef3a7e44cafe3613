"""Reading fragmented MP4."""

import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keyshelf.media.video.fragments import (
    BrokenFragmentsError,
    Fragment,
    drop_header,
    read_fragments,
)


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def moof(time: int, samples: int) -> bytes:
    tfdt = box(b"tfdt", b"\x01\x00\x00\x00" + time.to_bytes(8, "big"))
    trun = box(b"trun", b"\x00\x00\x00\x01" + samples.to_bytes(4, "big"))
    return box(b"moof", box(b"mfhd", bytes(8)) + box(b"traf", tfdt + trun))


HEAD = box(b"ftyp", b"isom") + box(b"moov", b"what a player needs")
BODY = moof(0, 60) + box(b"mdat", b"frames") + moof(2000, 15) + box(b"mdat", b"more")


def test_fragments_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "track.mp4"
    path.write_bytes(HEAD + BODY)

    found = read_fragments(path)

    assert found.fragments == (Fragment(0, 60), Fragment(2000, 15))
    assert (found.samples, found.header_bytes) == (75, len(HEAD))


def test_old_times_and_large_boxes_are_read(tmp_path: Path) -> None:
    path = tmp_path / "track.mp4"
    tfdt = box(b"tfdt", bytes(4) + (7).to_bytes(4, "big"))
    short = box(b"moof", box(b"traf", tfdt))
    large = struct.pack(">I4sQ", 1, b"mdat", 16 + 5) + b"large"
    path.write_bytes(HEAD + short + large + moof(9, 1))

    assert read_fragments(path).fragments == (Fragment(7, 0), Fragment(9, 1))


def test_dropping_the_header_leaves_the_fragments(tmp_path: Path) -> None:
    path = tmp_path / "track.mp4"
    path.write_bytes(HEAD + BODY)

    drop_header(path, len(HEAD))

    assert path.read_bytes() == BODY
    assert [each.name for each in tmp_path.iterdir()] == ["track.mp4"]


def test_headers_tell_encoders_apart(tmp_path: Path) -> None:
    one, other = tmp_path / "one.mp4", tmp_path / "other.mp4"
    one.write_bytes(HEAD + BODY)
    other.write_bytes(HEAD.replace(b"player", b"person") + BODY)

    assert read_fragments(one).header != read_fragments(other).header


@pytest.mark.parametrize(
    "broken",
    [
        HEAD + box(b"free", b""),
        HEAD + BODY + HEAD,
        HEAD + BODY[:-1],
        HEAD + struct.pack(">I4s", 4, b"mdat"),
        HEAD + box(b"moof", box(b"traf", struct.pack(">I4s", 99, b"trun"))),
        HEAD + b"\x00\x00",
        HEAD + box(b"moof", box(b"traf", box(b"trun", b"\x00"))),
        HEAD + box(b"moof", box(b"traf", b"\x00\x00")),
    ],
    ids=["strange", "second-head", "cut", "short", "inner", "stub", "cut-trun", "cut-traf"],
)
def test_what_is_cut_wrong_is_refused(tmp_path: Path, broken: bytes) -> None:
    path = tmp_path / "track.mp4"
    path.write_bytes(broken)

    with pytest.raises(BrokenFragmentsError):
        read_fragments(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200), at=st.integers(0, len(HEAD + BODY)))
def test_no_bytes_do_more_than_be_refused(tmp_path: Path, data: bytes, at: int) -> None:
    path = tmp_path / "track.mp4"
    whole = HEAD + BODY
    path.write_bytes(whole[:at] + data + whole[at + len(data) :])

    try:
        read_fragments(path)
    except BrokenFragmentsError:
        pass
