"""Reading a drive of up to a million files: a page of a level, a deep page, a search.

    .venv/bin/python -m benchmarks.lists [files …]

One folder holds a tenth of the files; the rest lie in folders of 1,000.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from keyshelf.database.embedded import EmbeddedPostgres
from keyshelf.database.migrate import migrate
from keyshelf.database.pool import Database, DatabaseOptions
from keyshelf.drive.lists import service as lists
from keyshelf.drive.lists.service import Paging, SearchQuery
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.values import Page, Sort, Target, Viewer
from keyshelf.jobs.rows_queue import RowsQueue
from keyshelf.jobs.service import Jobs
from keyshelf.layout.drive import OwnerId
from keyshelf.store.memory import MemoryStore

ROUNDS = 9
VIEWER = Viewer(id="o", own=OwnerId("o"))

FILL = """
WITH folders AS (
    INSERT INTO files (s3_key, filename, owner_id, is_folder, search_name, sort_name)
    SELECT 'o/my-files/folder ' || n || '/', 'folder ' || n, 'o', true, 'folder ' || n,
        'folder ' || lpad(n::text, 9, '0')
    FROM generate_series(0, %(files)s / 1000) n RETURNING id, filename
)
INSERT INTO files (s3_key, filename, owner_id, parent_id, size, search_name, sort_name)
SELECT 'o/my-files/' || f.filename || '/img_' || n || '.jpg', 'IMG_' || n || '.jpg', 'o', f.id,
    n %% 100000, 'img_' || n || '.jpg', 'img_' || lpad(n::text, 9, '0')
FROM generate_series(1, %(files)s) n
JOIN folders f ON f.filename = 'folder ' || CASE WHEN n %% 10 = 0 THEN 0 ELSE n / 1000 END
"""


async def milliseconds(ask: Callable[[], Awaitable[object]]) -> float:
    times: list[float] = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await ask()
        times.append(time.perf_counter() - began)
    return statistics.median(times[2:]) * 1e3


async def measure(database: Database, files: int) -> list[float]:
    async with database.transaction() as tx:
        await tx.execute("TRUNCATE files CASCADE")
        await tx.execute(FILL, {"files": files})
    async with database.transaction() as tx:
        await tx.execute("ANALYZE files")
        large = await tx.value("SELECT id FROM files WHERE filename = 'folder 0'")
    parts = DriveParts(database, MemoryStore(), Jobs(RowsQueue(database)))
    cursor: str | None = None
    for _ in range(max(1, files // 10 // 500 // 2)):
        page = await lists.list_level(
            parts, VIEWER, Target(large), paging=Paging(limit=500, cursor=cursor)
        )
        cursor = page.next_cursor

    async def level(sort: Sort, at: str | None) -> Page:
        return await lists.list_level(
            parts, VIEWER, Target(large), sort=sort, paging=Paging(cursor=at)
        )

    async def search(text: str) -> Page:
        return await lists.search(parts, VIEWER, SearchQuery(text), Paging())

    return [
        await milliseconds(lambda: level(Sort.NAME, None)),
        await milliseconds(lambda: level(Sort.NAME, cursor)),
        await milliseconds(lambda: level(Sort.SIZE, None)),
        await milliseconds(lambda: search("mg_77")),
        await milliseconds(lambda: search("nowhere")),
    ]


async def main(sizes: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with (
            await EmbeddedPostgres.start(Path(folder) / "postgres") as server,
            await Database.open(DatabaseOptions(url=server.url)) as database,
        ):
            await migrate(database)
            results = {files: await measure(database, files) for files in sizes}
    columns = ["by name", "halfway", "by size", "search hits", "search none"]
    print("Pages of 100 from a folder with a tenth of the files, and searches: median ms")
    print(f"{'files':>10}" + "".join(f"{each:>13}" for each in columns))
    for files, row in results.items():
        print(f"{files:>10,}" + "".join(f"{each:>13.1f}" for each in row))


if __name__ == "__main__":
    asyncio.run(main([int(each) for each in sys.argv[1:]] or [10_000, 100_000, 1_000_000]))
