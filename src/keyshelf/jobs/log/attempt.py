"""What an attempt tells, until it is written together with its progress."""

from collections import deque
from collections.abc import Generator, Sequence
from contextlib import contextmanager

import anyio

from keyshelf.jobs.log.values import MAX_LINES, Note

_Dated = tuple[Note, float]


class AttemptLog:
    """Notes of one attempt that wait to be written: as many as are kept, the newest."""

    def __init__(self) -> None:
        self._waiting = deque[_Dated](maxlen=MAX_LINES)
        self._stage: tuple[str, float] | None = None

    def tell(self, note: Note) -> None:
        """Take down something that happened just now."""
        self._waiting.append((note, anyio.current_time()))

    def enter(self, stage: str | None) -> None:
        """Take down that a stage begins, and that the one before ended; None for no other."""
        began = self._stage
        if stage == (began and began[0]):
            return
        now = anyio.current_time()
        if began is not None:
            self.tell(Note.of(f"{began[0]}: ended after {_seconds(now - began[1])}"))
        if stage is not None:
            self.tell(Note.of(f"{stage}: began"))
        self._stage = (stage, now) if stage is not None else None

    def waiting(self) -> Sequence[_Dated]:
        """Return what waits to be written, with its age in seconds."""
        now = anyio.current_time()
        return [(note, now - told_at) for note, told_at in self._waiting]

    @contextmanager
    def writing(self) -> Generator[Sequence[_Dated]]:
        """Give what waits, to nobody else meanwhile. It waits on unless the block ends in order."""
        taken = list(self._waiting)
        told = self.waiting()
        self._waiting.clear()
        try:
            yield told
        except BaseException:
            self._waiting = deque([*taken, *self._waiting], maxlen=MAX_LINES)
            raise


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else f"{seconds / 60:.1f} min"
