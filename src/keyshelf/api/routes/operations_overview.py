"""How the whole service is, for administrators."""

from fastapi import APIRouter

from keyshelf.api.caller import Administrator, Service
from keyshelf.api.operations_schemas import OverviewOut
from keyshelf.app.overview import overview

router = APIRouter(prefix="/api/operations", tags=["operations"])


@router.get("/overview")
async def show_overview(service: Service, caller: Administrator) -> OverviewOut:
    """Say what answers and what does not, what waits, and what was last backed up and checked."""
    del caller
    return OverviewOut.of(await overview(service))
