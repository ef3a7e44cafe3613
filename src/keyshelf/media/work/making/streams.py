"""Makers of streams: of films in every rung, and of sound alone."""

from collections.abc import Mapping
from dataclasses import replace

from keyshelf.errors import InvalidInputError
from keyshelf.media.streams.publishing import publish_film, publish_recording
from keyshelf.media.streams.values import Film, Published, Recording, StreamParts
from keyshelf.media.tools.probe import probe
from keyshelf.media.tools.probed import Probe
from keyshelf.media.video.plan import EncodePlan, plan_encode
from keyshelf.media.work.kinds import MakerName
from keyshelf.media.work.makers import Maker, Task
from keyshelf.media.work.making.encoding import encode_film
from keyshelf.media.work.making.studio import Studio
from keyshelf.media.work.options import AudioOptions, TranscodeOptions
from keyshelf.media.work.values import Made, Rendition


class NoRungError(InvalidInputError):
    """The film has the pixels for none of the rungs that are asked for."""

    code = "media-no-rung"


def stream_makers(studio: Studio, streams: StreamParts) -> Mapping[MakerName, Maker]:
    """Return what makes streams."""

    async def transcode(task: Task) -> Made:
        options = task.options
        assert isinstance(options, TranscodeOptions)  # noqa: S101 -- as the step says
        async with studio.scratch.folder() as folder:
            found = await probe(studio.tools, task.source.path, folder=folder)
            plan = plan_of(found, options)
            film = Film(
                hash=task.work.hash,
                job_id=task.job_id,
                source=task.source.path,
                probe=found,
                plan=plan,
                tracks=await encode_film(studio, task, plan, folder=folder),
                is_encrypted=options.encrypt,
                is_levelled=options.loudness,
            )
            return _made(await publish_film(streams, film, folder=folder, report=task.report))

    async def hls(task: Task) -> Made:
        options = task.options
        assert isinstance(options, AudioOptions)  # noqa: S101 -- as the step says
        async with studio.scratch.folder() as folder:
            recording = Recording(
                hash=task.work.hash,
                job_id=task.job_id,
                source=task.source.path,
                probe=await probe(studio.tools, task.source.path, folder=folder),
                is_encrypted=options.encrypt,
                is_levelled=options.loudness,
            )
            return _made(
                await publish_recording(streams, recording, folder=folder, report=task.report)
            )

    return {"transcode": transcode, "hls": hls}


def plan_of(found: Probe, options: TranscodeOptions) -> EncodePlan:
    """Return how a film is encoded. Raises `MediaUnreadableError`, `NoRungError`."""
    plan = plan_encode(found, codecs=options.codecs)
    if options.rungs is None:
        return plan
    wanted = {f"r{rung}" for rung in options.rungs}
    rungs = tuple(rung for rung in plan.rungs if rung.name in wanted)
    if not rungs:
        has = ", ".join(rung.name for rung in plan.rungs)
        raise NoRungError(f"the film has the pixels for {has}, and for none that is asked for")
    return replace(plan, rungs=rungs)


def _made(published: Published) -> Made:
    return Made(
        published.result,
        [
            Rendition(
                each.key,
                each.kind,
                each.format,
                each.size,
                width=each.width,
                height=each.height,
                duration_ms=each.duration_ms,
                facts=each.facts,
            )
            for each in published.renditions
        ],
    )
