"""The system account that the embedded PostgreSQL runs as: never root, which it refuses."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from keyshelf.database.failures import EmbeddedPostgresError
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)

NAME = "keyshelf"


@dataclass(frozen=True, slots=True)
class ServerAccount:
    """Whom the server's programs run as."""

    uid: int
    gid: int

    def run(
        self, command: Sequence[str], *, stdin: str = "", output: IO[bytes]
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a program as this account; what it says goes to `output`."""
        switch = self.uid != os.geteuid()
        return subprocess.run(  # noqa: S603 -- our own words, no shell
            command,
            input=stdin.encode(),
            stdout=output,
            stderr=output,
            check=False,
            cwd="/",  # where we are the account may not be
            user=self.uid if switch else None,
            group=self.gid if switch else None,
            extra_groups=() if switch else None,
        )

    def own(self, folder: Path) -> None:
        """Make a folder this account's."""
        if self.uid != os.geteuid():
            os.chown(folder, self.uid, self.gid)


def choose(data: Path, programs: Path) -> ServerAccount:
    """Return whom to run `programs` on `data` as, and let them get there.

    That is ourselves. Root runs them as the owner of the data, or as an account that
    is created when it is missing.
    """
    if os.geteuid() != 0:
        return ServerAccount(os.geteuid(), os.getegid())
    for path in (data, programs):
        _let_pass(path)
    if data.exists() and data.stat().st_uid != 0:
        return ServerAccount(data.stat().st_uid, data.stat().st_gid)
    return _system_account()


def _system_account() -> ServerAccount:
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        _create()
        entry = pwd.getpwnam(NAME)
    return ServerAccount(entry.pw_uid, entry.pw_gid)


def _create() -> None:
    _log.info("creating a system account, because PostgreSQL refuses root", name=NAME)
    options = ["--system", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    made = subprocess.run(  # noqa: S603 -- our own words, no shell
        ["/usr/sbin/useradd", *options, NAME], capture_output=True, check=False
    )
    # Exit status 9: another process was quicker.
    if made.returncode not in (0, 9):
        raise EmbeddedPostgresError(f"no account for PostgreSQL: {made.stderr.decode().strip()}")


def _let_pass(path: Path) -> None:
    for parent in path.parents:
        mode = parent.stat().st_mode
        if not mode & 0o001:
            # Passing through only: what the folder holds stays unlisted.
            _log.debug("letting the database's account pass through a folder", folder=str(parent))
            parent.chmod(mode | 0o001)
