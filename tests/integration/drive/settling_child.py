"""A process that makes objects follow their names until it is killed or done.

python -m tests.integration.drive.settling_child DATABASE_URL STORE_FOLDER OWNER
"""

import sys
from pathlib import Path

import anyio

from keyshelf.database.pool import Database, DatabaseOptions
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.settle.deletions import delete_noted
from keyshelf.drive.settle.service import settle_batch
from keyshelf.jobs.rows_queue import RowsQueue
from keyshelf.jobs.service import Jobs
from keyshelf.layout.drive import OwnerId
from keyshelf.store.disk import DiskStore
from keyshelf.store.disk_options import DiskOptions


async def main(database_url: str, folder: str, owner: str) -> None:
    async with await Database.open(DatabaseOptions(url=database_url)) as database:
        store = DiskStore(Path(folder), DiskOptions(durable=False))
        parts = DriveParts(database=database, store=store, jobs=Jobs(RowsQueue(database)))
        print("working", flush=True)
        while (await settle_batch(parts, OwnerId(owner), limit=200)).progressed:
            pass
        await delete_noted(parts)


if __name__ == "__main__":
    database_url, folder, owner = sys.argv[1:]
    anyio.run(main, database_url, folder, owner)
