"""Moving refs: compare and swap, with the commit that they move to."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from keyshelf.database.transactions import Transaction
from keyshelf.layout.repository import ChunkId, CommitHash
from keyshelf.repositories.catalog.values import RepositoryNumber, RepositoryRecord
from keyshelf.repositories.chunks import queries as chunk_rows
from keyshelf.repositories.formats.manifest import Manifest
from keyshelf.repositories.mirroring import changing
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.pushes import queries as push_rows
from keyshelf.repositories.refs import queries
from keyshelf.repositories.refs.queries import CommitRow
from keyshelf.repositories.refs.values import RefSummary
from keyshelf.repositories.values import (
    ChunkMissingError,
    PushExpiredError,
    RefKind,
    RefMovedError,
    RefName,
    RefNotFoundError,
)


async def summaries(
    parts: RepositoryParts, records: Sequence[RepositoryRecord]
) -> Mapping[RepositoryNumber, RefSummary]:
    """Return what refs repositories have, for each of them."""
    numbers = [record.number for record in records]
    async with parts.database.read() as tx:
        found = await queries.summaries(tx, numbers)
    return {number: found.get(number, RefSummary()) for number in numbers}


async def publish(
    parts: RepositoryParts,
    record: RepositoryRecord,
    commit: CommitHash,
    manifest: Manifest,
    *,
    branch: RefName,
    expected: CommitHash | None,
    push: UUID,
    reservation: UUID,
    identity: str,
) -> None:
    """Take a commit whose manifest is stored into a repository, and move a branch to it.

    All of it or nothing happens. Raises as `Push.publish` says.
    """
    number, now = record.number, parts.clock()
    row = CommitRow(
        hash=commit,
        parents=manifest.parents,
        generation=manifest.generation,
        files=manifest.root.files,
        bytes=manifest.root.size,
        written_at=now,
    )
    async with changing(parts, record) as tx:
        # The collector holds the same lock while it condemns and deletes: a push that is
        # still open now was waited for, and what it was told to be there is there.
        if not await push_rows.extend(
            tx, number, push, now=now, until=now + parts.options.push_life
        ):
            raise PushExpiredError("this push is over: it was silent for too long; commit again")
        await _require_what_it_names(tx, number, manifest)
        await queries.put_commit(tx, number, row)
        await _swap(tx, number, branch, expected=expected, to=commit)
        await queries.put_ref(tx, number, branch, commit, by=identity, now=now)
        await push_rows.release(tx, reservation)


async def move_ref(
    parts: RepositoryParts,
    record: RepositoryRecord,
    name: RefName,
    *,
    expected: CommitHash | None,
    to: CommitHash,
    identity: str,
) -> None:
    """Move a ref to a commit of the repository, or make it.

    Raises as `Carrier.move_ref` says, and `DatabaseBehindError`, as all changes do.
    """
    async with changing(parts, record) as tx:
        if not await queries.keep_commit(tx, record.number, to):
            raise RefNotFoundError(f"there is no commit {to}", commit=to)
        await _swap(tx, record.number, name, expected=expected, to=to)
        await queries.put_ref(tx, record.number, name, to, by=identity, now=parts.clock())


async def delete_ref(
    parts: RepositoryParts, record: RepositoryRecord, name: RefName, *, expected: CommitHash
) -> None:
    """Remove a ref; its commits stay until the collector finds that nothing leads to them."""
    async with changing(parts, record) as tx:
        found = await queries.ref(tx, record.number, name)
        if found is None:
            return
        if found.commit != expected:
            raise _moved(name, expected=expected, found=found.commit)
        await queries.drop_ref(tx, record.number, name)


async def _require_what_it_names(
    tx: Transaction, number: RepositoryNumber, manifest: Manifest
) -> None:
    root = ChunkId(manifest.root.node.hex())
    if not await chunk_rows.held(tx, number, [root]):
        raise ChunkMissingError("the root of the commit is not in the repository", chunk=root)
    known = await queries.known_commits(tx, number, manifest.parents)
    for parent in manifest.parents:
        if parent not in known:
            raise RefNotFoundError(f"the parent {parent} is not in the repository", commit=parent)


async def _swap(
    tx: Transaction,
    number: RepositoryNumber,
    name: RefName,
    *,
    expected: CommitHash | None,
    to: CommitHash,
) -> None:
    found = await queries.ref(tx, number, name)
    position = found.commit if found else None
    if position not in (expected, to):
        raise _moved(name, expected=expected, found=position)


def _moved(
    name: RefName, *, expected: CommitHash | None, found: CommitHash | None
) -> RefMovedError:
    kind = "branch" if name.kind is RefKind.BRANCH else "tag"
    was = f"at {expected[:12]}" if expected else "not there"
    now = f"at {found[:12]}" if found else "not there"
    return RefMovedError(
        f"the {kind} {name.name} was {was} and is {now} now: look at it, then try again",
        expected=expected,
        found=found,
    )
