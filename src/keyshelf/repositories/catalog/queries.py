"""Statements on repositories."""

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

import msgspec

from keyshelf.database.transactions import ReadTransaction, Row, Transaction
from keyshelf.layout.drive import OwnerId
from keyshelf.layout.repository import RepositoryId
from keyshelf.repositories.catalog.values import Filled, RepositoryNumber, RepositoryRecord
from keyshelf.repositories.chunking import Cutting
from keyshelf.repositories.formats.slots import Slot
from keyshelf.repositories.values import RepositoryName

_COLUMNS: LiteralString = """
    r.number, r.id, r.owner_id, r.name, r.created_at, r.min_chunk, r.average_chunk, r.max_chunk,
    r.level, r.key_id, r.slots, r.generation, r.chunks, r.chunk_bytes, r.stored_bytes
"""
_COMMITS: LiteralString = """
    (SELECT count(*) FROM repository_commits c
     WHERE c.repository = r.number AND c.condemned_at IS NULL) AS commits,
    -- What commits say of themselves, which adds up to more than a number holds if they lie.
    (SELECT least(coalesce(sum(c.bytes), 0), 9223372036854775807)::bigint
     FROM repository_commits c
     WHERE c.repository = r.number AND c.condemned_at IS NULL) AS logical_bytes,
    (SELECT max(f.updated_at) FROM repository_refs f WHERE f.repository = r.number) AS changed_at
"""


async def insert(tx: Transaction, record: RepositoryRecord) -> RepositoryNumber | None:
    """Add a repository and return its number; None when its owner has one of the name."""
    row = await tx.one(
        """
        INSERT INTO repositories (
            id, owner_id, name, created_at, min_chunk, average_chunk, max_chunk, level,
            key_id, slots, generation
        ) VALUES (
            %(id)s, %(owner)s, %(name)s, %(created)s, %(min)s, %(average)s, %(max)s, %(level)s,
            %(key_id)s, %(slots)s::jsonb, %(generation)s
        ) ON CONFLICT (owner_id, name) DO NOTHING RETURNING number
        """,
        {
            "id": record.id,
            "owner": record.owner,
            "name": record.name,
            "created": record.created_at,
            "min": record.cutting.min_bytes,
            "average": record.cutting.average_bytes,
            "max": record.cutting.max_bytes,
            "level": record.level,
            "key_id": record.key_id,
            "slots": _slots_text(record.slots),
            "generation": record.generation,
        },
    )
    return RepositoryNumber(row["number"]) if row else None


async def by_id(tx: ReadTransaction, repository: UUID) -> RepositoryRecord | None:
    """Return a repository, whoever's it is."""
    sql: LiteralString = f"SELECT {_COLUMNS} FROM repositories r WHERE r.id = %(id)s"
    row = await tx.one(sql, {"id": repository})
    return _record(row) if row else None


async def known(tx: ReadTransaction, repositories: Sequence[RepositoryId]) -> set[RepositoryId]:
    """Return which of some repositories there are."""
    rows = await tx.all(
        "SELECT id FROM repositories WHERE id = ANY(%(ids)s::uuid[])", {"ids": list(repositories)}
    )
    return {RepositoryId(row["id"]) for row in rows}


async def by_name(
    tx: ReadTransaction, name: str, owners: Sequence[OwnerId]
) -> list[RepositoryRecord]:
    """Return what some owners call so, in the order of `owners`."""
    sql: LiteralString = f"""
        SELECT {_COLUMNS} FROM repositories r
        WHERE r.name = %(name)s AND r.owner_id = ANY(%(owners)s)
        ORDER BY array_position(%(owners)s, r.owner_id)
    """
    rows = await tx.all(sql, {"name": name, "owners": [str(each) for each in owners]})
    return [_record(row) for row in rows]


