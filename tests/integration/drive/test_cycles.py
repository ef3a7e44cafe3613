"""A cycle of folders, which only foreign SQL can make: told, and never walked for ever."""

from uuid import UUID

import pytest

from keyshelf.drive.changes import copies, moves
from keyshelf.drive.changes.copies import Copy
from keyshelf.drive.changes.moves import Move
from keyshelf.drive.failures import FolderCycleError
from keyshelf.drive.lists import service as lists
from keyshelf.drive.lists.service import Paging, SearchQuery
from keyshelf.drive.settle.service import settle_batch
from keyshelf.drive.soundness.service import look
from keyshelf.drive.soundness.values import Sample
from keyshelf.drive.trash import service as trash
from keyshelf.drive.values import Target
from keyshelf.errors import Error
from keyshelf.layout.drive import KeyTooLongError
from tests.integration.drive.conftest import ANNA, Drive

pytestmark = pytest.mark.anyio


async def planted_cycle(drive: Drive) -> list[UUID]:
    """Two folders in each other, the second with a folder and a file; changed long ago."""
    one = await drive.folder("one")
    two = await drive.folder("two", one.id)
    hanging = await drive.folder("hanging", two.id)
    file = await drive.file("needle.txt", hanging.id)
    async with drive.parts.database.transaction() as tx:
        await tx.execute(
            "UPDATE files SET parent_id = %(two)s WHERE id = %(one)s",
            {"one": one.id, "two": two.id},
        )
        await tx.execute("UPDATE files SET updated_at = '2020-01-01'")
    await drive.folder("sound")
    return [one.id, two.id, hanging.id, file.id]


async def test_it_is_told_however_long_ago_its_folders_changed(drive: Drive) -> None:
    one, two, *_ = await planted_cycle(drive)

    async with drive.parts.database.read() as tx:
        findings = await look(tx, Sample(folders=1, shown=5))

    assert {each.id for each in findings.cycles} == {one, two}


async def test_every_walk_through_it_ends(drive: Drive) -> None:
    one, two, hanging, file = await planted_cycle(drive)

    page = await lists.search(drive.parts, drive.viewer, SearchQuery("needle"), Paging())
    trail = await lists.breadcrumb(drive.parts, drive.viewer, hanging)
    with pytest.raises(FolderCycleError):
        await moves.move(drive.parts, drive.viewer, one, Move("renamed"))
    with pytest.raises(KeyTooLongError):
        await copies.start_copy(drive.parts, drive.viewer, two, Copy(Target(None)))
    await moves.move(drive.parts, drive.viewer, file, Move("renamed.txt"))
    await settle_batch(drive.parts, ANNA.own, limit=10)
    with pytest.raises(Error, match="own ancestor"):
        await trash.trash(drive.parts, drive.viewer, file)

    assert [each.id for each in page.items] == [file]
    assert len(trail) == 3
