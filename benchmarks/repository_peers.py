"""What repositories are measured beside: restic, borg, hf_xet, and obstore alone."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import anyio
import obstore
from obstore.store import LocalStore

from benchmarks.measuring import Took, alone, run, taking

RESTIC_VERSION = "v0.18.1"
BORG = "borgbackup==2.0.0b23"
HF_XET = "hf_xet==1.8.0"
_RESTIC = "github.com/restic/restic"
_TOOLS = Path(__file__).parents[1] / ".tools"
_PUT_AT_ONCE = 16


def write_with_obstore(chunks: Path, folder: Path) -> Took:
    """Write the objects of a store again with obstore alone; for `alone`."""
    objects = [
        (str(path.relative_to(chunks)), path.read_bytes())
        for path in chunks.glob("v1/chunks/*/*/*")
    ]
    folder.mkdir()
    with taking() as took:
        anyio.run(_put_all, LocalStore(folder), iter(objects))
    return took


async def _put_all(store: LocalStore, objects: Iterator[tuple[str, bytes]]) -> None:
    async def put() -> None:
        for key, body in objects:
            await obstore.put_async(store, key, body, mode="create", use_multipart=False)

    async with anyio.create_task_group() as group:
        for _ in range(_PUT_AT_ONCE):
            group.start_soon(put)


class Restic:
    """restic, built once per checkout of this project."""

    def __init__(self, program: Path, repository: Path) -> None:
        self._program = program
        self._told = {"RESTIC_PASSWORD": "benchmark", "RESTIC_REPOSITORY": str(repository)}
        self._run("init")

    def commit(self, source: Path) -> Took:
        """Back a folder up."""
        return self._run("backup", str(source))

    def restore(self, source: Path, folder: Path) -> Took:
        """Restore what was backed up from a folder into another."""
        return self._run("restore", f"latest:{source}", "--target", str(folder))

    def _run(self, *words: str) -> Took:
        return alone(run, [self._program, "--no-cache", "--quiet", *words], self._told)


class Borg:
    """borg, without encryption, with the compression that we have."""

    def __init__(self, program: Path, repository: Path) -> None:
        self._program = program
        self._told = {
            "BORG_REPO": str(repository),
            "BORG_BASE_DIR": str(repository.with_suffix(".base")),
            "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
        }
        self._run("repo-create", "--encryption", "none-blake3")

    def commit(self, source: Path) -> Took:
        """Back a folder up."""
        return self._run("create", "--compression", "zstd,3", "benchmark", str(source))

    def _run(self, *words: str) -> Took:
        return alone(run, [self._program, "--error", *words], self._told)


def restic_program() -> Path | None:
    """Build restic where it is not there; None where there is no Go."""
    program = _TOOLS / "go" / "bin" / "restic"
    go = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
    if program.exists() or go is None:
        return program if program.exists() else None
    program.parent.mkdir(parents=True, exist_ok=True)
    asked = [go, "mod", "download", "-json", f"{_RESTIC}@{RESTIC_VERSION}"]
    where = json.loads(subprocess.run(asked, check=True, capture_output=True, timeout=600).stdout)
    command = [go, "build", "-buildvcs=false", "-o", str(program), "./cmd/restic"]
    subprocess.run(command, cwd=where["Dir"], check=True, timeout=900)
    return program


def borg_program() -> Path | None:
    """Install borg where it is not there; None where it cannot be compiled.

    PyPI has its source alone, which wants the headers of lz4, xxHash and ACLs.
    """
    home = _TOOLS / "borg"
    program = home / "bin" / "borg"
    uv = _uv()
    if program.exists() or uv is None:
        return program if program.exists() else None
    subprocess.run([uv, "venv", "-q", "--clear", "--python", sys.executable, home], check=True)
    install = [uv, "pip", "install", "-q", "--python", home / "bin" / "python", BORG]
    done = subprocess.run(install, check=False, timeout=900, capture_output=True)
    return program if done.returncode == 0 else None


Upload = Callable[[str], Took]
"""Uploads with hf_xet, with the SHA-256 of files (`whole`) or without (`parts`)."""


@contextmanager
def hf_xet(folder: Path, store: Path) -> Generator[Upload | None]:
    """Give what uploads the files of a folder; None where it cannot be had."""
    uv = _uv()
    if uv is None:
        yield None
        return
    files = sorted(str(path) for path in folder.rglob("*") if path.is_file())
    store.mkdir()
    script = Path(__file__).with_name("hf_xet_peer.py")
    command: Sequence[str | Path] = [
        *(uv, "run", "-q", "--no-project", "--python", sys.executable, "--with", HF_XET),
        *("python", script, store, *files),
    ]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "HF_HOME": str(store / "home")},
    )

    def upload(how: str) -> Took:
        assert process.stdin
        assert process.stdout
        process.stdin.write(f"{how}\n")
        process.stdin.flush()
        seconds, cpu, peak = map(float, process.stdout.readline().split())
        return Took(seconds, cpu, peak)

    assert process.stdout
    try:
        yield upload if process.stdout.readline() else None
    finally:
        process.terminate()
        process.wait()


def _uv() -> str | None:
    own = _TOOLS / "uv" / "bin" / "uv"
    return str(own) if own.exists() else shutil.which("uv")
