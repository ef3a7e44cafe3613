"""A file added 20 levels deep: our delta beside the recomputation of the specification.

    .venv/bin/python -m benchmarks.folder_sizes [rows …]

Both run on the same rows of the same embedded PostgreSQL, in turns, each undone.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path
from uuid import UUID

from keyshelf.database.embedded import EmbeddedPostgres
from keyshelf.database.migrate import migrate
from keyshelf.database.pool import Database, DatabaseOptions
from keyshelf.database.transactions import Transaction

DEPTH = 20
ROUNDS = 40
SLOW_ROUNDS = 3

RECOMPUTED_UP_TO = 100_000
"""Past this the recomputation takes minutes an upload: it is not run."""

# A chain of folders, each holding its share of the files.
FILL = """
WITH RECURSIVE chain (id, parent_id, level) AS (
    SELECT gen_random_uuid(), NULL::uuid, 1
    UNION ALL
    SELECT gen_random_uuid(), id, level + 1 FROM chain WHERE level < %(depth)s
), folders AS (
    INSERT INTO files (id, s3_key, filename, owner_id, parent_id, is_folder, search_name, sort_name)
    SELECT id, 'o/my-files/chain/' || level || '/', 'level ' || level, 'o', parent_id, true, '', ''
    FROM chain RETURNING id, filename
)
INSERT INTO files (s3_key, filename, owner_id, parent_id, size, search_name, sort_name)
SELECT 'o/my-files/file ' || n, 'file ' || n, 'o', c.id, 1000, '', ''
FROM generate_series(1, %(rows)s) n
JOIN chain c ON c.level = 1 + n %% %(depth)s
"""

SIZES = """
WITH own AS (
    SELECT f.id, f.filename, (
        SELECT count(*) * 1000 FROM files c WHERE c.parent_id = f.id AND NOT c.is_folder
    ) AS bytes
    FROM files f WHERE f.is_folder
), below AS (
    SELECT id, sum(bytes) OVER (ORDER BY substr(filename, 7)::int DESC) AS bytes FROM own
)
UPDATE files f SET size = below.bytes FROM below WHERE f.id = below.id
"""


async def add_file(tx: Transaction, parent: UUID, update: str) -> float:
    began = time.perf_counter()
    await tx.execute(
        """
        INSERT INTO files (s3_key, filename, owner_id, parent_id, size, search_name, sort_name)
        VALUES ('o/my-files/new', 'new', 'o', %(parent)s, 1000, '', '')
        """,
        {"parent": parent},
    )
    if update == "delta":
        await tx.execute("SELECT add_to_folder_sizes(%(parent)s, 1000)", {"parent": parent})
    else:
        await tx.execute("SELECT propagate_folder_sizes(%(parent)s)", {"parent": parent})
    seconds = time.perf_counter() - began
    await tx.execute("DELETE FROM files WHERE s3_key = 'o/my-files/new'")
    if update == "delta":
        await tx.execute("SELECT add_to_folder_sizes(%(parent)s, -1000)", {"parent": parent})
    return seconds


async def measure(database: Database, rows: int) -> tuple[float, float | None]:
    async with database.transaction() as tx:
        await tx.execute("TRUNCATE files CASCADE")
        await tx.execute(FILL, {"rows": rows, "depth": DEPTH})
        deepest = await tx.value(
            "SELECT id FROM files WHERE is_folder AND filename = %(name)s",
            {"name": f"level {DEPTH}"},
        )
        await tx.execute("ANALYZE files")
        await tx.execute(SIZES)
    async with database.transaction() as tx:
        await tx.execute("ANALYZE files")
    delta: list[float] = []
    recomputed: list[float] = []
    for round_number in range(ROUNDS):
        async with database.transaction() as tx:
            delta.append(await add_file(tx, deepest, "delta"))
        if round_number < SLOW_ROUNDS and rows <= RECOMPUTED_UP_TO:
            async with database.transaction() as tx:
                recomputed.append(await add_file(tx, deepest, "recompute"))
    return statistics.median(delta[3:]), statistics.median(recomputed) if recomputed else None


async def main(sizes: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with (
            await EmbeddedPostgres.start(Path(folder) / "postgres") as server,
            await Database.open(DatabaseOptions(url=server.url)) as database,
        ):
            await migrate(database)
            results = {rows: await measure(database, rows) for rows in sizes}
    print(f"A file added {DEPTH} levels deep, with the sizes of all folders above it")
    print(f"{'files':>10}  {'delta':>12}  {'recomputed':>12}  {'ratio':>9}")
    for rows, (delta, recomputed) in results.items():
        slow = f"{recomputed * 1e3:>9.1f} ms" if recomputed else f"{'not run':>12}"
        ratio = f"{recomputed / delta:>8,.0f}x" if recomputed else ""
        print(f"{rows:>10,}  {delta * 1e3:>9.2f} ms  {slow}  {ratio}")
    first, last = sizes[0], sizes[-1]
    print(f"delta at {last:,} / delta at {first:,}: {results[last][0] / results[first][0]:.2f}")


if __name__ == "__main__":
    asyncio.run(main([int(each) for each in sys.argv[1:]] or [10_000, 100_000, 1_000_000]))
