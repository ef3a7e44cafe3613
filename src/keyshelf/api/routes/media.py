"""Media by their hash: what is known of them, what was made, and undoing all of it."""

from fastapi import APIRouter

from keyshelf.api.caller import Caller, Service
from keyshelf.api.media_links import links
from keyshelf.api.media_schemas import DeletionAnswer, MediaAnswer, media_answer
from keyshelf.api.routes.jobs import may_see, shown
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import media_hash
from keyshelf.media.work.failures import MediaNotGoneError
from keyshelf.media.work.showing import look
from keyshelf.workflows.media_access import require_readable, require_removable, source_for
from keyshelf.workflows.remove_media import remove_made

router = APIRouter(prefix="/api/media", tags=["media"])


@router.get("/{hash}")
async def show_media(service: Service, caller: Caller, hash: str) -> MediaAnswer:  # noqa: A002 -- the parameter's name in the interface
    """Return what is known of media, their renditions with links, and their jobs."""
    media = media_hash(hash)
    async with service.database.read() as tx:
        await require_readable(tx, caller, media)
        known = await look(tx, media)
        jobs = await service.jobs.list(tx, media_hash=media)
        first = ObjectKey(known.asset["source_key"]) if known.asset else None
        source = await source_for(tx, caller, media, first) if first else None
    told = [shown(caller, job) for job in jobs if may_see(caller, job)]
    return media_answer(media, known, told, source=source, link_of=links(service, media))


@router.delete("/{hash}")
async def remove_media(service: Service, caller: Caller, hash: str) -> DeletionAnswer:  # noqa: A002 -- the parameter's name in the interface
    """Remove all that was made for media, their keys and their jobs; their source stays.

    What is known of media that a file of the drive has stays too, and lists show it.
    503 `media-not-gone` tells in `report` what is left. A worker goes on with that, and so does
    asking again; until then nothing more is made for them.
    """
    media = media_hash(hash)
    async with service.database.read() as tx:
        await require_removable(tx, caller, media)
    report = DeletionAnswer.of(await remove_made(service.media.work, media))
    if not report.complete:
        raise MediaNotGoneError(
            "something is left: ask again", retryable=True, report=report.model_dump(mode="json")
        )
    return report
