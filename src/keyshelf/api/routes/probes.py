"""Is the process alive, and can it work."""

from fastapi import APIRouter, Response

from keyshelf.api.caller import Service
from keyshelf.app.service import Readiness

router = APIRouter(tags=["probes"])


@router.get("/healthz")
async def show_health() -> dict[str, str]:
    """Answer while the process runs, whatever else is broken."""
    return {"status": "ok"}


@router.get("/readyz")
async def show_readiness(service: Service, response: Response) -> Readiness:
    """Say whether the database, Redis and the stores answer; 503 when one does not."""
    readiness = await service.readiness()
    if readiness.status != "ok":
        response.status_code = 503
    return readiness
