"""What something took: wall time, processor time and peak memory, in a process of its own."""

import multiprocessing
import os
import resource
import subprocess
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")


@dataclass(slots=True)
class Took:
    """What something took."""

    seconds: float = 0
    cpu_seconds: float = 0
    peak_mib: float = 0


@contextmanager
def taking(*, server: Path | None = None) -> Generator[Took]:
    """Measure this process and its children, with the processor time of an embedded server."""
    took, before, began = Took(), _cpu(server), time.perf_counter()
    yield took
    took.seconds = time.perf_counter() - began
    took.cpu_seconds = _cpu(server) - before
    took.peak_mib = max(each.ru_maxrss for each in _usages()) / 1024


def alone(act: Callable[..., Result], *words: object) -> Result:
    """Run in a fresh process, so that its memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(act, words)


def run(command: Sequence[str | Path], told: Mapping[str, str]) -> Took:
    """Measure a program; for `alone`."""
    with taking() as took:
        subprocess.run(
            [*command],
            env={**os.environ, **told},
            check=True,
            timeout=900,
            stdout=subprocess.DEVNULL,
        )
    return took


def _usages() -> Sequence[resource.struct_rusage]:
    return [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]


def _cpu(server: Path | None) -> float:
    ours = sum(used.ru_utime + used.ru_stime for used in _usages())
    return ours + (_server_cpu(server) if server else 0)


def _server_cpu(folder: Path) -> float:
    """Return the processor seconds of a PostgreSQL server, those that ended included."""
    main = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    ticks = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended just now
        if main in (int(file.parent.name), int(fields[1])):
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")
