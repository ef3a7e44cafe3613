"""The only printer of the command line: results on stdout, everything else on stderr."""

import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from keyshelf.client.wire import JSON, encode

_LINE_BREAKS = {ord("\n"): r"\n", ord("\r"): r"\r"}
"""In a name they would end the line, and make what follows look like another result."""


class Output:
    """How one command prints: for a person, or one JSON document for a program."""

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json

    def result(self, value: object, lines: Iterable[str]) -> None:
        """Print a result: `value` as JSON, or `lines` for a person."""
        if self.as_json:
            self.json(encode(value))
            return
        for line in lines:
            self.line(line)

    def json(self, document: JSON) -> None:
        """Print one JSON document."""
        indent = 2 if sys.stdout.isatty() else None
        print(json.dumps(document, ensure_ascii=False, indent=indent))

    def line(self, text: str) -> None:
        """Print one line of a result; a terminal gets no control characters."""
        print(printable(text) if sys.stdout.isatty() else text.translate(_LINE_BREAKS))

    def message(self, text: str) -> None:
        """Tell a person something that is not the result."""
        message(text)


def message(text: str) -> None:
    """Tell a person something on stderr, after what was said on stdout before it."""
    sys.stdout.flush()
    print(printable(text), file=sys.stderr)


def abandon_results() -> None:
    """Let what was not written yet go nowhere: stdout takes no more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def is_interactive() -> bool:
    """Whether there is a person to answer a question."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def is_live() -> bool:
    """Whether stderr is a terminal on which progress can be redrawn."""
    return sys.stderr.isatty()


def prepare() -> None:
    """Let names be printed that the terminal's encoding has no characters for.

    A stream that the caller closed leads nowhere: its number must not be that of the next
    file that is opened.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 -- for good
            setattr(sys, name, stream)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)  # absent where a test captures
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def printable(text: str) -> str:
    """Return `text` with everything escaped that would steer a terminal, newlines included."""
    return "".join(_escaped(char) for char in text)


def table(rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> list[str]:
    """Return rows as lines with aligned columns; the columns in `right` are right-aligned."""
    if not rows:
        return []
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [_aligned(row, widths, right) for row in rows]


def size_text(count: int) -> str:
    """Return a number of bytes as a person reads it, in binary units."""
    if count < 1024:
        return f"{count} B"
    value = float(count)
    for unit in ("KiB", "MiB", "GiB", "TiB"):
        value /= 1024
        if value < 1024 or unit == "TiB":
            break
    return f"{value:.1f} {unit}"


def time_text(moment: datetime | None) -> str:
    """Return a time of this machine's zone, to the minute; a dash for none."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M") if moment else "-"


def count_text(count: int, noun: str) -> str:
    """Return `1 file`, `2 files`, `2 repositories`."""
    if count == 1:
        return f"{count:,} {noun}"
    return (
        f"{count:,} {noun.removesuffix('y')}ies" if noun.endswith("ory") else f"{count:,} {noun}s"
    )


def _escaped(char: str) -> str:
    # Cc and Cf hold escape sequences and what turns the direction of writing;
    # the joiners are parts of ordinary emoji and scripts.
    if unicodedata.category(char) in {"Cc", "Cf", "Cs"} and char not in "\u200c\u200d":
        return char.encode("unicode_escape").decode()
    return char


def _aligned(row: Sequence[str], widths: Sequence[int], right: Sequence[int]) -> str:
    cells: list[str] = []
    for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
        room = " " * (width - _width(cell))
        cells.append(room + cell if column in right else cell + room)
    return "  ".join(cells).rstrip()


def _width(text: str) -> int:
    """Return how many columns of a terminal `text` takes."""
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
