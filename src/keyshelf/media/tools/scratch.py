"""The folder that tools work in: private to this process, gone with it."""

import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import anyio
from anyio import to_thread

_SWEEPING = ".sweeping"
_LOCK = ".lock"


class Scratch:
    """A process's own folder for work. Made by `open_scratch`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def free_bytes(self) -> int:
        """How many bytes its disk has room for."""
        return shutil.disk_usage(self.path).free

    @asynccontextmanager
    async def folder(self) -> AsyncGenerator[Path]:
        """Give an empty folder that nobody else reads; it goes with all that is in it.

        What processes left that died meanwhile goes first, so that it takes no room for long.
        """
        path = Path(await to_thread.run_sync(self._make))
        try:
            yield path
        finally:
            with anyio.CancelScope(shield=True):
                await to_thread.run_sync(_remove, path)

    def _make(self) -> str:
        with _locked(self.path.parent / _SWEEPING):
            _sweep(self.path.parent)
        return tempfile.mkdtemp(dir=self.path)


@asynccontextmanager
async def open_scratch(folder: Path) -> AsyncGenerator[Scratch]:
    """Make this process's folder below `folder`, and remove those of processes that are dead.

    `folder` is on a local disk: a dead process is known by its lock, which the system lets go.
    """
    path, lock = await to_thread.run_sync(_claim, folder)
    try:
        yield Scratch(path)
    finally:
        with anyio.CancelScope(shield=True):
            await to_thread.run_sync(_leave, path, lock)


def _claim(folder: Path) -> tuple[Path, int]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # One at a time: a folder whose owner has not locked it yet would look left behind.
    with _locked(folder / _SWEEPING):
        _sweep(folder)
        path = folder / secrets.token_hex(8)
        lock = os.open(f"{path}{_LOCK}", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        path.mkdir(mode=0o700)
    return path.absolute(), lock


def _sweep(folder: Path) -> None:
    for lock_path in folder.glob(f"*{_LOCK}"):
        try:
            lock = lock_path.open("rb")
        except FileNotFoundError:
            continue  # its process ended just now, and tidied up
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            # The lock goes last: a crash between leaves a lock without a folder, which the
            # next sweep takes.
            _remove(lock_path.with_suffix(""))
            lock_path.unlink(missing_ok=True)


def _leave(path: Path, lock: int) -> None:
    _remove(path)
    Path(f"{path}{_LOCK}").unlink(missing_ok=True)
    os.close(lock)


def _remove(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _locked(path: Path) -> Generator[None]:
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
