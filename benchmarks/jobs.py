"""Jobs side by side on each carrier of ids: draining no-ops, and how soon a job begins.

Run `python -m benchmarks.jobs [--jobs 1000]`. Redis rows need `redis-server`.
"""

import argparse
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio
from rich.console import Console
from rich.table import Table

from keyshelf.database.embedded import EmbeddedPostgres
from keyshelf.database.migrate import migrate
from keyshelf.database.pool import Database, DatabaseOptions
from keyshelf.jobs.context import JobContext
from keyshelf.jobs.queue import Queue
from keyshelf.jobs.registry import Registration, Registry
from keyshelf.jobs.rows_queue import RowsQueue
from keyshelf.jobs.runner import Runner
from keyshelf.jobs.saq_queue import SaqQueue
from keyshelf.jobs.service import Jobs
from keyshelf.jobs.sweeper import Sweeper
from keyshelf.jobs.values import JobKind, Payload
from keyshelf.jobs.worker import Worker, WorkerOptions
from keyshelf.telemetry import LogOptions, Metrics, configure_logging

NOTHING = JobKind("nothing")


@dataclass
class Measured:
    """What one carrier did."""

    name: str
    drained_per_second: float
    pickup: list[float]
    connections: int


class Counter:
    """A handler that does nothing but note when it began."""

    def __init__(self) -> None:
        self.began: dict[object, float] = {}
        self.wanted = 0
        self.all_began = anyio.Event()

    def expect(self, number: int) -> None:
        self.began.clear()
        self.wanted = number
        self.all_began = anyio.Event()

    async def __call__(self, context: JobContext, payload: Payload) -> None:
        self.began[context.job_id] = time.perf_counter()
        if len(self.began) == self.wanted:
            self.all_began.set()


async def measure(name: str, database: Database, queue: Queue, *, number: int) -> Measured:
    counter = Counter()
    metrics = Metrics()
    registry = Registry([Registration(NOTHING, counter)])
    sweeper = Sweeper(database, queue, metrics)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(queue)
        runner = await stack.enter_async_context(Runner(database, registry, queue, metrics))
        jobs = Jobs(queue)
        options = WorkerOptions(concurrency={"small": 8})
        worker = Worker(database, queue, runner, sweeper, options=options)
        counter.expect(number)
        async with database.transaction() as tx:
            for _ in range(number):
                await jobs.enqueue(tx, NOTHING, {}, owner_id="bench")
        tasks = await stack.enter_async_context(anyio.create_task_group())
        began = time.perf_counter()
        tasks.start_soon(worker.run)
        with anyio.fail_after(120):
            await counter.all_began.wait()
        seconds = time.perf_counter() - began
        pickup = [await one_pickup(database, jobs, counter) for _ in range(200)]
        async with database.read() as tx:
            connections = await tx.value(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            )
        worker.stop()
    return Measured(name, number / seconds, pickup, connections)


async def one_pickup(database: Database, jobs: Jobs, counter: Counter) -> float:
    counter.expect(1)
    async with database.transaction() as tx:
        job = await jobs.enqueue(tx, NOTHING, {}, owner_id="bench")
    committed = time.perf_counter()
    with anyio.fail_after(30):
        await counter.all_began.wait()
    await anyio.sleep(0.005)  # let the worker come to rest
    return max(0.0, counter.began[job.id] - committed)


@asynccontextmanager
async def redis_server(folder: Path) -> AsyncGenerator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["redis-server", "--port", str(port), "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    await anyio.sleep(2)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait()


async def main(number: int) -> None:
    configure_logging(LogOptions(level="error"))
    table = Table(title=f"{number} no-op jobs, one process, 8 at once, fsync on")
    for title in ("ids carried by", "drained /s", "pickup p50 ms", "p99 ms", "connections"):
        table.add_column(title, justify="right" if title != "ids carried by" else "left")
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ks-bench-")))
        server = await stack.enter_async_context(await EmbeddedPostgres.start(folder / "postgres"))
        options = DatabaseOptions(url=server.url)
        database = await stack.enter_async_context(await Database.open(options))
        await migrate(database)
        carriers: list[tuple[str, Callable[[], Queue]]] = [
            ("our rows, LISTEN/NOTIFY", lambda: RowsQueue(database)),
            ("SAQ on PostgreSQL", lambda: SaqQueue(server.url)),
        ]
        if shutil.which("redis-server"):
            url = await stack.enter_async_context(redis_server(folder))
            carriers.append(("SAQ on Redis", lambda: SaqQueue(url)))
        for name, make in carriers:
            measured = await measure(name, database, make(), number=number)
            pickup = statistics.quantiles(measured.pickup, n=100)
            table.add_row(
                name,
                f"{measured.drained_per_second:.0f}",
                f"{pickup[49] * 1000:.1f}",
                f"{pickup[98] * 1000:.1f}",
                str(measured.connections),
            )
    Console().print(table)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1000)
    anyio.run(main, parser.parse_args().jobs)
