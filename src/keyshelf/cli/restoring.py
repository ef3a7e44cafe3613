"""What a version needs restored, where the stores are: planned, asked for and waited for."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from keyshelf import settings
from keyshelf.cli import output, restoring_text
from keyshelf.cli.hosting import AnyHost
from keyshelf.cli.options import confirm
from keyshelf.cli.progress import CountDisplay
from keyshelf.errors import InvalidInputError
from keyshelf.operations.restoring import reckoning
from keyshelf.repositories.formats.entries import FolderEntry
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.remote.host import RemoteHost
from keyshelf.store.errors import NeedsRestoreError
from keyshelf.workflows import restore_chunks
from keyshelf.workflows.restore_chunks import RestoreOptions, RestoreParts, VersionPlan

if TYPE_CHECKING:
    from keyshelf.repositories.direct.host import DirectHost


def here(host: AnyHost) -> "DirectHost":
    """Return a host of this machine. Raises `InvalidInputError` for a service elsewhere."""
    if isinstance(host, RemoteHost):
        raise InvalidInputError("chunks are restored where the stores are: unset KEYSHELF_URL")
    return host


@asynccontextmanager
async def opened(host: AnyHost) -> AsyncGenerator[RestoreParts]:
    """Open what restoring needs."""
    # As `this_machine` says: only who works on this machine waits for its drivers.
    from keyshelf.app import restoring  # noqa: PLC0415

    store = here(host).parts.store
    async with restoring.opened(settings.load(), store) as parts:
        yield parts


@asynccontextmanager
async def telling(
    host: AnyHost, reader: Reader, root: FolderEntry, paths: Sequence[bytes]
) -> AsyncGenerator[None]:
    """Say, where that is known, what must be restored of what the block could not read."""
    try:
        yield
    except NeedsRestoreError:
        if not isinstance(host, RemoteHost):
            async with opened(host) as parts:
                planned = await restore_chunks.plan(parts, reader, root, paths)
                for line in restoring_text.lines(planned, RestoreOptions(), parts.currency):
                    output.message(line)
        raise


async def restored(
    host: AnyHost, reader: Reader, root: FolderEntry, paths: Sequence[bytes], *, quiet: bool
) -> None:
    """Restore what paths of a commit need, and wait for it."""
    async with opened(host) as parts:
        planned = await restore_chunks.plan(parts, reader, root, paths)
        for line in restoring_text.lines(planned, RestoreOptions(), parts.currency):
            output.message(line)
        while planned.objects:
            await ask(parts, planned, RestoreOptions(), quiet=quiet)
            await wait(parts, planned, RestoreOptions(), quiet=quiet)
            if not planned.is_partial:
                return
            planned = await restore_chunks.plan(parts, reader, root, paths)


def agreed(planned: VersionPlan, options: RestoreOptions, currency: str, *, yes: bool) -> None:
    """Ask a person whether a plan is worth its price.

    Raises `NoSuchTierError` and `NotConfirmedError`.
    """
    reckoning.require_tier(planned.plan, options.tier)
    if not yes:
        for line in restoring_text.lines(planned, options, currency):
            output.message(line)
    confirm(f"Restore this ({options.tier})?", yes=yes)


async def ask(
    parts: RestoreParts, planned: VersionPlan, options: RestoreOptions, *, quiet: bool
) -> int:
    """Ask for what a plan has, showing progress; returns for how many objects."""
    with CountDisplay("asking for chunks", quiet=quiet) as display:

        async def show(done: int, total: int) -> None:
            display.show(done, total, "objects")

        return await restore_chunks.request(parts, planned, options, on_progress=show)


async def wait(
    parts: RestoreParts, planned: VersionPlan, options: RestoreOptions, *, quiet: bool
) -> None:
    """Wait until all that a plan has can be read, showing progress."""
    with CountDisplay("waiting for chunks", quiet=quiet) as display:

        async def show(done: int, total: int) -> None:
            display.show(done, total, "objects")

        await restore_chunks.wait(parts, planned, options, on_progress=show)
