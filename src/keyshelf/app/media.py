"""Media, as the settings say: the tools, what they work on, and how work on them is told of."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from keyshelf.app.images import render_options
from keyshelf.app.kept_secrets import webhook_secret
from keyshelf.app.tools import tools_of
from keyshelf.database.pool import Database
from keyshelf.jobs.endings import Endings
from keyshelf.jobs.registry import Registration
from keyshelf.jobs.service import Jobs
from keyshelf.media.images.pool import RenderPool
from keyshelf.media.keys.service import ContentKeys
from keyshelf.media.parts import MediaParts
from keyshelf.media.sources import SourceOptions, Sources
from keyshelf.media.streams.values import StreamParts
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.scratch import Scratch, open_scratch
from keyshelf.media.work import kinds
from keyshelf.media.work.handlers import registrations
from keyshelf.media.work.makers import Maker, Makers
from keyshelf.media.work.making.pictures import picture_makers
from keyshelf.media.work.making.sound import sound_makers
from keyshelf.media.work.making.streams import stream_makers
from keyshelf.media.work.making.studio import Studio
from keyshelf.media.work.parts import WorkOptions, WorkParts
from keyshelf.media.work.webhooks import noting
from keyshelf.settings import Settings
from keyshelf.store.base import ObjectStore
from keyshelf.workflows.content_places import place_of_content

_SCRATCH = "scratch"


@dataclass(frozen=True, slots=True)
class Media:
    """Media with everything open."""

    parts: MediaParts
    tools: Tools
    scratch: Scratch
    """This process's own room on a disk, for sources and what is made of them."""
    sources: Sources
    renders: RenderPool
    """Renders pictures that are in `scratch`."""
    streams: StreamParts
    work: WorkParts

    def registrations(self) -> Sequence[Registration]:
        """Return what a worker needs to do the jobs of media."""
        studio = Studio(self.tools, self.renders, self.scratch, self.parts.media)
        makers: Mapping[kinds.MakerName, Maker] = {
            **picture_makers(studio),
            **sound_makers(studio),
            **stream_makers(studio, self.streams),
        }
        return registrations(self.work, Makers(self.sources, makers))


async def open_media(
    settings: Settings,
    database: Database,
    stores: Mapping[str, ObjectStore],
    jobs: Jobs,
    opened: AsyncExitStack,
    *,
    keys: ContentKeys,
) -> Media:
    """Open media, whose streams `keys` encrypt: no tool runs yet. Raises `ToolMissingError`."""
    folder = settings.data_folder / _SCRATCH
    most_bytes = settings.number("KEYSHELF_MEDIA_MAX_GIB") * 2**30
    keep_free = settings.number("KEYSHELF_KEEP_FREE_MIB") * 2**20
    parts = MediaParts(
        database=database, source=stores["source"], media=stores["media"], jobs=jobs, scratch=folder
    )
    tools = tools_of(settings)
    scratch = await opened.enter_async_context(open_scratch(folder))
    return Media(
        parts=parts,
        tools=tools,
        scratch=scratch,
        sources=Sources(parts.source, scratch, SourceOptions(most_bytes, keep_free)),
        renders=await opened.enter_async_context(
            RenderPool(render_options(settings), folder=scratch.path)
        ),
        streams=StreamParts(parts, tools, keys, settings.text("KEYSHELF_PUBLIC_URL") or ""),
        work=WorkParts(parts, _work_options(settings, most_bytes), find_content=place_of_content),
    )


def endings() -> Endings:
    """Return what is noted when a job ends: webhooks, for work on media."""
    return Endings(dict.fromkeys(kinds.NAMES, noting.on_end))


def _work_options(settings: Settings, most_bytes: int) -> WorkOptions:
    return WorkOptions(
        webhook_secret=webhook_secret(settings),
        allow_private_callbacks=settings.flag("KEYSHELF_WEBHOOK_ALLOW_PRIVATE") is True,
        max_source_bytes=most_bytes,
    )
