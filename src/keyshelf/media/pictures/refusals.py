"""Pictures that were refused just now, so that a flood of askers reads a bad source once."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from keyshelf.errors import Error
from keyshelf.layout.media import ProcessingHash

_SECONDS = 5.0
_MOST = 2000


@dataclass(frozen=True, slots=True)
class _Refusal:
    at: float
    error: Error


class Refusals:
    """The refusals of the last seconds. A picture's name changes with its source's bytes."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._noted: dict[ProcessingHash, _Refusal] = {}

    def note(self, name: ProcessingHash, error: Error) -> None:
        """Remember what a picture was refused for."""
        self._noted.pop(name, None)
        self._noted[name] = _Refusal(self._clock(), error)
        while len(self._noted) > _MOST:
            del self._noted[next(iter(self._noted))]

    def raise_for(self, name: ProcessingHash) -> None:
        """Raise what a picture was refused for, if that was just now."""
        refusal = self._noted.get(name)
        if refusal is None:
            return
        if self._clock() - refusal.at > _SECONDS:
            del self._noted[name]
            return
        raise refusal.error.with_traceback(None)
