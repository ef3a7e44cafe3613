"""The reverse of backfill: rows whose object is gone."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from keyshelf.concurrency import for_each, read_ahead
from keyshelf.drive.backfill import queries
from keyshelf.drive.backfill.queries import FileRow
from keyshelf.drive.parts import DriveParts
from keyshelf.store.base import ListPage
from keyshelf.store.errors import ObjectNotFoundError

MAX_MISSING = 10_000
"""How many missing objects a report names; all are counted."""
_ASKED_AT_ONCE = 1000


@dataclass(slots=True)
class MissingReport:
    """What was compared, and which files have no bytes."""

    checked: int = 0
    missing_count: int = 0
    missing: list[FileRow] = field(default_factory=list[FileRow])


async def find_missing(parts: DriveParts, *, prefix: str = "") -> MissingReport:
    """Compare the files under a prefix, trashed ones too, with the listing of the store.

    Nothing is changed. A file is named only when asking the store for its very
    object says that there is none, so that one which moved meanwhile is not.
    """
    report = MissingReport()
    suspects: list[FileRow] = []
    async with (
        parts.database.read() as tx,
        read_ahead(parts.store.list(prefix), items=2) as pages,
    ):
        listed = _keys(pages)
        key = await anext(listed, None)
        async for row in queries.ready_files(tx, prefix):
            report.checked += 1
            while key is not None and key < row.key:
                key = await anext(listed, None)
            if key != row.key:
                suspects.append(row)
            if len(suspects) == _ASKED_AT_ONCE:
                await _confirm(parts, suspects, report)
                suspects.clear()
    await _confirm(parts, suspects, report)
    return report


async def _keys(pages: AsyncIterator[ListPage]) -> AsyncIterator[str]:
    async for page in pages:
        for meta in page.objects:
            yield meta.key


async def _confirm(parts: DriveParts, suspects: Sequence[FileRow], report: MissingReport) -> None:
    gone: list[FileRow] = []

    async def ask(row: FileRow) -> None:
        try:
            await parts.store.head(row.key)
        except ObjectNotFoundError:
            gone.append(row)

    await for_each(suspects, ask, at_once=parts.options.copies_at_once)
    # Asked of the database last: a row that has another key by now has moved.
    async with parts.database.read() as tx:
        still = await queries.still_at(tx, gone)
    missing = sorted((row for row in gone if row.id in still), key=lambda row: row.key)
    report.missing_count += len(missing)
    report.missing.extend(missing[: MAX_MISSING - len(report.missing)])
