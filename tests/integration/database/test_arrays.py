"""Arrays that are spelled here come to the server as they are."""

import pytest

from keyshelf.database import arrays
from keyshelf.database.pool import Database

pytestmark = [pytest.mark.anyio, pytest.mark.services]


@pytest.mark.parametrize(
    "texts", [[], [""], ["", "NULL", "a,b", 'a"b', "a\\b", "{a}", " a ", "a\nb", "\N{SNOWMAN}"]]
)
async def test_texts_come_as_they_are(database: Database, texts: list[str]) -> None:
    async with database.read() as tx:
        assert await tx.value("SELECT %(a)s::text[]", {"a": arrays.of_texts(texts)}) == texts


@pytest.mark.parametrize("items", [[], [b""], [b"", b"\0\xff", b"abc"]])
async def test_bytes_come_as_they_are(database: Database, items: list[bytes]) -> None:
    spelled = arrays.of_bytes(item.hex() for item in items)
    async with database.read() as tx:
        assert await tx.value("SELECT %(a)s::bytea[]", {"a": spelled}) == items


@pytest.mark.parametrize("numbers", [[], [0], [-1, 2**31 - 1]])
async def test_numbers_come_as_they_are(database: Database, numbers: list[int]) -> None:
    async with database.read() as tx:
        assert await tx.value("SELECT %(a)s::int[]", {"a": arrays.of_numbers(numbers)}) == numbers
