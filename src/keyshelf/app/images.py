"""How pictures are rendered, as the settings say."""

import os

from keyshelf.media.images.values import RenderLimits, RenderOptions
from keyshelf.settings import Settings


def render_options(settings: Settings) -> RenderOptions:
    """Return what rendering may cost, and how much of it goes on at once."""
    limits = RenderLimits(
        source_bytes=settings.number("KEYSHELF_IMAGE_SOURCE_MIB") * 2**20,
        pixels=settings.number("KEYSHELF_IMAGE_MEGAPIXELS") * 1_000_000,
        output_side=settings.number("KEYSHELF_IMAGE_OUTPUT_PIXELS"),
        frames=settings.number("KEYSHELF_IMAGE_FRAMES"),
        memory_bytes=settings.number("KEYSHELF_IMAGE_MEMORY_MIB") * 2**20,
    )
    renders = settings.text("KEYSHELF_IMAGE_RENDERS")
    return RenderOptions(
        limits=limits,
        seconds=settings.number("KEYSHELF_IMAGE_SECONDS"),
        at_once=int(renders) if renders else os.cpu_count() or 1,
        waiting=settings.number("KEYSHELF_IMAGE_WAITING"),
    )
