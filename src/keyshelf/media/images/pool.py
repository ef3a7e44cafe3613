"""Rendering in child processes: so many at once, and a bounded line before them."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType

import anyio
import msgspec
from anyio.abc import Process

from keyshelf.media.images import protocol
from keyshelf.media.images.failures import (
    RenderBrokenError,
    RenderDiedError,
    RendersBusyError,
    RenderTooSlowError,
)
from keyshelf.media.images.plans import RenderPlan
from keyshelf.media.images.values import PictureFacts, Rendered, RenderOptions
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)

_RETRY_AFTER = 2
_MOST_RENDERS = 2000  # after so many, a fresh process: its memory is in pieces
_READ_BYTES = 2**18
_START_SECONDS = 30
# All that a process sees of the environment. What libvips needs beyond this much memory it
# would put into files, which the process may not write.
_ENVIRONMENT = {
    "VIPS_BLOCK_UNTRUSTED": "1",
    "VIPS_CONCURRENCY": "1",
    "VIPS_DISC_THRESHOLD": "64g",
    "MALLOC_ARENA_MAX": "2",
    "LC_ALL": "C.UTF-8",
}


class RenderPool:
    """Processes that render pictures, started when they are needed and kept.

    `folder` is where the pictures are: the processes can read nothing else of ours. One
    that crashes, or takes longer than it may, is ended, and another takes its place; the
    picture that it worked on is not rendered. Closing ends them all.
    """

    def __init__(self, options: RenderOptions, *, folder: Path) -> None:
        self._options = options
        self._folder = folder
        self._limits = msgspec.json.encode(options.limits).decode()
        self._room = anyio.CapacityLimiter(options.at_once)
        self._idle: list[_Child] = []
        self._home = ""

    async def __aenter__(self) -> "RenderPool":
        self._home = tempfile.mkdtemp(prefix="render-", dir=self._folder)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with anyio.CancelScope(shield=True):
            while self._idle:
                await self._idle.pop().end()
            shutil.rmtree(self._home, ignore_errors=True)

    async def render(self, path: Path, plan: RenderPlan) -> Rendered:
        """Return the picture that `plan` makes of the file at `path`.

        Raises the errors of `failures` that tell what is wrong with the picture or with
        what is asked of it, and `RendersBusyError` when too many wait.
        """
        reply = await self._ask(protocol.RenderRequest(os.fspath(path), plan))
        if not isinstance(reply, Rendered):
            raise RenderBrokenError("the process that renders pictures answered something else")
        return reply

    async def inspect(self, path: Path) -> PictureFacts:
        """Return what the picture at `path` is. Raises what `render` raises."""
        reply = await self._ask(protocol.InspectRequest(os.fspath(path)))
        if not isinstance(reply, PictureFacts):
            raise RenderBrokenError("the process that renders pictures answered something else")
        return reply

    async def _ask(self, request: protocol.Request) -> Rendered | PictureFacts:
        if self._room.statistics().tasks_waiting >= self._options.waiting:
            raise RendersBusyError(
                "too many pictures wait to be rendered", retry_after=_RETRY_AFTER
            )
        async with self._room, self._child() as child:
            reply = await self._answer(child, request)
        if isinstance(reply, protocol.Refusal):
            raise protocol.error_of(reply)
        return reply

    async def _answer(self, child: "_Child", request: protocol.Request) -> protocol.Reply:
        try:
            with anyio.fail_after(self._options.seconds):
                return await child.ask(request)
        except TimeoutError as error:
            raise RenderTooSlowError(
                "the picture takes too long to render", most_seconds=self._options.seconds
            ) from error
        except (anyio.EndOfStream, anyio.BrokenResourceError, OSError) as error:
            # A picture can do that, and so can the system when memory runs out.
            _log.warning("the process that rendered a picture was ended")
            raise RenderDiedError("the process that rendered the picture was ended") from error
        except msgspec.MsgspecError as error:
            raise RenderBrokenError("the process that renders answered nonsense") from error

    @asynccontextmanager
    async def _child(self) -> AsyncGenerator["_Child"]:
        child = await self._take_idle() or await self._start()
        kept = False
        try:
            yield child
            kept = child.answered < _MOST_RENDERS
        finally:
            if kept:
                self._idle.append(child)
            else:
                with anyio.CancelScope(shield=True):
                    await child.end()

    async def _take_idle(self) -> "_Child | None":
        while self._idle:
            child = self._idle.pop()
            if child.is_alive:
                return child
            await child.end()
        return None

    async def _start(self) -> "_Child":
        command = (sys.executable, "-IB", "-m", "keyshelf.media.images.child")
        try:
            process = await anyio.open_process(
                (*command, os.fspath(self._folder), self._limits),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=None,  # ours, until the process is ready and silences itself
                cwd=self._home,
                env=_ENVIRONMENT,
                start_new_session=True,
            )
        except OSError as error:
            raise RenderBrokenError("no process that renders pictures can be started") from error
        child = _Child(process)
        try:
            with anyio.fail_after(_START_SECONDS):
                await child.wait_until_ready()
        except BaseException as error:
            with anyio.CancelScope(shield=True):
                await child.end()
            if isinstance(error, TimeoutError | anyio.EndOfStream):
                raise RenderBrokenError("the process that renders did not begin") from error
            raise
        return child


class _Child:
    """One process; it answers a request at a time."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.answered = 0

    @property
    def is_alive(self) -> bool:
        return self._process.returncode is None

    async def wait_until_ready(self) -> None:
        if await self._receive(protocol.LENGTH_BYTES) != protocol.READY:
            raise anyio.EndOfStream

    async def ask(self, request: protocol.Request) -> protocol.Reply:
        assert self._process.stdin is not None  # noqa: S101 -- asked for above
        await self._process.stdin.send(protocol.framed(request))
        length = int.from_bytes(await self._receive(protocol.LENGTH_BYTES), "big")
        if length > protocol.LONGEST_REPLY:
            raise msgspec.DecodeError("a reply that is longer than any")
        reply = protocol.decode_reply(await self._receive(length))
        self.answered += 1
        return reply

    async def end(self) -> None:
        if self.is_alive:
            self._process.kill()
        await self._process.aclose()

    async def _receive(self, count: int) -> bytes:
        assert self._process.stdout is not None  # noqa: S101 -- asked for above
        parts: list[bytes] = []
        while count:
            part = await self._process.stdout.receive(min(count, _READ_BYTES))
            parts.append(part)
            count -= len(part)
        return b"".join(parts)
