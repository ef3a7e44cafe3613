"""Removing what the last checkout or commit of a folder left and this one has not."""

import stat
from collections.abc import Iterable
from dataclasses import dataclass, field

from keyshelf.repositories.cache import FolderCache, RememberedFolder
from keyshelf.repositories.checkout.judging import is_known
from keyshelf.repositories.checkout.places import OpenFolder
from keyshelf.repositories.paths import joined

NOTHING_KNOWN = RememberedFolder({})


@dataclass(slots=True)
class Cleared:
    """What was removed, or would be, and what is left."""

    removed: int = 0
    changed: list[bytes] = field(default_factory=list[bytes])
    """Files that were recorded, and differ from what was: they are left."""
    foreign: list[bytes] = field(default_factory=list[bytes])
    """What never was recorded: it is left."""


@dataclass(frozen=True, slots=True)
class Clearing:
    """How things are removed; only files and links that a commit is known to hold."""

    cache: FolderCache
    act: bool
    """Without it nothing is removed, and the rest is told as it would be."""
    overwrite: bool
    """Remove also what was recorded and differs."""

    def folder(self, above: OpenFolder, name: bytes, path: bytes, cleared: Cleared) -> None:
        """Remove what is known below a folder, and the folder itself when nothing is left."""
        found = self.cache.get(path)
        if found is None:
            cleared.foreign.append(path)
            return
        known = found.committed()
        with above.within(name) as place:
            seen = place.listing()
            left = seen.keys() - known.files.keys() - set(known.folders)
            cleared.foreign += [joined(path, each) for each in sorted(left)]
            self.names(place, path, seen.keys() - left, known, cleared)
        if self.act and above.remove_folder(name):
            self.cache.forget(path)

    def names(
        self,
        place: OpenFolder,
        path: bytes,
        names: Iterable[bytes],
        known: RememberedFolder,
        cleared: Cleared,
    ) -> None:
        """Remove what has these names in a folder, as far as it is known."""
        for name in sorted(names):
            seen = place.look(name)
            below = joined(path, name)
            if seen is None:
                continue
            if stat.S_ISDIR(seen.st_mode):
                self.folder(place, name, below, cleared)
            elif self.overwrite or is_known(place, name, seen, known.files.get(name)):
                cleared.removed += 1
                if self.act:
                    place.remove(name)
            else:
                cleared.changed.append(below)
