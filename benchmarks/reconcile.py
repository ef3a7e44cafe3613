"""Reconciling a bucket of a million objects, beside a loop with boto3 that asks of each key.

Run `python -m benchmarks.reconcile [--objects 1000000] [--asked 50000]`. Both list the same
server, which answers from memory, and ask the same PostgreSQL. The loop lists all pages and
selects one row for each key, which finds orphans and wrong sizes; ours finds what is missing
too. It is measured on the first `--asked` keys, or on all with `--asked 0`. The aim is to be
10 times as fast, in memory that does not grow with the number of objects.
"""

import argparse
import multiprocessing
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import anyio
import boto3
import psycopg
from mypy_boto3_s3 import S3Client  # noqa: TC002 -- as in the other benchmarks

from benchmarks import listed_s3
from benchmarks.measuring import alone, taking
from keyshelf.app.collecting import tune_collector
from keyshelf.database.embedded import EmbeddedOptions, EmbeddedPostgres
from keyshelf.database.migrate import migrate
from keyshelf.database.pool import Database, DatabaseOptions
from keyshelf.drive.parts import DriveParts
from keyshelf.jobs.rows_queue import RowsQueue
from keyshelf.jobs.service import Jobs
from keyshelf.operations.reconcile.service import ReconcileParts, reconcile
from keyshelf.operations.reconcile.values import Counts
from keyshelf.store.opening import StoreOptions, open_store
from keyshelf.workflows.reconcile_store import drive_ledger
from tests.servers.process import free_port

HEADING = (
    "                objects       time        cpu         rate       memory"
    "  orphans  missing    sizes"
)
WRONG = 100
"""How many orphans, missing objects and wrong sizes are among the keys."""


@dataclass(frozen=True)
class Measured:
    """What one run took, and found."""

    seconds: float
    cpu_seconds: float
    peak_mib: float
    looked_at: int
    orphans: int
    missing: int
    wrong_sizes: int

    def line(self, name: str) -> str:
        """Return it as a line of the table."""
        return (
            f"{name:12} {self.looked_at:>10,} {self.seconds:8.1f} s {self.cpu_seconds:8.1f} s"
            f" {self.looked_at / self.seconds:>10,.0f}/s {self.peak_mib:8.0f} MiB"
            f" {self.orphans:>8} {self.missing:>8} {self.wrong_sizes:>8}"
        )


def ours(endpoint: str, url: str) -> Measured:
    """Reconcile, as a service does."""
    tune_collector()
    with taking() as took:
        counts = anyio.run(_reconcile, endpoint, url)
    looked = counts.objects
    return Measured(
        took.seconds,
        took.cpu_seconds,
        took.peak_mib,
        looked,
        counts.orphans,
        counts.missing,
        counts.wrong_sizes,
    )


async def _reconcile(endpoint: str, url: str) -> Counts:
    store = await open_store(StoreOptions("s3://b", endpoint, access_key="a", secret_key="b"))
    async with await Database.open(DatabaseOptions(url=url)) as database:
        parts = DriveParts(database=database, store=store, jobs=Jobs(RowsQueue(database)))
        report = await reconcile(ReconcileParts(database), drive_ledger(parts, asked_by="b"))
    await store.aclose()
    return report.counts


def loop(endpoint: str, url: str, asked: int) -> Measured:
    """Do as people do: a paginator, and a SELECT for each key."""
    orphans = wrong_sizes = looked = 0
    with taking() as took, psycopg.connect(url, autocommit=True) as connection:
        client: S3Client = boto3.client(  # pyright: ignore[reportUnknownMemberType] (untyped library)
            "s3",
            endpoint_url=endpoint,
            aws_access_key_id="a",
            aws_secret_access_key="b",
            region_name="us-east-1",
        )
        cursor = connection.cursor()
        for page in client.get_paginator("list_objects_v2").paginate(Bucket="b"):
            for each in page.get("Contents", []):
                cursor.execute(
                    "SELECT size FROM files WHERE s3_key = %s AND NOT is_folder",
                    (each.get("Key"),),
                )
                row = cursor.fetchone()
                orphans += row is None
                wrong_sizes += row is not None and row[0] != each.get("Size")
                looked += 1
            if asked and looked >= asked:
                break
    return Measured(took.seconds, took.cpu_seconds, took.peak_mib, looked, orphans, 0, wrong_sizes)


def fill(url: str, count: int) -> None:
    """Add a row for each key; of some the object has another size, none, or no row."""
    step = count // WRONG
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        with cursor.copy(
            "COPY files (s3_key, filename, size, owner_id, object_etag) FROM STDIN"
        ) as copy:
            for number, key in enumerate(listed_s3.keys(count)):
                place = number % step
                if place == step // 4:
                    continue
                size = 1 if place == step // 2 else listed_s3.SIZE
                copy.write_row((key, f"{number}", size, "benchmark", "e"))
                if place == 3 * step // 4:
                    copy.write_row((f"{key} gone", f"gone {number}", size, "benchmark", "e"))
        cursor.execute("ANALYZE files")


async def _migrated(folder: Path) -> EmbeddedPostgres:
    server = await EmbeddedPostgres.start(folder, EmbeddedOptions())
    async with await Database.open(DatabaseOptions(url=server.url)) as database:
        await migrate(database)
    return server


def main() -> None:
    """Measure both, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=1_000_000)
    parser.add_argument("--asked", type=int, default=50_000)
    chosen = parser.parse_args()
    multiprocessing.set_start_method("spawn")
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "benchmarks.listed_s3", str(port), str(chosen.objects)]
    with tempfile.TemporaryDirectory(prefix="keyshelf-benchmark-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the embedded server runs as an account of its own
        server = anyio.run(_migrated, folder / "postgres")
        listing = subprocess.Popen(command)
        try:
            alone(fill, server.url, chosen.objects)
            print(HEADING)
            done = alone(ours, endpoint, server.url)
            print(done.line("keyshelf"), flush=True)
            peer = alone(loop, endpoint, server.url, chosen.asked)
            print(peer.line("boto3 loop"), flush=True)
        finally:
            listing.terminate()
            listing.wait()
            anyio.run(server.stop)
    ratio = (done.looked_at / done.seconds) / (peer.looked_at / peer.seconds)
    print(f"keyshelf is {ratio:.1f} times as fast")


if __name__ == "__main__":
    main()
