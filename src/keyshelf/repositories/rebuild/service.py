"""Restoring the rows of repositories from the store alone."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from uuid import UUID

from keyshelf.concurrency import together
from keyshelf.database.transactions import Transaction
from keyshelf.layout.repository import (
    CHUNKS,
    ChunkId,
    CommitHash,
    RepositoryId,
    chunk_key,
    manifest_key,
    parse_chunk_key,
    repository_key,
)
from keyshelf.repositories.catalog import queries as catalog
from keyshelf.repositories.catalog.values import RepositoryNumber, RepositoryRecord
from keyshelf.repositories.check.judging import Unread, Wrong, read_chunks
from keyshelf.repositories.chunks import queries as chunk_rows
from keyshelf.repositories.direct.carrier import DirectCarrier
from keyshelf.repositories.formats import frame
from keyshelf.repositories.formats.documents import RepositoryDocument
from keyshelf.repositories.formats.frame import DamagedFrameError
from keyshelf.repositories.formats.nodes import DamagedNodeError
from keyshelf.repositories.mirroring import mirror
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.pushes import queries as push_rows
from keyshelf.repositories.rebuild.finding import IDENTITY, find_commits, find_repositories
from keyshelf.repositories.rebuild.ledger import Ledger, ledger
from keyshelf.repositories.rebuild.merging import later, tag_for
from keyshelf.repositories.rebuild.values import FoundRepository, Rebuilt
from keyshelf.repositories.references import Named, named_by, walk
from keyshelf.repositories.refs import queries as ref_rows
from keyshelf.repositories.unlocking import Unlocking
from keyshelf.repositories.values import IllegalRefError, RefKind, RefName
from keyshelf.store.base import ByteRange
from keyshelf.store.errors import InvalidRangeError, ObjectNotFoundError

_CHUNKS_AT_ONCE = 1000
_HEADERS_AT_ONCE = 32

OnProgress = Callable[[int, int | None], Awaitable[None]]
"""Told how many repositories are done, and of how many."""


class _UndoneError(Exception):
    """Ends the transaction of a dry run."""


async def rebuild(
    parts: RepositoryParts,
    *,
    unlockings: Sequence[Unlocking] = (),
    also: Mapping[RepositoryId, Sequence[CommitHash]] = MappingProxyType({}),
    dry_run: bool = False,
    on_progress: OnProgress | None = None,
) -> Rebuilt:
    """Add the rows that the objects in the store tell of and the database does not have.

    Each repository comes whole or not at all; what is there stays as it is, so that twice
    is once. Only a repository that is older than its document, as after a restored backup of
    the database, has its refs and key slots brought up to it; a ref that went another way
    meanwhile stays, and a tag keeps what the document has: that is told as `parted`. A commit
    that the store lost is kept by no tag, and a ref to it goes where the document has it.

    Of an encrypted repository that none of `unlockings` opens, all chunks of its key are taken
    to be needed. `also` names commits that no ref leads to and that are wanted with all before
    them. What cannot be read is told as a problem and ends nothing. Pushes are not restored:
    whoever was writing begins again.
    """
    rebuilt = Rebuilt()
    report = on_progress or _silent
    found = await find_repositories(parts, unlockings, rebuilt)
    with ledger() as pages:
        for each in found:
            await find_commits(parts, each, rebuilt, also=also.get(each.record.id, ()))
        await _list_chunks(parts, pages)
        for number, each in enumerate(found):
            await _walk(parts, pages, number, each, rebuilt)
        await _own_by_key(parts, pages, found)
        for number, each in enumerate(found):
            await _write(parts, pages, number, each, rebuilt, dry_run=dry_run)
            await report(number + 1, len(found))
        rebuilt.missing = pages.count_missing()
        await _hand_over_unowned(parts, pages, found, rebuilt, dry_run=dry_run)
    rebuilt.locked = [each.record.name for each in found if each.is_locked]
    return rebuilt


async def _list_chunks(parts: RepositoryParts, pages: Ledger) -> None:
    async for page in parts.store.list(CHUNKS):
        pages.note_stored(
            [
                (chunk, each.size)
                for each in page.objects
                if (chunk := parse_chunk_key(each.key)) is not None
            ]
        )


async def _walk(
    parts: RepositoryParts, pages: Ledger, number: int, found: FoundRepository, rebuilt: Rebuilt
) -> None:
    carrier = DirectCarrier(parts, found.record, found.record.opened(found.keys), IDENTITY)

    async def claim(named: Sequence[Named]) -> Sequence[Named]:
        return pages.claim(number, named)

    async def open_nodes(batch: Sequence[Named]) -> Sequence[Named]:
        named: list[Named] = []
        results = await read_chunks(carrier, [node.chunk for node in batch])
        for node, result in zip(batch, results, strict=True):
            try:
                if isinstance(result, Wrong | Unread):
                    raise DamagedNodeError(result.detail)  # noqa: TRY301 -- told as the other is
                named += named_by(result.content, node)
                pages.note_size(number, node.id, len(result.content))
            except DamagedNodeError as error:
                rebuilt.note_problem(chunk_key(node.chunk), error.detail)
        return named

    await walk(found.roots, claim=claim, open_nodes=open_nodes)


async def _own_by_key(
    parts: RepositoryParts, pages: Ledger, found: Sequence[FoundRepository]
) -> None:
    """Give chunks that no readable commit needs to the locked repositories of their keys."""
    owners = {each.record.key_id: number for number, each in enumerate(found) if each.is_locked}
    after = b""
    while owners and (some := pages.unowned(after, limit=_HEADERS_AT_ONCE)):
        async with together() as group:
            for chunk in some:
                group.start_soon(partial(_own_chunk, parts, pages, owners, chunk))
        after = bytes.fromhex(some[-1])


async def _own_chunk(
    parts: RepositoryParts, pages: Ledger, owners: dict[bytes | None, int], chunk: ChunkId
) -> None:
    try:
        begin = ByteRange(0, frame.HEADER.size)
        async with await parts.store.get(chunk_key(chunk), byte_range=begin) as reader:
            header = frame.read_header(await reader.read())
    except (DamagedFrameError, InvalidRangeError, ObjectNotFoundError):
        return
    owner = owners.get(header.key_id)
    if owner is not None:
        pages.claim(owner, [Named(bytes.fromhex(chunk), None, None, header.size)])


async def _write(
    parts: RepositoryParts,
    pages: Ledger,
    number: int,
    found: FoundRepository,
    rebuilt: Rebuilt,
    *,
    dry_run: bool,
) -> None:
    async with _transaction(parts, dry_run=dry_run) as tx:
        record = await _put_record(tx, found, rebuilt)
        if record is None:
            return
        if await chunk_rows.lock(tx, record.number) != record.generation:
            rebuilt.note_problem(repository_key(record.id), "it was changed meanwhile: once more")
            return
        await _put_commits(tx, record.number, found, rebuilt)
        before = (await catalog.filled(tx, record.number)).chunks
        after = b""
        while some := pages.owned(number, after, limit=_CHUNKS_AT_ONCE):
            await chunk_rows.take_in(tx, record.number, some)
            after = bytes.fromhex(some[-1].id)
        rebuilt.chunks += (await catalog.filled(tx, record.number)).chunks - before
        await _put_refs(parts, tx, record, found, rebuilt)


@asynccontextmanager
async def _transaction(parts: RepositoryParts, *, dry_run: bool) -> AsyncGenerator[Transaction]:
    """Open a transaction, which a dry run undoes."""
    with suppress(_UndoneError):
        async with parts.database.transaction() as tx:
            yield tx
            if dry_run:
                raise _UndoneError


async def _put_record(
    tx: Transaction, found: FoundRepository, rebuilt: Rebuilt
) -> RepositoryRecord | None:
    if not found.is_new:
        return found.record
    number = await catalog.insert(tx, found.record)
    if number is None:
        detail = f"{found.record.owner} has another repository called {found.record.name}"
        rebuilt.note_problem(repository_key(found.record.id), detail)
        return None
    await catalog.note_mirrored(tx, number, found.document.generation)
    rebuilt.repositories += 1
    return replace(found.record, number=number)


async def _put_commits(
    tx: Transaction, number: RepositoryNumber, found: FoundRepository, rebuilt: Rebuilt
) -> None:
    known = await ref_rows.known_commits(tx, number, list(found.commits))
    for commit, row in found.commits.items():
        if commit not in known:
            await ref_rows.put_commit(tx, number, row)
            rebuilt.commits += 1


async def _put_refs(
    parts: RepositoryParts,
    tx: Transaction,
    record: RepositoryRecord,
    found: FoundRepository,
    rebuilt: Rebuilt,
) -> None:
    """Have each ref lead to the later of what the database and the document say, or keep both."""
    if record.generation > found.document.generation:
        return  # what the document does not know yet was changed on purpose
    there = {ref.name: ref.commit for ref in await ref_rows.refs(tx, record.number)}
    told: dict[RefName, CommitHash] = {}
    for ref in found.document.refs:
        try:
            name = RefName(RefKind(ref.kind), ref.name)
        except IllegalRefError as error:
            rebuilt.note_problem(repository_key(record.id), error.detail)
            continue
        here, to = there.get(name), CommitHash(ref.commit)
        told[name] = to
        after = later(found.commits, found.lost, here, to)
        if here is not None and here in found.lost and after == to != here:
            rebuilt.note_problem(
                manifest_key(record.id, here),
                f"the {name.kind.value} {name.name} led to it, and leads to {to} as in the store",
            )
        if here is not None and after is None:
            # It stays where the database has it: that is what people see, stand on and commit
            # after, and nothing is moved back under them.
            tag = tag_for(name, to)
            rebuilt.note_parted(record.name, name, stays=here, other=to, kept_as=tag)
            name, after = tag, to
        if after is not None and there.get(name) != after:
            await ref_rows.put_ref(
                tx, record.number, name, after, by=ref.updated_by, now=ref.updated_at
            )
            there[name] = after
            rebuilt.refs += 1
    if record.generation < found.document.generation or there != told:
        await _catch_up(tx, record, found.document)
        tx.on_commit(lambda: mirror(parts, record.id))


async def _catch_up(
    tx: Transaction, record: RepositoryRecord, document: RepositoryDocument
) -> None:
    """Have a database that was itself restored go on where the document is."""
    is_same_secret = document.key_id == (record.key_id.hex() if record.key_id else None)
    is_newer = document.generation > record.generation
    slots = document.slots if is_newer and is_same_secret else record.slots
    await catalog.catch_up(tx, record.number, slots=slots, generation=document.generation)


async def _hand_over_unowned(
    parts: RepositoryParts,
    pages: Ledger,
    found: Sequence[FoundRepository],
    rebuilt: Rebuilt,
    *,
    dry_run: bool,
) -> None:
    """Have the collector look at chunks that nobody needs, as at what a push left behind.

    Not with a problem: what could not be read may be what needs them.
    """
    after = b""
    while some := pages.unowned(after, limit=_CHUNKS_AT_ONCE):
        after = bytes.fromhex(some[-1])
        rebuilt.unowned += len(some)
        if dry_run or rebuilt.problems_count or rebuilt.missing:
            continue
        async with parts.database.transaction() as tx:
            record = await catalog.by_id(tx, found[0].record.id) if found else None
            if record is not None:
                await push_rows.reserve(
                    tx,
                    record.number,
                    reservation=parts.new_id(),
                    push=UUID(int=0),
                    keys=[chunk_key(chunk) for chunk in some],
                    now=parts.clock(),
                )


async def _silent(_done: int, _total: int | None) -> None:
    return None
