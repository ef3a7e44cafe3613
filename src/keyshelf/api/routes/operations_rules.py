"""The rules of the stores' buckets, for administrators."""

from fastapi import APIRouter

from keyshelf.api.caller import Administrator, Service
from keyshelf.api.operations_schemas import AllRulesOut, StoreRulesOut
from keyshelf.app import bucket_rules

router = APIRouter(prefix="/api/operations", tags=["operations"])


@router.get("/rules")
async def show_rules(service: Service, caller: Administrator) -> AllRulesOut:
    """Compare all rules of all buckets with the settings. Changes nothing.

    What makes a difference go away is a command: rules are applied by who has the settings
    before them.
    """
    del caller
    planned = await bucket_rules.plan(service.settings)
    return AllRulesOut(items=[StoreRulesOut.of(each) for each in planned])
