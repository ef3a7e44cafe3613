"""Backfill beside merely listing the same bucket, on a disk and on real S3 servers.

Run `python -m benchmarks.backfill [--objects 100000]`. The aim is twice the time of
listing alone, and memory that does not grow with the number of objects.
"""

import argparse
import multiprocessing
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import anyio

from keyshelf.app.collecting import tune_collector
from keyshelf.database.embedded import EmbeddedOptions, EmbeddedPostgres
from keyshelf.database.migrate import migrate
from keyshelf.database.pool import Database, DatabaseOptions
from keyshelf.drive.backfill.missing import find_missing
from keyshelf.drive.backfill.service import backfill
from keyshelf.drive.parts import DriveParts
from keyshelf.jobs.rows_queue import RowsQueue
from keyshelf.jobs.service import Jobs
from keyshelf.store.base import ObjectStore
from keyshelf.store.opening import StoreOptions, open_store
from tests.servers import s3

FILES_IN_FOLDER = 100
STEPS = ("list", "dry run", "backfill", "again", "missing")
EXTENSIONS = ("jpg", "mp4", "pdf", "wav", "fbx", "txt", "zip", "py", "psd", "docx")


@dataclass(frozen=True)
class Measured:
    """What one run took: wall time, its own processor time, and how its memory grew at most."""

    seconds: float
    cpu_seconds: float
    grown_mib: float


def keys(count: int) -> Iterator[str]:
    """Give keys of ten people; one file in a hundred has no extension, so that it is asked for."""
    for number in range(count):
        folder, file = divmod(number, FILES_IN_FOLDER)
        extension = f".{EXTENSIONS[file % 10]}" if file else ""
        yield (
            f"person-{folder % 10}/my-files/Project {folder // 100}/shots {folder}"
            f"/take {file:03d}{extension}"
        )


def fill(folder: Path, count: int) -> None:
    """Write the objects as plain files, which both the disk store and the servers read."""
    last = None
    for key in keys(count):
        path = folder / key
        if path.parent != last:
            path.parent.mkdir(parents=True, exist_ok=True)
            last = path.parent
        path.write_bytes(b"12345")


async def list_only(store: ObjectStore) -> int:
    """List everything."""
    return sum([len(page.objects) async for page in store.list()])


async def _run(what: str, store_options: StoreOptions, database_url: str, count: int) -> None:
    store = await open_store(store_options)
    async with await Database.open(DatabaseOptions(url=database_url)) as database:
        parts = DriveParts(database=database, store=store, jobs=Jobs(RowsQueue(database)))
        if what == "list":
            found = await list_only(store)
        elif what == "missing":
            found = (await find_missing(parts)).checked
        else:
            result = await backfill(parts, asked_by="benchmark", dry_run=what == "dry run")
            found = result.scanned
            assert not result.errors, result.errors[:3]
    await store.aclose()
    assert found == count, f"{what} found {found} of {count} objects"


def _measure(what: str, store_options: StoreOptions, url: str, count: int) -> Measured:
    tune_collector()  # as the service does
    before = resource.getrusage(resource.RUSAGE_SELF)
    began = time.perf_counter()
    anyio.run(_run, what, store_options, url, count)
    seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(seconds, cpu, (after.ru_maxrss - before.ru_maxrss) / 1024)


async def _empty(url: str) -> None:
    async with (
        await Database.open(DatabaseOptions(url=url)) as database,
        database.transaction() as tx,
    ):
        await tx.execute("TRUNCATE files CASCADE")


async def _migrated(folder: Path) -> EmbeddedPostgres:
    server = await EmbeddedPostgres.start(folder, EmbeddedOptions())
    async with await Database.open(DatabaseOptions(url=server.url)) as database:
        await migrate(database)
    return server


def compare(
    title: str, store_options: StoreOptions, count: int, folder: Path, *, rounds: int
) -> None:
    """Measure one store and print its lines. Each run has a process of its own."""
    postgres = folder / f"postgres-{title}"
    server = anyio.run(_migrated, postgres)
    best: dict[str, Measured] = {}
    try:
        # In turns, and the best of each counts: other work on the machine only adds time.
        for _ in range(rounds):
            anyio.run(_empty, server.url)
            for what in STEPS:
                with multiprocessing.get_context("spawn").Pool(1) as pool:
                    run = pool.apply(_measure, (what, store_options, server.url, count))
                best[what] = min(run, best.get(what, run), key=lambda each: each.seconds)
    finally:
        anyio.run(server.stop)
        shutil.rmtree(postgres, ignore_errors=True)
    for what, run in best.items():
        print(
            f"{title:10} {count:>8,} {what:9} {run.seconds:7.2f} s {run.cpu_seconds:7.2f} s"
            f" {count / run.seconds:>8,.0f}/s {run.seconds / best['list'].seconds:9.2f}"
            f" {run.grown_mib:9.1f} MiB",
            flush=True,
        )


def main() -> None:
    """Measure the stores that are here."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--stores", nargs="+", default=["disk", "versitygw"])
    chosen = parser.parse_args()
    count: int = chosen.objects
    print("store       objects  what           time       cpu       rate   to listing   memory")
    with tempfile.TemporaryDirectory(prefix="keyshelf-benchmark-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)  # the embedded server runs as an account of its own
        if "disk" in chosen.stores:
            fill(folder / "disk", count)
            compare(
                "disk",
                StoreOptions(f"file://{folder / 'disk'}"),
                count,
                folder,
                rounds=chosen.rounds,
            )
            shutil.rmtree(folder / "disk")
        if "versitygw" in chosen.stores and (program := s3.build_versitygw()):
            server = stack.enter_context(s3.versitygw(program, folder))
            options = server.new_bucket()
            fill(folder / "objects" / options.bucket.removeprefix("s3://"), count)
            compare("versitygw", options, count, folder, rounds=chosen.rounds)
        if "rclone" in chosen.stores:
            server = stack.enter_context(s3.rclone(folder))
            options = server.new_bucket()
            fill(folder / "rclone" / options.bucket.removeprefix("s3://"), count)
            compare("rclone", options, count, folder, rounds=chosen.rounds)


if __name__ == "__main__":
    main()
