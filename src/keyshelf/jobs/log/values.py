"""The lines of a job's log: short, storable, and without proofs of who may do what."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

MAX_LINES = 200
"""How many lines of a job are kept: the last."""
_MAX_TEXT = 200
_MAX_DETAIL = 300

# What a signed address proves stands in its query; a password may stand before its host.
_QUERY = re.compile(r"(\w+://[^\s?]*)\?\S*")
_PASSWORD = re.compile(r"(\w+://)[^\s/@]*@")


class Level(StrEnum):
    """How much a line matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Note:
    """Something that happened to a job. `of` makes one."""

    text: str
    """In our words, for everybody who sees the job."""
    level: Level
    code: str | None
    detail: str | None
    """What the work said, which may name what it found."""

    @classmethod
    def of(
        cls,
        text: str,
        *,
        level: Level = Level.INFO,
        code: str | None = None,
        detail: str | None = None,
    ) -> Self:
        """Return a note that can be stored whatever its words are: cut, in one line."""
        clean = _clean(detail, _MAX_DETAIL) if detail else None
        return cls(_clean(text, _MAX_TEXT), level, code, clean)


@dataclass(frozen=True, slots=True)
class LogLine:
    """A note as it is stored. Lines that were written later have larger numbers."""

    number: int
    at: datetime
    note: Note


def _clean(words: str, most: int) -> str:
    words = _PASSWORD.sub(r"\1", _QUERY.sub(r"\1?…", words))
    words = "".join(letter if letter.isprintable() else " " for letter in words)
    return words if len(words) <= most else words[: most - 1] + "…"
