"""Running one tool behind a fence."""

import math
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio
from anyio.abc import ByteReceiveStream, Process

import keyshelf
from keyshelf.errors import Error, InvalidInputError
from keyshelf.media.tools.failures import (
    MediaUnreadableError,
    ToolFailedError,
    ToolMemoryError,
    ToolMissingError,
    ToolOutputTooLargeError,
    ToolTimeoutError,
)
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)

_STDERR_KEPT = 64 * 2**10
_LONGEST_LINE = 64 * 2**10

# An interpreter without the packages of this one, which begins in a fraction of the time.
_INTERPRETER = (sys.executable, "-I", "-S", "-B", "-c")
_LAUNCH = """
import sys
sys.path.append(sys.argv.pop(1))
from keyshelf.media.tools.launch import main
main()
"""
_PACKAGES = str(Path(keyshelf.__file__).parents[1])

_FAILURES: tuple[tuple[tuple[int, ...], tuple[str, ...], type[Error], str], ...] = (
    (
        (-signal.SIGXFSZ,),
        ("File too large",),
        ToolOutputTooLargeError,
        "a tool wrote more than it may for this source",
    ),
    (
        (-signal.SIGXCPU,),
        # FFmpeg catches the signal.
        (f"received signal {signal.SIGXCPU:d}",),
        ToolTimeoutError,
        "a tool computed longer than it may for this source",
    ),
    (
        (),
        ("Cannot allocate memory",),
        ToolMemoryError,
        "this needs more memory than a tool may have",
    ),
    ((), ("No space left on device",), ToolFailedError, "the disk for media's work is full"),
    (
        # What is said of a program that is not there or does not run here.
        (126, 127),
        ("Unknown encoder", "No such filter"),
        ToolMissingError,
        "a tool does not run here, or KEYSHELF_FFMPEG lacks an encoder or a filter",
    ),
)
"""Exit codes, or words on stderr, and what they mean; the first that fits counts."""

LineHandler = Callable[[bytes], Awaitable[None]]
"""Told each line of a tool's output as it comes; raising stops the tool."""


@dataclass(frozen=True, slots=True)
class Fence:
    """What one run may use."""

    seconds: float
    """By the clock on the wall."""
    memory_bytes: int
    """Address space."""
    file_bytes: int
    """The longest that any file may become."""
    stdout_bytes: int = 16 * 2**20

    def __post_init__(self) -> None:
        if min(self.seconds, self.memory_bytes, self.file_bytes, self.stdout_bytes) <= 0:
            raise InvalidInputError("the bounds of a tool are positive")


@dataclass(frozen=True, slots=True)
class ToolOutput:
    """What a tool that succeeded said."""

    stdout: bytes
    """Empty when its lines were handled as they came."""
    stderr: str
    """The last 64 KiB: for our log and for reading measurements, not for answers."""


async def run_tool(
    program: Path,
    arguments: Sequence[str],
    *,
    folder: Path,
    fence: Fence,
    reads: Sequence[Path] = (),
    told: bytes | None = None,
    on_line: LineHandler | None = None,
) -> ToolOutput:
    """Run a tool in `folder`, which is its working, home and temporary folder, to its end.

    Where the system has Landlock it can open nothing else but `reads` and its own libraries.
    `told` is what it reads from its standard input, a few kilobytes at most, which are
    nowhere else.
    Cancelling kills it and waits until it is gone, and so does an error of `on_line`, which
    is then raised. Raises `MediaUnreadableError` when the tool refuses its input,
    `ToolTimeoutError`, `ToolMemoryError`, `ToolOutputTooLargeError`, `ToolFailedError`.
    What was written to `folder` until then stays there.
    """
    with _standard_input(told) as stdin:
        process = await anyio.open_process(
            _command(program, arguments, folder, reads, fence),
            stdin=stdin,
            cwd=folder,
            env=_environment(folder),
            start_new_session=True,
        )
    run = _Run(process, program.name, fence, on_line)
    try:
        with anyio.move_on_after(fence.seconds) as deadline:
            await run.listen()
            await process.wait()
    finally:
        await _end(process)
    if deadline.cancelled_caught:
        _log.warning("tool took too long", tool=program.name, seconds=fence.seconds)
        raise ToolTimeoutError(f"it took longer than {math.ceil(fence.seconds)} seconds")
    if process.returncode != 0:
        raise run.failure()
    return ToolOutput(bytes(run.stdout), run.stderr)


