"""The background work of media: what each kind of job does."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import partial

import anyio

from keyshelf.jobs.context import JobContext
from keyshelf.jobs.registry import Handler, Registration
from keyshelf.jobs.values import Payload
from keyshelf.layout.drive import OwnerId
from keyshelf.layout.media import is_content_hash, work_prefix
from keyshelf.media.removing import remove_below
from keyshelf.media.sources import LocalSource
from keyshelf.media.work import queries
from keyshelf.media.work.failures import (
    HashMismatchError,
    SourceChangedError,
    SourceNotFoundError,
)
from keyshelf.media.work.kinds import KINDS, SOURCE, Step, steps, work_of
from keyshelf.media.work.makers import Makers, Report, Task
from keyshelf.media.work.parts import Place, WorkParts
from keyshelf.media.work.stages import Stages
from keyshelf.media.work.values import Made
from keyshelf.store.errors import ObjectChangedError, ObjectNotFoundError

_LOOK_EVERY = 0.25  # seconds; a look at memory


def registrations(parts: WorkParts, makers: Makers) -> Sequence[Registration]:
    """Return what a worker needs to do the jobs of media."""

    async def handle(context: JobContext, payload: Payload) -> Payload | None:
        return await _Attempt(parts, makers, context, payload).run()

    handler: Handler = handle
    return [Registration(kind, handler) for kind in KINDS.values()]


class _Attempt:
    """One attempt at a job: the stages that are open, one after the other."""

    def __init__(
        self, parts: WorkParts, makers: Makers, context: JobContext, payload: Payload
    ) -> None:
        self._parts = parts
        self._makers = makers
        self._context = context
        self._work = work_of(payload)
        self._drive = OwnerId(str(payload["owner"]))
        self._steps = steps(self._work)

    async def run(self) -> Payload:
        """Return what was made; raises when a stage is not ready, with the others kept."""
        context, names = self._context, [step.name for step in self._steps]
        database = self._parts.media.database
        stages = await Stages.load(database, context, self._work.hash)
        wanted = [step for step in self._steps if stages.is_open(step.name)]
        if kept := [step.name for step in self._steps if step not in wanted]:
            context.tell(f"not done again: {', '.join(kept)}")
        is_brought = True
        if wanted:
            async with anyio.create_task_group() as group:
                group.start_soon(self._end_when_stopped)
                is_brought = await self._make(stages, wanted)
                group.cancel_scope.cancel()
        if not is_brought:
            stages.raise_failures([SOURCE])
        stages.raise_failures(names)
        await remove_below(self._parts.media.media, work_prefix(context.job_id))
        async with database.read() as tx:
            outputs = await queries.outputs(tx, self._work.hash, context.job_id)
        return {"stages": stages.results(names), "outputs": outputs}

    async def _end_when_stopped(self) -> None:
        # Bringing a source, and some tools, say nothing for long: this ends them all the same.
        while True:
            await anyio.sleep(_LOOK_EVERY)
            self._context.raise_if_stopped()

    async def _make(self, stages: Stages, wanted: Sequence[Step]) -> bool:
        async with AsyncExitStack() as held:
            brought: list[LocalSource] = []

            async def bring() -> Made:
                brought.append(await self._bring(held))
                return Made({"size": brought[0].size})

            if not await stages.attempt(SOURCE, bring):
                return False
            for step in wanted:
                make = partial(self._one, stages, step, brought[0])
                await stages.attempt(step.name, make)
            return True

    async def _bring(self, held: AsyncExitStack) -> LocalSource:
        work = self._work
        try:
            source = await self._local(held, Place(work.source, work.version.etag))
        except (SourceNotFoundError, SourceChangedError):
            # A file that was renamed meanwhile, or a copy in the same drive, has the same bytes.
            async with self._parts.media.database.read() as tx:
                place = await self._parts.find_content(tx, work.hash, self._drive)
            if place is None:
                raise
            source = await self._local(held, place)
        await self._verify(source)
        return source

    async def _local(self, held: AsyncExitStack, place: Place) -> LocalSource:
        async def on_bytes(done: int) -> None:
            await self._context.progress(done, self._work.version.size, "bytes", SOURCE)

        local = self._makers.sources.local(place.key, version=place.etag, on_bytes=on_bytes)
        try:
            return await held.enter_async_context(local)
        except ObjectNotFoundError as error:
            raise SourceNotFoundError("the source is not there any more") from error
        except ObjectChangedError as error:
            raise SourceChangedError("the source was replaced by other bytes") from error

    async def _one(self, stages: Stages, step: Step, source: LocalSource) -> Made:
        await self._context.progress(0, None, "seconds", step.name)
        task = Task(
            job_id=self._context.job_id,
            work=self._work,
            source=source,
            options=step.options,
            pieces=stages.pieces(step.name),
            report=self._report(step),
        )
        return await self._makers.by_name[step.maker](task)

    def _report(self, step: Step) -> Report:
        async def report(done: float, total: float | None) -> None:
            whole = None if total is None else max(1, round(total))
            counted = int(done) if whole is None else min(int(done), whole)
            await self._context.progress(counted, whole, "seconds", step.name)

        return report

    async def _verify(self, source: LocalSource) -> None:
        work = self._work
        if not is_content_hash(work.hash):
            return
        if source.content_hash != work.hash:
            raise HashMismatchError(
                "the hash is not the BLAKE3 of the source's bytes", computed=source.content_hash
            )
        async with self._parts.media.database.transaction() as tx:
            await queries.claim(tx, work.hash, owner_id=self._context.owner_id, source=work.source)
