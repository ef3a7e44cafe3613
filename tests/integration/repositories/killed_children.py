"""Processes that commit or collect, each killed by its store at one of its calls.

python -m tests.integration.repositories.killed_children DATABASE_URL STORE_FOLDER DEED...

A deed is `commit:REPOSITORY:METHOD:CALL:before` or `collect:…:after`. Prints a line for each:
how its process ended.
"""

import os
import sys
from datetime import timedelta
from pathlib import Path

import anyio

from keyshelf.database.pool import Database, DatabaseOptions
from keyshelf.repositories import managing
from keyshelf.repositories.gc.service import collect
from keyshelf.repositories.parts import RepositoryOptions, RepositoryParts
from keyshelf.store.disk import DiskStore
from keyshelf.store.disk_options import DiskOptions
from keyshelf.store.faulty import FaultyStore
from tests.integration.repositories.shelf import (
    ANNA,
    Shelf,
    TestClock,
    Tree,
    commit_tree,
)


def second(name: str) -> Tree:
    """Return what a commit to a repository of this name holds, in chunks of its own."""
    return {"a": b"the second of " + name.encode(), "folder/b": b"the same in both"}


async def do(database_url: str, folder: str, deed: str) -> None:
    what, name, method, call, moment = deed.split(":")
    faulty = FaultyStore(DiskStore(Path(folder), DiskOptions(durable=False)))
    faulty.kill(method, call=int(call), after=moment == "after")
    async with await Database.open(DatabaseOptions(url=database_url)) as database:
        clock = TestClock()
        options = RepositoryOptions(url_expiry=timedelta(0))
        parts = RepositoryParts(database=database, store=faulty, options=options, clock=clock)
        record = await managing.find(parts, name, [ANNA])
        if what == "commit":
            await commit_tree(Shelf(parts, clock).carrier(record), second(name))
        else:
            await collect(parts, record, None, grace=timedelta(0))


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
