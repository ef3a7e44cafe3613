"""Keeps versions of a folder in a repository, by the service that KEYSHELF_URL names.

    python examples/version_a_folder.py save film ~/Film "Colour graded"
    python examples/version_a_folder.py restore film ~/Film-again

KEYSHELF_TOKEN is a token with the scopes repository:read and repository:write. With
KEYSHELF_PASSPHRASE a new repository is encrypted, and an encrypted one is opened.
"""

import argparse
import hashlib
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import anyio

from keyshelf import settings
from keyshelf.client.asynchronous import AsyncClient
from keyshelf.clock import system_clock
from keyshelf.errors import Error
from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.carrier import Carrier
from keyshelf.repositories.checkout.service import checkout
from keyshelf.repositories.commit.service import commit
from keyshelf.repositories.formats.manifest import Author
from keyshelf.repositories.history.log import log
from keyshelf.repositories.host import Host, NewEncryption, opened
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.remote.host import RemoteHost
from keyshelf.repositories.unlocking import Unlocking, new_secret
from keyshelf.repositories.values import (
    RefKind,
    RefName,
    RepositoryNotFoundError,
    repository_name,
)

MAIN = RefName(RefKind.BRANCH, "main")


async def found_or_made(host: Host, name: str, unlocking: Unlocking) -> Carrier:
    """Open a repository, made first where there is none of this name."""
    try:
        return await opened(host, name, unlocking)
    except RepositoryNotFoundError:
        encryption = None
    if not unlocking.is_empty:
        # The secret is made and wrapped here; the service never sees it.
        keys, slot = await new_secret(unlocking, slot=uuid4(), label="first")
        encryption = NewEncryption(keys.key_id, [slot])
    await host.create(repository_name(name), is_shared=False, encryption=encryption)
    return await opened(host, name, unlocking)


def remembered(carrier: Carrier, folder: Path) -> FolderCache:
    """Open what is remembered of a folder: what was read, and which version it stands on.

    With it nothing is read twice, and a commit that would undo somebody else's is refused.
    """
    place = hashlib.sha256(bytes(folder.resolve())).hexdigest()[:16]
    name = f"{carrier.repository.id}-{place}.sqlite"
    return FolderCache.open(settings.load().cache_folder / "example" / name)


async def save(carrier: Carrier, folder: Path, message: str) -> str:
    """Commit a folder, and say what was new in it."""
    with closing(remembered(carrier, folder)) as cache:
        made = await commit(
            carrier,
            bytes(folder),
            branch=MAIN,
            message=message,
            author=Author("An example"),
            at=system_clock().astimezone(UTC),
            cache=cache,
        )
    return f"{made.hash[:12]}: {made.manifest.root.files} files, {made.sent.stored_bytes} bytes new"


async def restore(carrier: Carrier, folder: Path) -> str:
    """Check the last version out, and say what was written."""
    reader = Reader(carrier)
    head = await carrier.ref(MAIN)
    if head is None:
        return "nothing was committed yet"
    root = (await reader.manifest(head)).root
    with closing(remembered(carrier, folder)) as cache:
        done = await checkout(reader, root, bytes(folder), commit=head, cache=cache)
    return f"{head[:12]}: {done.written} files written"


async def history(carrier: Carrier) -> Sequence[tuple[datetime, str]]:
    """Return when each version was committed, and why, newest first."""
    head = await carrier.ref(MAIN)
    manifests = log(Reader(carrier), [head] if head else [])
    return [(entry.manifest.committed_at, entry.manifest.message) async for entry in manifests]


def parser() -> argparse.ArgumentParser:
    """Return what reads the arguments."""
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("action", choices=["save", "restore"])
    made.add_argument("repository")
    made.add_argument("folder", type=Path)
    made.add_argument("message", nargs="*")
    return made


async def main(arguments: Sequence[str]) -> str:
    """Save or restore, as the arguments say."""
    wanted = parser().parse_args(arguments)
    given = settings.load()
    unlocking = Unlocking(passphrase=given.text("KEYSHELF_PASSPHRASE"))
    async with AsyncClient(
        given.required("KEYSHELF_URL"), token=given.required("KEYSHELF_TOKEN")
    ) as client:
        host = RemoteHost(client)
        if wanted.action == "save":
            carrier = await found_or_made(host, wanted.repository, unlocking)
            return await save(carrier, wanted.folder, " ".join(wanted.message))
        return await restore(await opened(host, wanted.repository, unlocking), wanted.folder)


if __name__ == "__main__":
    try:
        print(anyio.run(main, sys.argv[1:]))
    except Error as error:
        sys.exit(f"{error.code}: {error.detail}")
