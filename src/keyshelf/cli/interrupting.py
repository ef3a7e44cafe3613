"""Ctrl-C: ends the program with one line and code 130, whatever the program is at."""

import os
import signal
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType

_CODE = 130


def end_at_once() -> None:
    """Let Ctrl-C end the process where it is: while it loads, or when its command is done."""
    if _is_heeded():
        signal.signal(signal.SIGINT, _end)


@contextmanager
def raised() -> Generator[None]:
    """Let Ctrl-C raise `KeyboardInterrupt` in the block, which then can end what it does.

    Around a question that blocks an event loop too: the loop would wait for the answer.
    """
    if not _is_heeded():  # started in the background, where Ctrl-C is meant for others
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _is_heeded() -> bool:
    return signal.getsignal(signal.SIGINT) is not signal.SIG_IGN


def _end(_signal: int, _frame: FrameType | None) -> None:
    # No exception: the import system or a destructor would print or swallow it.
    os.write(2, b"interrupted\n")
    os._exit(_CODE)
