"""Searching by name, and rows that were written before all letters were typed as people do."""

import pytest

from keyshelf.database.migrate import load
from keyshelf.drive.lists import service as lists
from keyshelf.drive.lists.service import Paging, SearchQuery
from keyshelf.layout.names import LETTERS, search_form, sort_form
from tests.integration.drive.conftest import Drive

pytestmark = pytest.mark.anyio


async def found(drive: Drive, text: str) -> list[str]:
    page = await lists.search(drive.parts, drive.viewer, SearchQuery(text), Paging())
    return [each.filename for each in page.items]


async def test_letters_without_an_accent_to_lose_are_found_as_typed(drive: Drive) -> None:
    await drive.file("Øre ł.zip")
    await drive.file("Ærø.jpg")

    assert await found(drive, "ore l") == await found(drive, "ØRE Ł") == ["Øre ł.zip"]
    assert await found(drive, "aero") == ["Ærø.jpg"]


async def test_the_migration_mends_rows_as_they_are_written_anew(drive: Drive) -> None:
    names = [f"x{chr(code)}é.{chr(code)}" for code in LETTERS] + ["plain.txt"]
    for name in names:
        await drive.file(name)
    async with drive.parts.database.transaction() as tx:
        # As they were: only accents lost, and every letter itself.
        await tx.execute(
            """
            UPDATE files SET search_name = replace(filename, 'é', 'e'),
                sort_name = replace(replace(filename, 'é', 'e'), '.', E'\\x01.')
            """
        )
        (migration,) = [each for each in load() if each.name == "letters"]
        await tx.script(migration.sql)
        rows = await tx.all("SELECT filename, search_name, sort_name, version FROM files")

    assert [row for row in rows if row["search_name"] != search_form(row["filename"])] == []
    assert [row for row in rows if row["sort_name"] != sort_form(row["filename"])] == []
    assert {row["version"] for row in rows} == {1}