class _Run:
    """The two outputs of a process, read at the same time and bounded."""

    def __init__(
        self, process: Process, name: str, fence: Fence, on_line: LineHandler | None
    ) -> None:
        self._process = process
        self._name = name
        self._fence = fence
        self._on_line = on_line
        self._raised: Exception | None = None
        self._tail = bytearray()
        self.stdout = bytearray()

    @property
    def stderr(self) -> str:
        return self._tail.decode(errors="replace")

    async def listen(self) -> None:
        """Read until both outputs end."""
        stdout, stderr = self._process.stdout, self._process.stderr
        if stdout is None or stderr is None:
            raise ToolFailedError("a tool has no output")
        async with anyio.create_task_group() as group:
            group.start_soon(self._keep_tail, stderr)
            try:
                await (self._handle_lines(stdout) if self._on_line else self._collect(stdout))
            # Of whatever kind: it is the caller's, and a group of one would hide it.
            except Exception as error:  # noqa: BLE001
                self._raised = error
                group.cancel_scope.cancel()
        if self._raised is not None:
            raise self._raised

    async def _keep_tail(self, stream: ByteReceiveStream) -> None:
        async for chunk in stream:
            self._tail += chunk
            del self._tail[:-_STDERR_KEPT]

    async def _collect(self, stream: ByteReceiveStream) -> None:
        async for chunk in stream:
            self.stdout += chunk
            if len(self.stdout) > self._fence.stdout_bytes:
                raise ToolOutputTooLargeError("a tool said more than it may")

    async def _handle_lines(self, stream: ByteReceiveStream) -> None:
        rest = b""
        async for chunk in stream:
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                await self._handle(line)
            if len(rest) > _LONGEST_LINE:
                raise ToolOutputTooLargeError("a tool said a longer line than it may")
        if rest:
            await self._handle(rest)

    async def _handle(self, line: bytes) -> None:
        if self._on_line is not None:
            await self._on_line(line)

    def failure(self) -> Error:
        """Return the error that the way the process ended amounts to."""
        code, stderr = self._process.returncode or 0, self.stderr
        _log.warning("tool failed", tool=self._name, code=code, stderr=stderr[-2000:])
        for codes, words, kind, sentence in _FAILURES:
            if code in codes or any(each in stderr for each in words):
                return kind(sentence)
        if code < 0:
            return ToolFailedError("a tool crashed or was killed")
        return MediaUnreadableError("it is damaged, or of a kind that is not read")


async def _end(process: Process) -> None:
    # All that the tool started is in its group. It is not waited for politely: what it was
    # writing is thrown away.
    with anyio.CancelScope(shield=True):
        if process.returncode is None:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        await process.wait()
        await process.aclose()


@contextmanager
def _standard_input(told: bytes | None) -> Generator[int]:
    if told is None:
        yield subprocess.DEVNULL
        return
    # A pipe and no socket, which no program can open by a name such as /dev/stdin. What is
    # told fits into it, so nobody waits for it to be read.
    read_end, write_end = os.pipe()
    try:
        with os.fdopen(write_end, "wb") as stream:
            stream.write(told)
        yield read_end
    finally:
        os.close(read_end)


def _command(
    program: Path, arguments: Sequence[str], folder: Path, reads: Sequence[Path], fence: Fence
) -> list[str]:
    cpu_seconds = math.ceil(fence.seconds) * (os.cpu_count() or 1)
    bounds = [fence.memory_bytes, cpu_seconds, fence.file_bytes]
    # A script in a tool's place may run the one that was installed with us.
    places = [os.fspath(each) for each in (folder, *reads, sys.prefix)]
    return [
        *(*_INTERPRETER, _LAUNCH, _PACKAGES, *map(str, bounds), *places),
        *("--", os.fspath(program), *arguments),
    ]


def _environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LC_ALL": "C",
        # Address space is bounded: without this each thread of glibc reserves 64 MiB of it.
        "MALLOC_ARENA_MAX": "4",
        "SVT_LOG": "1",
    }
