"""Collecting garbage: plan, wait, then act, without stopping anybody.

What nothing leads to is condemned: pushes that begin later are told that it is missing.
It goes when the grace is over, every push has ended that may have been told otherwise,
and still nothing leads to it. Commits go before chunks, rows before objects.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from keyshelf.layout.repository import ChunkId, chunk_key
from keyshelf.repositories.catalog.values import RepositoryNumber, RepositoryRecord
from keyshelf.repositories.deleting import queries as notes
from keyshelf.repositories.deleting.service import delete_noted
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.gc.blaming import blamed
from keyshelf.repositories.gc.marking import marking
from keyshelf.repositories.gc.run import OnProgress, Run
from keyshelf.repositories.gc.values import Collected, Deletion
from keyshelf.repositories.mirroring import require_not_behind
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.pushes import queries as push_rows
from keyshelf.repositories.references import BrokenHistoryError
from keyshelf.repositories.stats.service import write_snapshot
from keyshelf.repositories.unknown import require_all_known
from keyshelf.repositories.unlocking import RepositoryLockedError

_RESERVATIONS_AT_ONCE = 100


async def collect(
    parts: RepositoryParts,
    record: RepositoryRecord,
    keys: Keys | None,
    *,
    grace: timedelta | None = None,
    dry_run: bool = False,
    on_progress: OnProgress | None = None,
) -> Collected:
    """Condemn what nothing leads to, and delete what was condemned before the grace.

    At the end it writes what is left beside the chunks, as statistics and Bloom filter.
    A dry run changes nothing and returns what the run would do. Raises
    `RepositoryLockedError` without the keys of an encrypted repository,
    `UnknownRepositoryError` while the store has one that the database does not know,
    `DatabaseBehindError` while it has a later state of this one, and
    `BrokenHistoryError` when something cannot be read, which names it and a branch or tag
    that leads there: nothing was condemned or deleted then, and no chunk if only a condemned
    commit leads there, until that goes. Safe at any time and twice at once; stopped
    anywhere, the next run goes on.
    """
    grace = parts.options.grace if grace is None else grace
    async with _run(parts, record, keys, grace, on_progress) as run:
        if dry_run:
            return await run.look()
        collected = await run.act()
    await note_left(parts, record.number)
    async with parts.database.transaction() as tx:
        await notes.retry_failed(tx)
    await delete_noted(parts)
    await write_snapshot(parts, record.id)
    return collected


async def delete_chunks(
    parts: RepositoryParts, record: RepositoryRecord, keys: Keys | None, ids: Sequence[ChunkId]
) -> Mapping[ChunkId, Deletion]:
    """Delete those of some chunks that nothing leads to, at once; returns what became of each.

    Raises as `collect`.
    """
    async with _run(parts, record, keys, timedelta(0), None) as run:
        results = await run.delete(ids)
    gone = [chunk_key(each) for each, became in results.items() if became is Deletion.DELETED]
    await delete_noted(parts, gone)
    return results


async def note_left(parts: RepositoryParts, number: RepositoryNumber | None = None) -> int:
    """Note what pushes reserved and left behind, of one repository or of all.

    Returns how many objects were noted. Somebody may have been given an address of such
    an object, and can write it for as long as that is good: it is noted after that.
    """
    noted = 0
    before = parts.clock() - parts.options.url_expiry
    while True:
        async with parts.database.transaction() as tx:
            left = await push_rows.take_left(tx, number, before=before, limit=_RESERVATIONS_AT_ONCE)
            if left is None:
                return noted
            await notes.note(tx, left, now=parts.clock())
            noted += len(left)


@asynccontextmanager
async def _run(
    parts: RepositoryParts,
    record: RepositoryRecord,
    keys: Keys | None,
    grace: timedelta,
    on_progress: OnProgress | None,
) -> AsyncGenerator[Run]:
    if record.is_encrypted and keys is None:
        raise RepositoryLockedError(
            "the repository is encrypted: what its commits lead to is read with its passphrase"
        )
    await require_all_known(parts)
    await require_not_behind(parts.of_primary, record)
    report = on_progress or _silent
    now = parts.clock()
    async with marking(parts, record, keys, lambda nodes: report(nodes, None)) as marks:
        try:
            yield Run(parts, record, marks, now, now - grace, report)
        except BrokenHistoryError as error:
            raise await blamed(marks.reader, error) from error


async def _silent(_done: int, _total: int | None) -> None:
    return None
