"""`.keyshelfignore`: what is not committed, in git's patterns."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pathspec import GitIgnoreSpec

from keyshelf.errors import InvalidInputError

FILE_NAME = b".keyshelfignore"
_MOST_BYTES = 1024 * 1024


class IllegalPatternError(InvalidInputError):
    """A line of a `.keyshelfignore` that is no pattern; the detail names file and line."""

    code = "illegal-ignore-pattern"


@dataclass(frozen=True, slots=True)
class Ignored:
    """The patterns that hold in a folder: its own, and those of the folders above it."""

    _layers: Sequence[tuple[bytes, GitIgnoreSpec]] = ()
    """Where each file of patterns lies, from the root, and what it says; the nearest last."""

    def within(self, folder: bytes, path: bytes) -> "Ignored":
        """Return what holds in a folder, whose own file of patterns is read if there is one.

        `folder` is its place from the root, `path` where it is. Raises `IllegalPatternError`.
        """
        file = Path(os.fsdecode(os.path.join(path, FILE_NAME)))
        try:
            with file.open("rb") as opened:
                text = opened.read(_MOST_BYTES).decode("utf-8", errors="surrogateescape")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return self
        try:
            spec = GitIgnoreSpec.from_lines(text.splitlines())
        except ValueError as error:
            raise IllegalPatternError(f"{file}: {error}") from error
        return Ignored((*self._layers, (folder, spec)))

    def ignores(self, path: bytes, *, is_folder: bool) -> bool:
        """Say whether a path, from the root, is left out; the nearest file that speaks decides."""
        for folder, spec in reversed(self._layers):
            below = path[len(folder) + 1 :] if folder else path
            said = spec.check_file(os.fsdecode(below) + "/" * is_folder).include
            if said is not None:
                return said
        return False