async def visible(
    tx: ReadTransaction, owners: Sequence[OwnerId], *, after: tuple[str, int], limit: int
) -> list[tuple[RepositoryRecord, Filled]]:
    """Return repositories of some owners with what they hold, by name after a place."""
    sql: LiteralString = f"""
        SELECT {_COLUMNS}, {_COMMITS} FROM repositories r
        WHERE r.owner_id = ANY(%(owners)s) AND (r.name, r.number) > (%(name)s, %(number)s)
        ORDER BY r.name, r.number LIMIT %(limit)s
    """
    rows = await tx.all(
        sql,
        {
            "owners": [str(each) for each in owners],
            "name": after[0],
            "number": after[1],
            "limit": limit,
        },
    )
    return [(_record(row), _filled(row)) for row in rows]


async def everybodys(
    tx: ReadTransaction, *, after: tuple[str, int], limit: int
) -> list[tuple[RepositoryRecord, Filled]]:
    """Return repositories, whoever's they are, with what they hold, by name after a place."""
    sql: LiteralString = f"""
        SELECT {_COLUMNS}, {_COMMITS} FROM repositories r
        WHERE (r.name, r.number) > (%(name)s, %(number)s)
        ORDER BY r.name, r.number LIMIT %(limit)s
    """
    rows = await tx.all(sql, {"name": after[0], "number": after[1], "limit": limit})
    return [(_record(row), _filled(row)) for row in rows]


async def filled(tx: ReadTransaction, number: RepositoryNumber) -> Filled:
    """Return what a repository holds."""
    sql: LiteralString = f"""
        SELECT {_COLUMNS}, {_COMMITS} FROM repositories r WHERE r.number = %(number)s
    """
    row = await tx.one(sql, {"number": number})
    return _filled(row) if row else Filled()


async def update(
    tx: Transaction, number: RepositoryNumber, *, name: str, slots: Sequence[Slot], after: int
) -> bool:
    """Change name and key slots in a change that was begun; False if `after` was not before it."""
    touched = await tx.execute(
        """
        UPDATE repositories SET name = %(name)s, slots = %(slots)s::jsonb
        WHERE number = %(number)s AND generation = %(after)s + 1
        """,
        {"number": number, "name": name, "slots": _slots_text(slots), "after": after},
    )
    return touched == 1


async def catch_up(
    tx: Transaction, number: RepositoryNumber, *, slots: Sequence[Slot], generation: int
) -> None:
    """Go on where a newer document is; the next generation is to be mirrored."""
    await tx.execute(
        """
        UPDATE repositories SET slots = %(slots)s::jsonb, generation = %(generation)s + 1
        WHERE number = %(number)s
        """,
        {"number": number, "slots": _slots_text(slots), "generation": generation},
    )


async def unmirrored(tx: ReadTransaction, *, limit: int) -> list[RepositoryId]:
    """Return repositories whose mirror in the store is behind."""
    rows = await tx.all(
        "SELECT id FROM repositories WHERE mirrored_generation < generation LIMIT %(limit)s",
        {"limit": limit},
    )
    return [RepositoryId(row["id"]) for row in rows]


async def note_mirrored(tx: Transaction, number: RepositoryNumber, generation: int) -> None:
    """Note that the mirror tells at least a generation."""
    await tx.execute(
        """
        UPDATE repositories SET mirrored_generation = %(generation)s
        WHERE number = %(number)s AND mirrored_generation < %(generation)s
        """,
        {"number": number, "generation": generation},
    )


def _record(row: Row) -> RepositoryRecord:
    return RepositoryRecord(
        number=RepositoryNumber(row["number"]),
        id=RepositoryId(row["id"]),
        owner=OwnerId(row["owner_id"]),
        name=RepositoryName(row["name"]),
        created_at=row["created_at"],
        cutting=Cutting(row["min_chunk"], row["average_chunk"], row["max_chunk"]),
        level=row["level"],
        key_id=row["key_id"],
        slots=tuple(msgspec.convert(row["slots"], list[Slot])),
        generation=row["generation"],
    )


def _filled(row: Row) -> Filled:
    return Filled(
        commits=row["commits"],
        logical_bytes=row["logical_bytes"],
        chunks=row["chunks"],
        chunk_bytes=row["chunk_bytes"],
        stored_bytes=row["stored_bytes"],
        changed_at=row["changed_at"],
    )


def _slots_text(slots: Sequence[Slot]) -> str:
    return msgspec.json.encode(list(slots)).decode()
