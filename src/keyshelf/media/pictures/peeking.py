"""What the first bytes of a picture tell that choosing a format depends on."""

from dataclasses import dataclass

from keyshelf.media.images.formats import SourceFormat, recognise

_PNG_KINDS_WITH_ALPHA = {3, 4, 6}  # PNG 11.2.2: a palette's entries may be transparent
_OPAQUE = {SourceFormat.JPEG, SourceFormat.HEIC}


@dataclass(frozen=True, slots=True)
class Look:
    """What a picture may have."""

    transparent: bool
    animated: bool


def peek(head: bytes) -> Look:
    """Return what a picture may have by its first bytes; when in doubt, transparency.

    Bytes that are no picture look like a plain one: rendering them tells what is wrong.
    """
    match recognise(head):
        case SourceFormat.PNG:
            has_alpha = len(head) > 25 and head[25] in _PNG_KINDS_WITH_ALPHA
            return Look(transparent=has_alpha or b"tRNS" in head, animated=False)
        case SourceFormat.WEBP:
            return _webp(head)
        case SourceFormat.GIF:
            return Look(transparent=True, animated=True)
        case None:
            return Look(transparent=False, animated=False)
        case found:
            return Look(transparent=found not in _OPAQUE, animated=False)


def _webp(head: bytes) -> Look:
    # RFC 9649, 2.7: the flags of the extended format are in the byte behind its header.
    if head[12:16] == b"VP8X" and len(head) > 20:
        return Look(transparent=bool(head[20] & 0x10), animated=bool(head[20] & 0x02))
    return Look(transparent=head[12:16] == b"VP8L", animated=False)
