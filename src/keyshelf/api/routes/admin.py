"""What administrators do, on the private listener."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from keyshelf.api.caller import Administrator, Service
from keyshelf.api.schemas import BackfillAnswer, BackfillIn, JobAnswer, JobOut
from keyshelf.drive.backfill import service as backfill
from keyshelf.drive.backfill.missing import find_missing
from keyshelf.drive.settle.schedule import schedule_backfill

router = APIRouter(tags=["admin"])

_MOST_TOLD = 10_000


class MissingOut(BaseModel):
    """A file whose object is not in the bucket."""

    id: str
    key: str
    size: int


class MissingAnswer(BaseModel):
    """What the bucket lacks; `missing` is cut at 10,000, `missing_count` is not."""

    checked: int
    missing_count: int
    missing: list[MissingOut]


@router.post("/api/admin/backfill", response_model=BackfillAnswer | JobAnswer)
async def run_backfill(
    service: Service,
    caller: Administrator,
    body: BackfillIn,
    response: Response,
    prefer: Annotated[str | None, Header()] = None,
) -> BackfillAnswer | JobAnswer:
    """Make rows of the objects that the database does not know.

    `Prefer: respond-async` answers at once with a job that tells its progress.
    """
    if prefer == "respond-async":
        async with service.database.transaction() as tx:
            job = await schedule_backfill(
                tx, service.drive, body.prefix, dry_run=body.dry_run, asked_by=caller.id
            )
        response.status_code = 202
        return JobAnswer(job=JobOut.of(job))
    result = await backfill.backfill(
        service.drive, asked_by=caller.id, prefix=body.prefix, dry_run=body.dry_run
    )
    return BackfillAnswer(
        scanned=result.scanned,
        already_registered=result.already_registered,
        folders_created=result.folders_created,
        files_created=result.files_created,
        errors=list(result.errors),
        dry_run=result.dry_run,
    )


@router.get("/api/admin/missing")
async def list_missing(
    service: Service,
    caller: Administrator,
    prefix: Annotated[str, Query(max_length=1024)] = "",
) -> MissingAnswer:
    """Report the files whose object is gone from the bucket; changes nothing."""
    del caller
    report = await find_missing(service.drive, prefix=prefix)
    return MissingAnswer(
        checked=report.checked,
        missing_count=report.missing_count,
        missing=[MissingOut(id=str(m.id), key=m.key, size=m.size) for m in report.missing],
    )


class RotationAnswer(BaseModel):
    """How many content keys were wrapped anew, by which key, and which could not be.

    `unreadable` has the hashes of their media, cut at 10,000; `unreadable_count` counts keys.
    """

    rewrapped: int
    kek_version: str
    unreadable_count: int
    unreadable: list[str]


@router.post("/api/admin/content-keys/rotate")
async def rotate_content_keys(service: Service, caller: Administrator) -> RotationAnswer:
    """Wrap every content key anew by the first of KEYSHELF_CONTENT_KEKS; no stream changes.

    Repeated, it wraps what is left. Once none is left, the other keys of the setting can go.
    """
    del caller
    keys = service.playback.content_keys
    rotation = await keys.rotate()
    return RotationAnswer(
        rewrapped=rotation.rewrapped,
        kek_version=keys.ring.current,
        unreadable_count=len(rotation.unreadable),
        unreadable=[*sorted(set(rotation.unreadable))[:_MOST_TOLD]],
    )


@router.get("/metrics")
async def show_metrics(service: Service) -> Response:
    """Return metrics in Prometheus' text format: of this process, and of the whole service."""
    return Response(await service.monitoring.exposition(), media_type=CONTENT_TYPE_LATEST)
