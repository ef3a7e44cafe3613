"""Makers of still and moving pictures: thumbnails, covers, previews."""

from collections.abc import Mapping
from pathlib import Path

from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import MediaHash, image_key, video_key
from keyshelf.media.images.formats import ImageFormat
from keyshelf.media.images.options import Fit, ImageOptions
from keyshelf.media.images.plans import RenderPlan, plan_of
from keyshelf.media.tools.probe import probe
from keyshelf.media.video import cover, preview
from keyshelf.media.work.kinds import MakerName
from keyshelf.media.work.makers import Maker, Task
from keyshelf.media.work.making.storing import store_bytes, store_file
from keyshelf.media.work.making.studio import Studio
from keyshelf.media.work.options import (
    COVER_THUMBNAIL,
    CoverOptions,
    PreviewOptions,
    ThumbnailOutput,
)
from keyshelf.media.work.values import Made, Rendition, Sketch


def picture_makers(studio: Studio) -> Mapping[MakerName, Maker]:
    """Return what makes pictures."""

    async def thumbnail(task: Task) -> Made:
        assert isinstance(task.options, ThumbnailOutput)  # noqa: S101 -- as the step says
        rendition = await _thumbnail(studio, task.work.hash, task.source.path, task.options)
        return Made(_told(task.options.variant, rendition), [rendition])

    async def film_cover(task: Task) -> Made:
        return await _cover(studio, task)

    async def film_preview(task: Task) -> Made:
        return await _preview(studio, task)

    return {"thumbnail": thumbnail, "cover": film_cover, "preview": film_preview}


async def _thumbnail(
    studio: Studio, media: MediaHash, path: Path, output: ThumbnailOutput
) -> Rendition:
    rendered = await studio.renders.render(path, _plan(output))
    key = image_key(media, output.variant, output.format)
    size = await store_bytes(studio.media, key, rendered.data, rendered.mimetype)
    return Rendition(
        key, "thumbnail", output.format, size, width=rendered.width, height=rendered.height
    )


def _plan(output: ThumbnailOutput) -> RenderPlan:
    options = ImageOptions(
        width=output.width,
        height=output.height,
        fit=Fit.COVER if output.height is not None else None,
    )
    return plan_of(options, ImageFormat(output.format), {})


async def _cover(studio: Studio, task: Task) -> Made:
    assert isinstance(task.options, CoverOptions)  # noqa: S101 -- as the step says
    async with studio.scratch.folder() as folder:
        film = await probe(studio.tools, task.source.path, folder=folder)
        path = await cover.make_cover(
            studio.tools, task.source.path, film, folder=folder, at=task.options.timestamp_sec
        )
        facts = await studio.renders.inspect(path)
        key = video_key(task.work.hash, cover.NAME)
        size = await store_file(studio.media, key, path, facts.mimetype)
        thumbnail = await _thumbnail(studio, task.work.hash, path, COVER_THUMBNAIL)
    whole = Rendition(key, "cover", "jpg", size, width=facts.width, height=facts.height)
    sketch = Sketch(facts.thumbhash, facts.dominant_color)
    return Made(_told(None, whole), [whole, thumbnail], sketch)


async def _preview(studio: Studio, task: Task) -> Made:
    assert isinstance(task.options, PreviewOptions)  # noqa: S101 -- as the step says
    wanted = preview.PreviewPlan(
        start=task.options.start_sec,
        duration=task.options.duration,
        width=task.options.width,
        fps=task.options.fps,
        formats=task.options.wanted,
    )
    async with studio.scratch.folder() as folder:
        film = await probe(studio.tools, task.source.path, folder=folder)
        files = await preview.make_preview(
            studio.tools, task.source.path, film, wanted, folder=folder
        )
        renditions = [
            await _store_preview(studio, video_key(task.work.hash, path.name), path, wanted)
            for path in files.values()
        ]
    return Made([_told(None, each) for each in renditions], renditions)


async def _store_preview(
    studio: Studio, key: ObjectKey, path: Path, wanted: preview.PreviewPlan
) -> Rendition:
    facts = await studio.renders.inspect(path)
    size = await store_file(studio.media, key, path, facts.mimetype)
    return Rendition(
        key,
        "preview",
        path.suffix.removeprefix("."),
        size,
        width=facts.width,
        height=facts.height,
        duration_ms=round(1000 * facts.frames / wanted.fps),
    )


def _told(variant: str | None, made: Rendition) -> Mapping[str, str | int | None]:
    named = {} if variant is None else {"variant": variant}
    return {
        **named,
        "key": made.key,
        "format": made.format,
        "size": made.size,
        "width": made.width,
        "height": made.height,
    }
