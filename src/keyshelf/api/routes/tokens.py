"""API tokens of the caller."""

from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter, Response

from keyshelf.api.caller import Caller, Service
from keyshelf.api.session_schemas import NewTokenAnswer, NewTokenIn, TokenList, TokenOut

router = APIRouter(prefix="/api/tokens", tags=["tokens"])


@router.get("")
async def list_tokens(service: Service, caller: Caller) -> TokenList:
    """Return my tokens, without what they are."""
    async with service.database.read() as tx:
        tokens = await service.tokens.list(tx, caller)
    return TokenList(items=[TokenOut.of(each) for each in tokens])


@router.post("", status_code=201)
async def create_token(
    service: Service, caller: Caller, body: NewTokenIn, response: Response
) -> NewTokenAnswer:
    """Make a token; the answer is the only time that it is shown."""
    async with service.database.transaction() as tx:
        made = await service.tokens.create(
            tx,
            caller,
            name=body.name,
            scopes=frozenset(body.scopes),
            expires_in=timedelta(days=body.expires_in_days),
        )
    response.headers["Cache-Control"] = "no-store"
    return NewTokenAnswer(**TokenOut.of(made.token).model_dump(), token=made.secret)


@router.delete("/{token_id}", status_code=204)
async def revoke_token(service: Service, caller: Caller, token_id: UUID) -> None:
    """Make a token worthless at once."""
    async with service.database.transaction() as tx:
        await service.tokens.revoke(tx, caller, token_id)
