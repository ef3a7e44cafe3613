"""Repositories beside restic, borg, hf_xet and obstore, on a tmpfs; every target with its verdict.

python -m benchmarks.repository_speed [--gib 2] [--rounds 3] [--files 1000000] [--folder /dev/shm]

The real path: a disk store and an embedded database, nothing left out. Rounds are taken in
turns, and a ratio is the median of those of the rounds: over 1 is quicker than the other.
Rates are of the project's bytes, four fifths of which do not compress; processor seconds
are those of all processes, the database's included. The first run builds restic and borg.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isnan
from pathlib import Path
from statistics import median

import anyio

from benchmarks import repository_runs
from benchmarks.measuring import Took, alone
from benchmarks.repository_peers import (
    Borg,
    Restic,
    borg_program,
    hf_xet,
    restic_program,
    write_with_obstore,
)
from benchmarks.repository_project import GIB, write_project
from benchmarks.repository_runs import Committed, Place
from keyshelf.database.embedded import EmbeddedPostgres

NOT_HAD = "NOT MEASURED: it cannot be had here"


@dataclass
class Bench:
    """One run of everything in a folder."""

    folder: Path
    size: int
    rounds: int
    rows: list[str] = field(default_factory=list[str])

    @property
    def project(self) -> Path:
        return self.folder / "project"

    def place(self, name: str) -> Place:
        return Place(self.folder / "postgres", self.folder / name)

    def compare(self) -> None:
        """Measure what has somebody to be measured beside."""
        say("writing the project")
        write_project(self.project, self.size)
        program = restic_program()
        restic = Restic(program, self.folder / "restic") if program else None
        self.first_commit(restic)
        self.known_data()
        self.restore(restic)
        took = min((alone(repository_runs.cut_and_hash, self.project) for _ in range(3)), key=_cpu)
        rate = self.size / took.cpu_seconds / 1e9
        self.title("cutting and hashing alone, one core")
        self.row("keyshelf", [took], verdict(rate, 1.5, "GB per processor second"))
        shutil.rmtree(self.project)

    def first_commit(self, restic: Restic | None) -> None:
        """Commit a project that is all new, into another repository each time."""
        ours, alone_took = list[Took](), list[Took]()
        for number in range(self.rounds):
            say(f"first commit, round {number + 1}")
            place = self.place(f"store-{number}")
            ours.append(self.commit(place, paranoid=False).took)
            alone_took.append(alone(write_with_obstore, place.store, self.folder / "obstore"))
            shutil.rmtree(self.folder / "obstore")
            if number < self.rounds - 1:
                shutil.rmtree(place.store)
        self.title("first commit, all new")
        self.row("keyshelf", ours, verdict(_ratio(ours, alone_took), 0.9, "times obstore"))
        self.row("obstore alone, same chunks, from memory", alone_took)
        say("first commit, restic and borg")
        self.information(
            "restic backup (encrypts), for information",
            ours,
            restic and restic.commit(self.project),
        )
        program = borg_program()
        borg = Borg(program, self.folder / "borg") if program else None
        self.information(
            "borg 2.0.0b23 create, for information", ours, borg and borg.commit(self.project)
        )
        shutil.rmtree(self.folder / "borg", ignore_errors=True)

    def known_data(self) -> None:
        """Commit what is known already, reading all of it."""
        ours, whole, parts = list[Took](), list[Took](), list[Took]()
        place = self.place(f"store-{self.rounds - 1}")
        with hf_xet(self.project, self.folder / "xet") as upload:
            if upload:
                upload("whole")
            for number in range(self.rounds + 1):
                say(f"known data, round {number + 1}")
                ours.append(self.commit(place, paranoid=True).took)
                if upload:
                    whole.append(upload("whole"))
                    parts.append(upload("parts"))
        self.title("commit of known data, all of it read (--paranoid)")
        self.row("keyshelf", ours, verdict(_ratio(ours, whole), 1.0, "times hf_xet"))
        self.row("hf_xet", whole)
        self.row("hf_xet, without the hashes of files", parts, f"ours {_ratio(ours, parts):.2f}")
        nothing = [self.commit(place, paranoid=False) for _ in range(self.rounds)]
        self.title("commit, nothing changed, nothing read")
        read = max(made.files_read for made in nothing)
        self.row("keyshelf", [made.took for made in nothing], limit(read, 0, "files read"), size=0)
        shutil.rmtree(self.folder / "xet")

    def restore(self, restic: Restic | None) -> None:
        """Write a project out again; every byte is compared afterwards."""
        ours, theirs = list[Took](), list[Took]()
        place, restored = self.place(f"store-{self.rounds - 1}"), self.folder / "restored"
        for number in range(self.rounds):
            say(f"restore, round {number + 1}")
            ours.append(alone(repository_runs.check_out, place, restored))
            self.compare_and_remove(restored, self.folder / f"{place.store.name} restored.cache")
            if restic:
                theirs.append(restic.restore(self.project, restored))
                self.compare_and_remove(restored)
        self.title("restore")
        self.row("keyshelf", ours, verdict(_ratio(ours, theirs), 1.0, "times restic"))
        self.row("restic restore", theirs)
        shutil.rmtree(place.store)
        shutil.rmtree(self.folder / "restic", ignore_errors=True)

    def change(self, gib: int, files: int) -> None:
        """Measure small changes in much that stays."""
        say("one byte in a large file")
        sparse = alone(repository_runs.change_a_byte, self.place("sparse-store"), gib * GIB)
        self.title(f"a sparse file of {gib} GiB: first commit, one byte changed")
        for made, most in zip(sparse, (None, 1024), strict=True):
            sent = made.stored_bytes / 1024
            told = limit(sent, most, "KiB sent") if most else f"{sent:,.0f} KiB sent"
            self.row("keyshelf", [made.took], told, size=gib * GIB)
        say("one of many files")
        many = alone(repository_runs.change_a_file, self.place("many-store"), files)
        self.title(f"{files:,} files: first commit, one changed, nothing changed")
        for made, most in zip(many, (None, 256, 1), strict=True):
            took = [each.took for each in made]
            self.row("keyshelf", took, _told_of_many(made, most), size=0)

    def commit(self, place: Place, *, paranoid: bool) -> Committed:
        return alone(_commit, place, self.project, paranoid)

    def compare_and_remove(self, restored: Path, *more: Path) -> None:
        compared = ["diff", "-rq", str(self.project), str(restored)]
        subprocess.run(compared, check=True, timeout=600)
        shutil.rmtree(restored)
        for path in more:
            path.unlink()

    def information(self, what: str, ours: Sequence[Took], theirs: Took | None) -> None:
        if theirs is None:
            self.rows.append(f"  {what:42} {NOT_HAD}")
        else:
            self.row(what, [theirs], f"ours {theirs.seconds / _median(ours):.2f} times")

    def title(self, what: str) -> None:
        self.rows.append(what)

    def row(
        self, what: str, some: Sequence[Took], told: str = "", *, size: int | None = None
    ) -> None:
        """Add a line of the table; rates are left out for a size of 0."""
        if not some:
            self.rows.append(f"  {what:42} {NOT_HAD}")
            return
        size = self.size if size is None else size
        seconds, cpu = _median(some), median(took.cpu_seconds for took in some)
        peak = max(took.peak_mib for took in some)
        rates = f"{size / seconds / 2**20:6.0f} MiB/s {cpu / size * GIB:8.2f}" if size else " " * 21
        self.rows.append(f"  {what:42} {seconds:7.2f} s {rates} {peak:9.0f} MiB   {told}")


def verdict(value: float, target: float, what: str) -> str:
    """Say whether a target was met."""
    if isnan(value):
        return NOT_HAD
    return f"{value:.2f} {what}, target {target}: {'met' if value >= target else 'MISSED'}"


def limit(value: float, most: float, what: str) -> str:
    """Say whether something stays below a limit."""
    return f"{value:,.0f} {what}, target {most}: {'met' if value <= most else 'MISSED'}"


def say(what: str) -> None:
    """Tell whoever waits what is being done."""
    print(f"… {what}", file=sys.stderr, flush=True)


def _commit(place: Place, folder: Path, paranoid: bool) -> Committed:
    return repository_runs.commit(place, folder, paranoid=paranoid)


def _told_of_many(made: Sequence[Committed], most_kib: int | None) -> str:
    sent = max(each.stored_bytes for each in made) / 1024
    seconds = min(each.took.seconds for each in made)
    cpu = min(each.took.cpu_seconds for each in made)
    told = f"{sent:,.0f} KiB sent, at best {seconds:.2f} s, {cpu:.2f} CPU s"
    if most_kib is None:
        return told
    is_met = sent <= most_kib and seconds <= 2
    return f"{told}, target {most_kib} KiB and 2 s: {'met' if is_met else 'MISSED'}"


def _ratio(ours: Sequence[Took], theirs: Sequence[Took]) -> float:
    pairs = zip(ours, theirs, strict=False)
    ratios = [their.seconds / our.seconds for our, their in pairs]
    return median(ratios) if ratios else float("nan")


def _median(some: Sequence[Took]) -> float:
    return median(took.seconds for took in some)


def _cpu(took: Took) -> float:
    return took.cpu_seconds


def main() -> None:
    """Measure everything, in a folder that is removed again, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gib", type=float, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sparse-gib", type=int, default=10)
    parser.add_argument("--files", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path("/dev/shm"))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="keyshelf-benchmark-", dir=asked.folder) as made:
        bench = Bench(Path(made), int(asked.gib * GIB), asked.rounds)
        server = anyio.run(EmbeddedPostgres.start, bench.place("").postgres)
        try:
            bench.compare()
            bench.change(asked.sparse_gib, asked.files)
        finally:
            anyio.run(server.stop)
    print(f"{'':44} {'time':>9} {'rate':>12} {'CPU s/GiB':>8} {'peak':>12}")
    print("\n".join(bench.rows))


if __name__ == "__main__":
    main()
