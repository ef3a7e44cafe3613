"""Processes that commit, collect or check out, each killed by its store at one of its calls.

python -m tests.integration.repositories.killed_children DATABASE_URL FOLDER DEED...

A deed is `commit:REPOSITORY:METHOD:CALL:before` or `collect:…:after` or `checkout:…`. Prints
a line for each: how its process ended.
"""

import os
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import anyio

from keyshelf.database.pool import Database, DatabaseOptions
from keyshelf.repositories import managing
from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.gc.service import collect
from keyshelf.repositories.parts import RepositoryOptions, RepositoryParts
from keyshelf.store.disk import DiskStore
from keyshelf.store.disk_options import DiskOptions
from keyshelf.store.faulty import FaultyStore
from tests.integration.repositories.folders import check_out_folder, commit_folder
from tests.integration.repositories.shelf import ANNA, Shelf, TestClock


async def act(shelf: Shelf, what: str, name: str, base: Path) -> None:
    """Do to a repository what can be interrupted; its folder and cache are below `base`."""
    record = await managing.find(shelf.parts, name, [ANNA])
    with closing(FolderCache.open(base / f"{name}.cache")) as cache:
        match what:
            case "commit":
                await commit_folder(shelf, record, base / name, cache)
            case "checkout":
                await check_out_folder(shelf, record, base / name, cache)
            case _:
                await collect(shelf.parts, record, None, grace=timedelta(0))


async def do(database_url: str, folder: str, deed: str) -> None:
    what, name, method, call, moment = deed.split(":")
    base = Path(folder)
    faulty = FaultyStore(DiskStore(base / "store", DiskOptions(durable=False)))
    faulty.kill(method, call=int(call), after=moment == "after")
    async with await Database.open(DatabaseOptions(url=database_url)) as database:
        clock = TestClock()
        options = RepositoryOptions(url_expiry=timedelta(0))
        parts = RepositoryParts(database=database, store=faulty, options=options, clock=clock)
        await act(Shelf(parts, clock), what, name, base)


def main(database_url: str, folder: str, *deeds: str) -> None:
    for deed in deeds:
        # Forked before there is any thread or loop: a new interpreter takes much longer.
        child = os.fork()
        if not child:
            anyio.run(do, database_url, folder, deed)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
