"""A store that gives no answer, told in one sentence whatever library asked it."""

import os
import ssl
from urllib.parse import urlsplit

from keyshelf.store.errors import StoreUnavailableError

_TOO_LATE = "no answer in time"
_BROKEN = "the connection broke off"


def unanswered(url: str, reason: str, *, doing: str = "") -> StoreUnavailableError:
    """Return the error; of `url` only the server is told, without what may be secret."""
    asked = f"{doing}: " if doing else ""
    where = f" at {_server(url)}" if url else ""
    return StoreUnavailableError(f"{asked}the store{where} does not answer: {reason}")


def reason(error: BaseException) -> str:
    """Return in a few words why nothing came, from what the error was caused by."""
    told = _BROKEN
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return f"TLS fails, {cause.reason or 'without a reason'}".replace("_", " ").lower()
        if isinstance(cause, TimeoutError) or "Timeout" in type(cause).__name__:
            told = _TOO_LATE
        elif isinstance(cause, OSError) and cause.errno is not None and cause.strerror:
            # What the system calls it, such as "Connection refused"; names have numbers below 0.
            return os.strerror(cause.errno) if cause.errno > 0 else cause.strerror
        cause = _cause(cause)
    return told


def _cause(error: BaseException) -> BaseException | None:
    """Return what an error came of; of several attempts the first."""
    match error:
        case BaseExceptionGroup(exceptions=(BaseException() as first, *_)):
            return first
        case _:
            return error.__cause__ or error.__context__


def _server(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
