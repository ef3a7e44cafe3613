"""How a segment of a key is spelled as a name in a folder, and read back.

Nearly every segment is its own name. Four steps, each a bijection, move the few
that a file system cannot hold out of the way, so that every name that is valid
UTF-8 is the spelling of exactly one segment: what a person drops in by hand has
just the key that its path says.

1. NUL is `%00`.
2. An empty segment is `.%2F` (a hidden file: folder markers end in one), `.` is `%2E`,
   `..` is `%2E%2E`, and the name of the store's own folder gets its dot escaped as well.
3. A name that ends like one of our two markers (`%file`, `%+`) is told from them.
4. A name of more than 255 bytes goes on in a folder: each piece but the last ends in `%+`.

Where a segment already looks like such a spelling, one more `25` follows its
percent sign: `%2E` is `%252E`, `%252E` is `%25252E`.

An object whose folder of the same name is in its way carries the marker `%file`.
The format is described in docs/reference/stored-formats-disk.md.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from keyshelf.layout.keys import ObjectKey

OWN_FOLDER = b".keyshelf-disk"
MAX_NAME_BYTES = 255

_ASIDE = b"%file"
_CONTINUED = b"%+"
_NUL_OR_LIKE = re.compile(rb"\0|%(?:25)*00")
_NUL_LIKE = re.compile(rb"%(?:25)*00")
_WORDS = {b"": b".%2F", b".": b"%2E", b"..": b"%2E%2E", OWN_FOLDER: b"%2E" + OWN_FOLDER[1:]}
_SPELLED_WORDS = {spelled: word for word, spelled in _WORDS.items()}
_WORD_LIKE = re.compile(rb"\.%(?:25)*2F|%(?:25)*(?:2E|2E%2E|2Ekeyshelf-disk)")
_MARKER_LIKE = re.compile(rb"%(?:25)*(?:file|\+)\Z")

Names = tuple[bytes, ...]
"""Names from a folder downwards."""


@dataclass(frozen=True, slots=True)
class KeyPath:
    """Where an object may lie below the store's folder."""

    folders: tuple[Names, ...]
    """The spelling of each segment but the last."""
    plain: Names
    """The whole path when nothing is in the way."""
    aside: Names
    """The whole path when a folder has the object's name."""


def key_path(key: ObjectKey) -> KeyPath:
    """Return where the object of this key may lie."""
    *above, last = key.encode().split(b"/")
    folders = tuple([_spelled_folder(segment) for segment in above])
    parents = tuple(chain.from_iterable(folders))
    return KeyPath(
        folders=folders,
        plain=parents + spell(last),
        aside=parents + spell_aside(last),
    )


def spell(segment: bytes) -> Names:
    """Return the names, one below the other, that spell a segment."""
    if b"%" not in segment and segment not in _WORDS and len(segment) <= MAX_NAME_BYTES:
        return (segment,) if b"\0" not in segment else _cut(_escape(segment))
    return _cut(_escape(segment))


# Keys share most of their folders.
_spelled_folder = lru_cache(maxsize=1024)(spell)


def spell_aside(segment: bytes) -> Names:
    """Return the names for an object that has stepped aside for a folder."""
    if b"%" not in segment and spell(segment) == (segment,):
        return _cut(segment + _ASIDE)
    return _cut(_escape(segment) + _ASIDE)


def read_names(names: Names) -> tuple[bytes, bool] | None:
    """Return the segment that names spell, and whether it has stepped aside.

    None is for names that spell nothing: no key is ever written there.
    """
    if len(names) == 1 and b"%" not in names[0] and names[0] not in _WORDS:
        return names[0], False
    name = b"".join(piece.removesuffix(_CONTINUED) for piece in names[:-1]) + names[-1]
    marker = _MARKER_LIKE.search(name)
    aside = marker is not None and marker[0] == _ASIDE
    if aside:
        segment = _unescape(name.removesuffix(_ASIDE))
        return (segment, True) if spell_aside(segment) == names else None
    segment = _unescape(name)
    return (segment, False) if spell(segment) == names else None


def is_continued(name: bytes) -> bool:
    """Say whether a folder of this name holds the rest of longer names."""
    marker = _MARKER_LIKE.search(name)
    return marker is not None and marker[0] == _CONTINUED


def _escape(segment: bytes) -> bytes:
    name = _NUL_OR_LIKE.sub(lambda like: b"%00" if like[0] == b"\0" else _longer(like[0]), segment)
    if name in _WORDS:
        return _WORDS[name]
    if _WORD_LIKE.fullmatch(name):
        return _longer(name)
    return _MARKER_LIKE.sub(lambda like: _longer(like[0]), name)


def _unescape(name: bytes) -> bytes:
    if name in _SPELLED_WORDS:
        return _SPELLED_WORDS[name]
    if _WORD_LIKE.fullmatch(name):
        inner = _shorter(name)
    else:
        inner = _MARKER_LIKE.sub(lambda like: _shorter(like[0]), name)
    return _NUL_LIKE.sub(lambda like: b"\0" if like[0] == b"%00" else _shorter(like[0]), inner)


def _longer(like: bytes) -> bytes:
    return like.replace(b"%", b"%25", 1)


def _shorter(like: bytes) -> bytes:
    return like.replace(b"%25", b"%", 1)


def _cut(name: bytes) -> Names:
    pieces: list[bytes] = []
    while len(name) > MAX_NAME_BYTES:
        end = MAX_NAME_BYTES - len(_CONTINUED)
        # A character stays whole: some file systems take only valid UTF-8.
        while name[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(name[:end] + _CONTINUED)
        name = name[end:]
    return (*pieces, name)
