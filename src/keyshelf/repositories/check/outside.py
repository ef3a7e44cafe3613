"""Saying whether an object is what its key promises, by its bytes alone: without any secret."""

from keyshelf.errors import IntegrityError
from keyshelf.layout import repository as layout
from keyshelf.layout.keys import ObjectKey
from keyshelf.repositories.check.judging import least_stored
from keyshelf.repositories.formats import frame, ids
from keyshelf.repositories.formats.frame import FrameType, Suite


def is_sound(key: ObjectKey, framed: bytes) -> bool | None:
    """Say whether the bytes at the key of a chunk or a manifest are what it promises.

    None where nobody can tell who lacks the repository's secret, as of an encrypted object
    that looks right from outside, and for every other key.
    """
    chunk, commit = layout.parse_chunk_key(key), layout.parse_manifest_key(key)
    if chunk is not None:
        kind, digest = FrameType.CHUNK, str(chunk)
    elif commit is not None:
        kind, digest = FrameType.MANIFEST, str(commit[1])
    else:
        return None
    try:
        header = frame.read_header(framed)
        if header.suite is not Suite.NONE:
            is_whole = header.type is kind and _has_its_size(framed, header)
            return None if is_whole else False
        content = frame.open_frame(framed, type=kind, digest=bytes.fromhex(digest), keys=None)
    except IntegrityError:
        return False
    found = ids.commit_hash(content, None) if commit else ids.chunk_id(content, None)
    return found == digest


def _has_its_size(framed: bytes, header: frame.FrameHeader) -> bool:
    return least_stored(header) <= len(framed) <= header.overhead + header.size
