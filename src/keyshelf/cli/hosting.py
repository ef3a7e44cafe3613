"""Finds where repositories are, and runs a command on them."""

import getpass
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeAlias, TypeVar

import anyio
import typer

from keyshelf import settings
from keyshelf.cli import connecting, interrupting, output
from keyshelf.cli.exits import ExitCode
from keyshelf.errors import InvalidInputError
from keyshelf.repositories.carrier import Carrier
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.formats.slots import WrongPassphraseError
from keyshelf.repositories.host import Host, RepositoryInfo
from keyshelf.repositories.remote.host import RemoteHost
from keyshelf.repositories.unlocking import (
    RepositoryLockedError,
    Unlocking,
    check_new,
    keys_of,
)
from keyshelf.settings import Settings

if TYPE_CHECKING:
    from keyshelf.repositories.direct.host import DirectHost

T = TypeVar("T")
_TRIES = 3
"""How often a person may type a passphrase."""
Repo = Annotated[str, typer.Option("--repo", "-R", help="The repository, by name or id.")]

AnyHost: TypeAlias = "DirectHost | RemoteHost"
"""Where repositories can be; most commands need to know no more than `Host` says."""


class PassphraseMismatchError(InvalidInputError):
    """A passphrase was typed differently the second time. Try again."""

    code = "passphrase-mismatch"


def run(
    command: Callable[[AnyHost], Awaitable[ExitCode]], *, when_interrupted: str = "interrupted"
) -> NoReturn:
    """Run a command where the repositories are, and end with its exit code.

    That is the service at `KEYSHELF_URL`, or else this machine's own stores and database.
    Ctrl-C ends it at the next safe point with `when_interrupted` and code 130.
    """

    async def on_host() -> ExitCode:
        async with opened_host(settings.load()) as host:
            return await command(host)

    try:
        code = anyio.run(on_host)
    except KeyboardInterrupt:
        output.message(when_interrupted)
        code = ExitCode.INTERRUPTED
    raise typer.Exit(code)


@asynccontextmanager
async def opened_host(given: Settings) -> AsyncGenerator[AnyHost]:
    """Open where the repositories are."""
    if given.text("KEYSHELF_URL") is not None:
        async with connecting.client() as client:
            yield RemoteHost(client)
    else:
        # As `this_machine` says: only who works on this machine waits for its drivers.
        from keyshelf.cli import this_machine  # noqa: PLC0415

        async with this_machine.opened(given) as host:
            yield host


async def opened(host: Host, name: str) -> Carrier:
    """Find a repository and open it, asking for a passphrase where it takes one.

    Raises `RepositoryNotFoundError`, `RepositoryLockedError`, `WrongPassphraseError`.
    """
    info = await host.find(name)

    async def keys(unlocking: Unlocking) -> Keys | None:
        return await keys_of(info.key_id, info.slots, unlocking)

    return await host.open(info, await unlocked(info, keys))


async def unlocked(info: RepositoryInfo, act: Callable[[Unlocking], Awaitable[T]]) -> T:
    """Do something with what opens a repository; who types a wrong passphrase may try again."""
    is_typed = info.is_encrypted and unlocking_as_set().is_empty
    for _ in range(_TRIES - 1 if is_typed else 0):
        try:
            return await act(unlocking_for(info))
        except WrongPassphraseError as error:
            output.message(f"keyshelf: {error.detail}: try again")
    return await act(unlocking_for(info))


def unlocking_for(info: RepositoryInfo) -> Unlocking:
    """Return what may open a repository: as set, or as a person types it.

    Raises `RepositoryLockedError` when there is nobody to ask.
    """
    given = unlocking_as_set()
    if not info.is_encrypted or not given.is_empty:
        return given
    if not output.is_interactive():
        raise RepositoryLockedError(
            f"{info.name} is encrypted: set KEYSHELF_PASSPHRASE, or KEYSHELF_REPOSITORY_KEY"
        )
    return Unlocking(passphrase=_typed(f"Passphrase of {info.name}: "))


def new_unlocking(what: str) -> Unlocking:
    """Return what shall open a repository: as set, or as a person types it twice.

    Raises `RepositoryLockedError` when there is nobody to ask, `PassphraseMismatchError`.
    """
    given = unlocking_as_set()
    if not given.is_empty:
        return Unlocking(passphrase=given.passphrase) if given.passphrase else given
    if not output.is_interactive():
        raise RepositoryLockedError(
            f"{what} needs a passphrase: set KEYSHELF_PASSPHRASE, or KEYSHELF_REPOSITORY_KEY"
        )
    return Unlocking(passphrase=typed_twice(f"New passphrase of {what}"))


def typed_twice(prompt: str) -> str:
    """Ask for a new passphrase until it was typed the same twice, which must be at once."""
    passphrase = _typed(f"{prompt}: ")
    check_new(passphrase)
    if _typed("The same again: ") != passphrase:
        raise PassphraseMismatchError("the two are not the same: nothing was changed")
    return passphrase


def unlocking_as_set() -> Unlocking:
    """Return what the settings have to open repositories with."""
    given = settings.load()
    key = given.text("KEYSHELF_REPOSITORY_KEY")
    return Unlocking(
        passphrase=given.text("KEYSHELF_PASSPHRASE"), key=bytes.fromhex(key) if key else None
    )


def _typed(prompt: str) -> str:
    with interrupting.raised():
        return getpass.getpass(prompt)
