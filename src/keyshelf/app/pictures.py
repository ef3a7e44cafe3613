"""Pictures, as the settings say: how they are kept, made and addressed."""

from datetime import timedelta

from keyshelf.app.images import render_options
from keyshelf.app.media import Media
from keyshelf.media.images.presets import parse_presets
from keyshelf.media.pictures.values import PictureOptions, PictureParts
from keyshelf.settings import Settings
from keyshelf.workflows.picture_content import content_hash_of

_BEING_KEPT = 2
"""Pictures that are being kept while the next ones render."""


def picture_parts(settings: Settings, media: Media) -> PictureParts:
    """Return what serving pictures stands on."""
    renders = render_options(settings)
    # Each picture that is made holds a connection: everything else must find some as well.
    most = settings.number("KEYSHELF_DATABASE_CONNECTIONS") // 2
    return PictureParts(
        database=media.parts.database,
        source=media.parts.source,
        media=media.parts.media,
        sources=media.sources,
        renders=media.renders,
        scratch=media.scratch.path,
        options=PictureOptions(
            memory_bytes=settings.number("KEYSHELF_IMAGE_CACHE_MIB") * 2**20,
            kept=timedelta(days=settings.number("KEYSHELF_IMAGE_CACHE_DAYS")),
            presets=parse_presets(settings.text("KEYSHELF_IMAGE_PRESETS") or ""),
            at_once=max(1, min(renders.at_once + _BEING_KEPT, most)),
            waiting=renders.waiting,
            max_source_bytes=renders.limits.source_bytes,
        ),
        content_hash_of=content_hash_of,
    )
