"""Folders opened on the way to one path after another."""

import os
from collections.abc import Callable
from itertools import takewhile
from types import TracebackType
from typing import Self

from keyshelf.store.disk_names import Names

Step = Callable[[int, bytes], int]
"""Opens the folder of a name in an open folder."""


class Descent:
    """Walks down name by name, and keeps open what the next path has in common with the last.

    So paths in their order cost little more than one step each. At most as many
    folders are open as a path has.
    """

    def __init__(self, top: int, step: Step) -> None:
        """Begin in an open folder, which stays the caller's."""
        self._top = top
        self._step = step
        self._names: Names = ()
        self._folders: list[int] = []

    def to(self, names: Names) -> int:
        """Return a folder that is open until the next call. Raises what a step raises."""
        if names != self._names:
            pairs = zip(self._names, names, strict=False)
            self._leave(sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs)))
            for name in names[len(self._names) :]:
                self._folders.append(self._step(self._last, name))
                self._names = (*self._names, name)
        return self._last

    @property
    def _last(self) -> int:
        return self._folders[-1] if self._folders else self._top

    def _leave(self, kept: int) -> None:
        for folder in self._folders[kept:]:
            os.close(folder)
        del self._folders[kept:]
        self._names = self._names[:kept]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leave(0)
