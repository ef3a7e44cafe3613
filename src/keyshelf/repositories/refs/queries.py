"""Statements on refs and commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from keyshelf.database.transactions import ReadTransaction, Row, Transaction
from keyshelf.layout.repository import CommitHash
from keyshelf.repositories.catalog.values import RepositoryNumber
from keyshelf.repositories.refs.values import RefSummary
from keyshelf.repositories.values import Ref, RefKind, RefName

_REF: LiteralString = "kind, name, encode(commit_hash, 'hex') AS hash, updated_at, updated_by"


@dataclass(frozen=True, slots=True)
class CommitRow:
    """What the database knows of a commit: nothing that an encrypted one would hide."""

    hash: CommitHash
    parents: Sequence[CommitHash]
    generation: int
    files: int
    bytes: int
    written_at: datetime


async def summaries(
    tx: ReadTransaction, numbers: Sequence[RepositoryNumber]
) -> dict[RepositoryNumber, RefSummary]:
    """Return what refs some repositories have; none for those without."""
    rows = await tx.all(
        """
        SELECT repository,
            count(*) FILTER (WHERE kind = 'branch') AS branches,
            count(*) FILTER (WHERE kind = 'tag') AS tags,
            coalesce(
                min(name) FILTER (WHERE kind = 'branch' AND name = 'main'),
                min(name) FILTER (WHERE kind = 'branch')
            ) AS default_branch
        FROM repository_refs WHERE repository = ANY(%(numbers)s) GROUP BY repository
        """,
        {"numbers": list(numbers)},
    )
    return {
        RepositoryNumber(row["repository"]): RefSummary(
            row["branches"], row["tags"], row["default_branch"]
        )
        for row in rows
    }


async def refs(tx: ReadTransaction, number: RepositoryNumber) -> list[Ref]:
    """Return all branches and tags."""
    sql: LiteralString = f"""
        SELECT {_REF} FROM repository_refs WHERE repository = %(number)s ORDER BY kind, name
    """
    return [_ref(row) for row in await tx.all(sql, {"number": number})]


async def ref(tx: ReadTransaction, number: RepositoryNumber, name: RefName) -> Ref | None:
    """Return one ref."""
    sql: LiteralString = f"""
        SELECT {_REF} FROM repository_refs
        WHERE repository = %(number)s AND kind = %(kind)s AND name = %(name)s
    """
    row = await tx.one(sql, {"number": number, "kind": name.kind, "name": name.name})
    return _ref(row) if row else None


async def begin_change(tx: Transaction, number: RepositoryNumber) -> int:
    """Lock a repository for a change that its mirror tells; returns the new generation."""
    generation: int = await tx.value(
        """
        UPDATE repositories SET generation = generation + 1 WHERE number = %(number)s
        RETURNING generation
        """,
        {"number": number},
    )
    return generation


async def put_ref(
    tx: Transaction,
    number: RepositoryNumber,
    name: RefName,
    commit: CommitHash,
    *,
    by: str,
    now: datetime,
) -> None:
    """Make a ref or move it."""
    await tx.execute(
        """
        INSERT INTO repository_refs (repository, kind, name, commit_hash, updated_at, updated_by)
        VALUES (%(number)s, %(kind)s, %(name)s, %(commit)s, %(now)s, %(by)s)
        ON CONFLICT (repository, kind, name) DO UPDATE
            SET commit_hash = excluded.commit_hash, updated_at = excluded.updated_at,
                updated_by = excluded.updated_by
        """,
        {
            "number": number,
            "kind": name.kind,
            "name": name.name,
            "commit": bytes.fromhex(commit),
            "now": now,
            "by": by,
        },
    )


async def drop_ref(tx: Transaction, number: RepositoryNumber, name: RefName) -> None:
    """Remove a ref."""
    await tx.execute(
        """
        DELETE FROM repository_refs
        WHERE repository = %(number)s AND kind = %(kind)s AND name = %(name)s
        """,
        {"number": number, "kind": name.kind, "name": name.name},
    )


async def put_commit(tx: Transaction, number: RepositoryNumber, commit: CommitRow) -> None:
    """Add a commit whose manifest is stored; a condemned one stays after all."""
    await tx.execute(
        """
        INSERT INTO repository_commits AS c (
            repository, hash, parents, generation, files, bytes, written_at
        ) VALUES (
            %(number)s, %(hash)s, %(parents)s, %(generation)s, %(files)s, %(bytes)s, %(written)s
        ) ON CONFLICT (repository, hash) DO UPDATE
            SET condemned_at = NULL, condemned_epoch = NULL WHERE c.condemned_at IS NOT NULL
        """,
        {
            "number": number,
            "hash": bytes.fromhex(commit.hash),
            "parents": [bytes.fromhex(parent) for parent in commit.parents],
            "generation": commit.generation,
            "files": commit.files,
            "bytes": commit.bytes,
            "written": commit.written_at,
        },
    )


async def keep_commit(tx: Transaction, number: RepositoryNumber, commit: CommitHash) -> bool:
    """Make sure that a commit stays, condemned or not; False when there is none."""
    touched = await tx.execute(
        """
        UPDATE repository_commits SET condemned_at = NULL, condemned_epoch = NULL
        WHERE repository = %(number)s AND hash = %(hash)s
        """,
        {"number": number, "hash": bytes.fromhex(commit)},
    )
    return touched == 1


async def known_commits(
    tx: ReadTransaction, number: RepositoryNumber, commits: Sequence[CommitHash]
) -> set[CommitHash]:
    """Return which of some commits are in a repository."""
    rows = await tx.all(
        """
        SELECT encode(hash, 'hex') AS hash FROM repository_commits
        WHERE repository = %(number)s AND hash = ANY(%(hashes)s)
        """,
        {"number": number, "hashes": [bytes.fromhex(each) for each in commits]},
    )
    return {CommitHash(row["hash"]) for row in rows}


async def commits_between(
    tx: ReadTransaction, number: RepositoryNumber, first: bytes, last: bytes, *, limit: int
) -> list[CommitHash]:
    """Return commits by their hashes, from the first to the last."""
    rows = await tx.all(
        """
        SELECT encode(hash, 'hex') AS hash FROM repository_commits
        WHERE repository = %(number)s AND hash BETWEEN %(first)s AND %(last)s
        ORDER BY hash LIMIT %(limit)s
        """,
        {"number": number, "first": first, "last": last, "limit": limit},
    )
    return [CommitHash(row["hash"]) for row in rows]


def _ref(row: Row) -> Ref:
    return Ref(
        name=RefName(RefKind(row["kind"]), row["name"]),
        commit=CommitHash(row["hash"]),
        updated_at=row["updated_at"],
        updated_by=row["updated_by"],
    )
