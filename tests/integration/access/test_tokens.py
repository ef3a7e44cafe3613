import dataclasses
from datetime import timedelta
from uuid import uuid4

import pytest

from keyshelf.access.expiry import sweep
from keyshelf.access.identity import BadCredentialError, Identity, Scope
from keyshelf.access.permissions import InsufficientScopeError, NotAdministratorError
from keyshelf.access.tokens import (
    ApiToken,
    ApiTokens,
    NewToken,
    TokenNotFoundError,
    TooManyTokensError,
)
from keyshelf.database.pool import Database
from keyshelf.errors import InvalidInputError
from keyshelf.layout.drive import OwnerId
from tests.integration.access.doubles import Clock
from tests.unit.access.identities import somebody

pytestmark = [pytest.mark.anyio, pytest.mark.services]

ANN = somebody("ann")
BOB = somebody("bob")
ROOT = somebody("root", is_admin=True)
READ = frozenset({Scope.DRIVE_READ})
MONTH = timedelta(days=30)


async def make(
    database: Database,
    tokens: ApiTokens,
    identity: Identity = ANN,
    *,
    name: str = "backup",
    scopes: frozenset[Scope] = READ,
    expires_in: timedelta = MONTH,
) -> NewToken:
    async with database.transaction() as tx:
        return await tokens.create(tx, identity, name=name, scopes=scopes, expires_in=expires_in)


async def identify(tokens: ApiTokens, secret: str) -> Identity:
    return await tokens.identify(secret, is_admin=lambda owner: owner == ROOT.id)


async def test_a_token_acts_for_its_maker_within_its_scopes(
    database: Database, tokens: ApiTokens
) -> None:
    made = await make(database, tokens)

    identity = await identify(tokens, made.secret)

    assert identity == dataclasses.replace(ANN, scopes=READ, credential="token", csrf_binding=None)


async def test_the_table_holds_no_secret(database: Database, tokens: ApiTokens) -> None:
    made = await make(database, tokens)

    async with database.read() as tx:
        row = await tx.one("SELECT * FROM api_tokens")
    assert row is not None
    assert made.secret not in repr(row)
    assert made.secret not in repr(made)


async def test_a_token_that_was_never_made_is_an_error(tokens: ApiTokens) -> None:
    from keyshelf.access import token_format

    with pytest.raises(BadCredentialError, match="unknown"):
        await identify(tokens, token_format.generate())


async def test_a_mistyped_token_is_told_so(database: Database, tokens: ApiTokens) -> None:
    made = await make(database, tokens)

    with pytest.raises(BadCredentialError, match="mistyped"):
        await identify(tokens, made.secret[:-1])


async def test_a_token_expires(database: Database, tokens: ApiTokens, clock: Clock) -> None:
    made = await make(database, tokens)
    clock.advance(MONTH - timedelta(seconds=1))
    await identify(tokens, made.secret)

    clock.advance(timedelta(seconds=1))

    with pytest.raises(BadCredentialError, match="expired"):
        await identify(tokens, made.secret)


async def test_a_revoked_token_ends_at_once(database: Database, tokens: ApiTokens) -> None:
    made = await make(database, tokens)

    async with database.transaction() as tx:
        await tokens.revoke(tx, ANN, made.token.id)

    with pytest.raises(BadCredentialError, match="revoked"):
        await identify(tokens, made.secret)


async def test_nobody_sees_or_revokes_anothers_tokens(
    database: Database, tokens: ApiTokens
) -> None:
    made = await make(database, tokens)

    async with database.transaction() as tx:
        for identity, token_id in ((BOB, made.token.id), (ROOT, made.token.id), (ANN, uuid4())):
            with pytest.raises(TokenNotFoundError):
                await tokens.revoke(tx, identity, token_id)
        assert await tokens.list(tx, BOB) == []
        assert await tokens.list(tx, ANN) == [made.token]


async def test_tokens_are_listed_newest_first(
    database: Database, tokens: ApiTokens, clock: Clock
) -> None:
    made: list[ApiToken] = []
    for name in ("first", "second"):
        made.append((await make(database, tokens, name=name)).token)
        clock.advance(timedelta(seconds=1))

    async with database.read() as tx:
        assert await tokens.list(tx, ANN) == made[::-1]


async def test_the_last_use_is_kept_to_the_minute(
    database: Database, tokens: ApiTokens, clock: Clock
) -> None:
    made = await make(database, tokens)

    async def last_used() -> object:
        async with database.read() as tx:
            return (await tokens.list(tx, ANN))[0].last_used_at

    assert await last_used() is None
    first_use = clock.now
    await identify(tokens, made.secret)
    clock.advance(timedelta(seconds=59))
    await identify(tokens, made.secret)
    assert await last_used() == first_use

    clock.advance(timedelta(seconds=1))
    await identify(tokens, made.secret)
    assert await last_used() == clock.now


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\nb", "a\x00b"])
async def test_a_token_needs_a_name(database: Database, tokens: ApiTokens, name: str) -> None:
    with pytest.raises(InvalidInputError):
        await make(database, tokens, name=name)


@pytest.mark.parametrize("days", [-1, 0, 0.5, 366.5, 10_000])
async def test_a_token_must_expire_within_bounds(
    database: Database, tokens: ApiTokens, days: float
) -> None:
    with pytest.raises(InvalidInputError):
        await make(database, tokens, expires_in=timedelta(days=days))


async def test_a_token_without_scopes_is_refused(database: Database, tokens: ApiTokens) -> None:
    with pytest.raises(InvalidInputError):
        await make(database, tokens, scopes=frozenset())


async def test_no_token_makes_itself_stronger(database: Database, tokens: ApiTokens) -> None:
    program = somebody("ann", credential="token", scopes=READ)
    keeper = somebody("root", is_admin=True, credential="token", scopes=frozenset({Scope.ADMIN}))

    with pytest.raises(InsufficientScopeError):
        await make(database, tokens, program)
    with pytest.raises(InsufficientScopeError):
        await make(database, tokens, keeper, scopes=READ)
    with pytest.raises(NotAdministratorError):
        await make(database, tokens, ANN, scopes=frozenset({Scope.ADMIN}))


async def test_administration_ends_with_the_role_and_not_with_the_token(
    database: Database, tokens: ApiTokens
) -> None:
    made = await make(database, tokens, ROOT, scopes=frozenset({Scope.ADMIN}))

    def nobody(owner: OwnerId) -> bool:
        return False

    assert (await identify(tokens, made.secret)).is_admin
    assert not (await tokens.identify(made.secret, is_admin=nobody)).is_admin


async def test_tokens_of_one_identity_are_bounded(
    database: Database, tokens: ApiTokens, clock: Clock
) -> None:
    for _ in range(3):
        await make(database, tokens)
    with pytest.raises(TooManyTokensError):
        await make(database, tokens)
    await make(database, tokens, BOB)

    clock.advance(MONTH)
    await make(database, tokens)


async def test_the_sweep_leaves_expired_tokens_to_be_seen_for_a_month(
    database: Database, tokens: ApiTokens, clock: Clock
) -> None:
    await make(database, tokens)
    clock.advance(MONTH + timedelta(days=29))
    async with database.transaction() as tx:
        assert (await sweep(tx, now=clock.now)).tokens == 0

    clock.advance(timedelta(days=1))
    async with database.transaction() as tx:
        assert (await sweep(tx, now=clock.now)).tokens == 1
