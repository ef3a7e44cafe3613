"""The tools for films, as the settings say, and a workshop of them for the command line."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from keyshelf.app.images import render_options
from keyshelf.media.images.pool import RenderPool
from keyshelf.media.tools.finding import ToolLimits, Tools, find_tools
from keyshelf.media.tools.scratch import open_scratch
from keyshelf.settings import Settings
from keyshelf.workflows.make_proxies import Workshop

_SCRATCH = "scratch"


def tools_of(settings: Settings) -> Tools:
    """Return the tools with their limits; none runs yet. Raises `ToolMissingError`."""
    limits = ToolLimits(
        memory_bytes=settings.number("KEYSHELF_TOOL_MEMORY_MIB") * 2**20,
        source_pixels=settings.number("KEYSHELF_MEDIA_MAX_MEGAPIXELS") * 1_000_000,
        source_seconds=settings.number("KEYSHELF_MEDIA_MAX_HOURS") * 3600.0,
        keep_free_bytes=settings.number("KEYSHELF_KEEP_FREE_MIB") * 2**20,
    )
    return find_tools(ffmpeg=settings.text("KEYSHELF_FFMPEG"), limits=limits)


@asynccontextmanager
async def open_workshop(settings: Settings) -> AsyncGenerator[Workshop]:
    """Open what proxies are made with; what it writes is below the folder of caches.

    Raises `ToolMissingError`.
    """
    tools = tools_of(settings)
    async with (
        open_scratch(settings.cache_folder / _SCRATCH) as scratch,
        RenderPool(render_options(settings), folder=scratch.path) as renders,
    ):
        keep_free = settings.number("KEYSHELF_KEEP_FREE_MIB") * 2**20
        yield Workshop(tools, scratch, renders, keep_free)
