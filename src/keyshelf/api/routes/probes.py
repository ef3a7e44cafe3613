"""Is the process alive, and can it work."""

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from keyshelf.api.caller import Service
from keyshelf.app.readiness import Readiness

router = APIRouter(tags=["probes"])
public_router = APIRouter(tags=["probes"])
private_router = APIRouter(tags=["probes"])


class ReadinessOut(BaseModel):
    """Whether the service can work, and what each part said."""

    status: Literal["ok", "unavailable"]
    checks: dict[str, str]


@router.get("/livez")
async def show_life() -> dict[str, str]:
    """Answer while the process runs, whatever else is broken: restart it when it does not."""
    return {"status": "ok"}


@router.get("/healthz")
async def show_health() -> dict[str, str]:
    """Answer as `/livez` does, by the name that older monitors ask for."""
    return {"status": "ok"}


@public_router.get("/readyz")
async def show_readiness(service: Service, response: Response) -> ReadinessOut:
    """Say which of database, Redis and stores answer; 503 when one does not.

    Anybody may ask: what is wrong with a part is told on the private listener and in the log.
    """
    readiness = await service.readiness()
    told = dict.fromkeys(readiness.failures, "unavailable")
    return _shown(readiness, {**readiness.checks, **told}, response)


@private_router.get("/readyz")
async def show_readiness_in_full(service: Service, response: Response) -> ReadinessOut:
    """Say whether the database, Redis and the stores answer, and why not; 503 when one does not."""
    readiness = await service.readiness()
    return _shown(readiness, dict(readiness.checks), response)


def _shown(readiness: Readiness, checks: dict[str, str], response: Response) -> ReadinessOut:
    if readiness.is_ready:
        return ReadinessOut(status="ok", checks=checks)
    response.status_code = 503
    return ReadinessOut(status="unavailable", checks=checks)
