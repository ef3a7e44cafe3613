"""Telling by the first bytes of a file whether it seems to be media, whatever its name says."""

from enum import Enum

from keyshelf.media.images.formats import HEAD_BYTES, recognise

__all__ = ["HEAD_BYTES", "Seems", "seems_to_be"]

_MAGIC: tuple[tuple[int, bytes], ...] = (
    (4, b"ftyp"),  # ISO 14496-12: MP4, QuickTime, M4A, 3GP
    (4, b"moov"),  # QuickTime before there was ftyp
    (4, b"mdat"),
    (4, b"wide"),
    (0, b"\x1aE\xdf\xa3"),  # RFC 8794: Matroska, WebM
    (0, b"OggS"),
    (0, b"fLaC"),
    (0, b"ID3"),
    (0, b"FLV\x01"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),  # ASF: WMV, WMA
    (0, b"\0\0\x01\xba"),  # ISO 13818-1: a program stream
    (0, b"\0\0\x01\xb3"),
    (0, b"\x06\x0e\x2b\x34\x02\x05\x01\x01"),  # SMPTE 377: MXF
    (0, b"riff\x2e\x91\xcf\x11"),  # Wave64
    (0, b"caff"),
    (0, b"#!AMR"),
    (0, b"\x1f\x07\0"),  # DV
)
_RIFF = (b"AVI ", b"WAVE")
_AIFF = (b"AIFF", b"AIFC")
_PACKET, _PACKETS = 188, 4
"""ISO 13818-1: a transport stream has a sync byte at the start of each of its packets."""


class Seems(Enum):
    """What a file seems to be."""

    PICTURE = "picture"
    RECORDING = "recording"
    """A film or sound: what of both only a look inside tells."""


def seems_to_be(head: bytes) -> Seems | None:
    """Return what a file seems to be by its first `HEAD_BYTES`; None when it is no media.

    Something else may begin with the same bytes: whoever reads it finds out.
    """
    if recognise(head) is not None:
        return Seems.PICTURE
    return Seems.RECORDING if _is_recording(head) else None


def _is_recording(head: bytes) -> bool:
    if any(head[at : at + len(magic)] == magic for at, magic in _MAGIC):
        return True
    if head[:4] in {b"RIFF", b"RF64"}:
        return head[8:12] in _RIFF
    if head[:4] == b"FORM":
        return head[8:12] in _AIFF
    return _is_transport_stream(head) or _is_mpeg_audio(head)


def _is_transport_stream(head: bytes) -> bool:
    # Blu-ray puts a time stamp of four bytes before each packet.
    return any(
        len(head) > at + (_PACKETS - 1) * step
        and all(head[at + n * step] == 0x47 for n in range(_PACKETS))
        for at, step in ((0, _PACKET), (4, _PACKET + 4))
    )


def _is_mpeg_audio(head: bytes) -> bool:
    # ISO 11172-3 §2.4.1.3 and ISO 13818-7 §6.2: eleven or twelve bits of sync, then the layer.
    if len(head) < 4 or head[0] != 0xFF:
        return False
    is_adts = head[1] & 0xF6 == 0xF0
    # The third layer and the second; the first, long gone, begins as text in UTF-16 does.
    is_layer = head[1] & 0xE0 == 0xE0 and head[1] & 0x06 in {0x02, 0x04}
    return is_adts or (is_layer and head[2] >> 4 not in {0, 15})
