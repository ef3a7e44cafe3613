"""`.keyshelfignore`: what is not committed, in git's patterns."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from blake3 import blake3

from keyshelf.errors import InvalidInputError
from keyshelf.repositories.commit import patterns
from keyshelf.repositories.commit.patterns import Patterns
from keyshelf.repositories.part_names import is_part
from keyshelf.repositories.scanning import shown, unreadable

FILE_NAME = b".keyshelfignore"
_MOST_BYTES = 1024 * 1024


class IllegalPatternError(InvalidInputError):
    """A line of a `.keyshelfignore` that is no pattern; the detail names file and line."""

    code = "illegal-ignore-pattern"


@dataclass(frozen=True, slots=True)
class Ignored:
    """The patterns that hold in a folder: its own, and those of the folders above it."""

    digest: bytes
    """Equal when the same is left out."""
    own: frozenset[bytes] = frozenset()
    """Folders, from the root, in which Keyshelf itself keeps something."""
    _layers: Sequence[tuple[bytes, Patterns]] = ()
    """Where each file of patterns lies, from the root, and what it says; the nearest last."""

    @classmethod
    def at_root(cls, kept: bytes, own: frozenset[bytes]) -> "Ignored":
        """Return what holds before any file of patterns; `kept` says what else is committed."""
        return cls(kept + b"".join(b"\0" + path for path in sorted(own)), own)

    def within(self, folder: bytes, path: bytes) -> "Ignored":
        """Return what holds in a folder that has a file of patterns.

        `folder` is its place from the root, `path` where it is. Raises `IllegalPatternError`
        and `FolderUnreadableError`.
        """
        file = os.path.join(path, FILE_NAME)
        text = _read(file)
        try:
            said = patterns.parse(text)
        except ValueError as error:
            raise IllegalPatternError(f"{shown(file)}: {error}") from error
        digest = blake3(self.digest).update(folder + b"\0").update(text).digest()
        return Ignored(digest, self.own, (*self._layers, (folder, said)))

    def ignores(self, path: bytes, *, is_folder: bool) -> bool:
        """Say whether a path, from the root, is left out; the nearest file that speaks decides.

        What an interrupted checkout or `get` left aside is left out always, and what is `own`.
        """
        if path in self.own:
            return True
        if is_part(path.rpartition(b"/")[2]):
            return True
        for folder, layer in reversed(self._layers):
            said = layer.say(path[len(folder) + 1 :] if folder else path, is_folder=is_folder)
            if said is not None:
                return said
        return False


def _read(file: bytes) -> bytes:
    try:
        # A link could lead anywhere, and a pipe would never end.
        opened = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(opened, "rb") as stream:
            text = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise unreadable(file, error) from error
    if len(text) > _MOST_BYTES:
        raise IllegalPatternError(f"{shown(file)} has more than {_MOST_BYTES} bytes")
    return text
