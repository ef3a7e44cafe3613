"""How programs on one machine find the service there: the file `service.json` in its data folder.

    {"url": "http://127.0.0.1:8080", "admin_url": "http://127.0.0.1:8081",
     "token": "ks_…", "pid": 4711}

It holds a secret, so only its owner can read it (mode 0600). `keyshelf up`
and `serve` write it when they serve, and remove it when they end.
"""

import json
import os
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from keyshelf.client import wire
from keyshelf.client.failures import UnexpectedAnswerError
from keyshelf.errors import ForbiddenError

FILE_NAME = "service.json"


class UnsafeServiceFileError(ForbiddenError):
    """Others than its owner could have written the service file. Remove it, start anew."""

    code = "unsafe-service-file"


class UnreadableServiceFileError(ForbiddenError):
    """The service file is another account's. Be that account, or set `KEYSHELF_URL`."""

    code = "unreadable-service-file"


@dataclass(frozen=True, slots=True)
class LocalService:
    """A service on this machine, and the token with which this user reaches it."""

    url: str
    admin_url: str | None
    token: str | None
    pid: int


def announce(data_folder: Path, service: LocalService) -> None:
    """Let this user's programs find `service`; replaces what an earlier one left."""
    data_folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=data_folder, prefix=".service-")  # mode 0600
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(wire.encode(service), file)
    Path(temporary).replace(data_folder / FILE_NAME)


def withdraw(data_folder: Path, *, pid: int) -> None:
    """Remove the file that the service `pid` wrote; another's is left alone."""
    with suppress(UnreadableServiceFileError):  # then it is another's
        service = _read(data_folder / FILE_NAME)
        if service and service.pid == pid:
            (data_folder / FILE_NAME).unlink(missing_ok=True)


def discover(data_folder: Path) -> LocalService | None:
    """Return the service that runs on this data folder, or None.

    A file left by a service that was killed is passed over. Raises
    `UnsafeServiceFileError` for one that others could have written, because it
    would send this user's files to them, and `UnreadableServiceFileError`.
    """
    path = data_folder / FILE_NAME
    service = _read(path)
    if service is None or not _is_running(service.pid):
        return None
    facts = path.stat()
    if facts.st_uid not in {os.geteuid(), 0} or facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise UnsafeServiceFileError(f"{path} could have been written by others: remove it")
    return service


def _read(path: Path) -> LocalService | None:
    try:
        text = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UnreadableServiceFileError(
            f"{path} cannot be read ({error.strerror}): run as the account that Keyshelf runs as,"
            " or set KEYSHELF_URL and KEYSHELF_TOKEN"
        ) from error
    with suppress(UnexpectedAnswerError):  # cut short or edited: as good as not there
        return wire.decode(LocalService, wire.loads(text))
    return None


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
