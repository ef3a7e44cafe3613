from datetime import timedelta

import pytest

from keyshelf.access.attempts import SignInAttempts
from keyshelf.access.expiry import Swept, sweep
from keyshelf.access.identity import ALL_SCOPES, BadCredentialError
from keyshelf.access.local import SESSION_COOKIE, LocalOptions, LocalProvider, NewSession
from keyshelf.coordination.limiter import RateLimitedError
from keyshelf.database.pool import Database
from tests.integration.access.conftest import LOCAL_TOKEN
from tests.integration.access.doubles import Clock

pytestmark = [pytest.mark.anyio, pytest.mark.services]

HERE = "192.0.2.7"


async def sign_in(database: Database, local: LocalProvider, token: str = LOCAL_TOKEN) -> NewSession:
    async with database.transaction() as tx:
        return await local.sign_in(tx, token, client=HERE)


def cookies(session: NewSession) -> dict[str, str]:
    return {SESSION_COOKIE: session.secret}


async def test_the_token_signs_the_administrator_in(
    database: Database, local: LocalProvider
) -> None:
    session = await sign_in(database, local)

    identity = await local.from_cookies(cookies(session))

    assert identity == session.identity
    assert identity is not None
    assert (identity.id, identity.is_admin, identity.credential) == ("admin", True, "session")
    assert identity.scopes == ALL_SCOPES


@pytest.mark.parametrize(
    "token", ["", LOCAL_TOKEN[:-1], LOCAL_TOKEN.upper(), "\ud800", "x" * 10_000]
)
async def test_a_wrong_token_does_not(database: Database, local: LocalProvider, token: str) -> None:
    with pytest.raises(BadCredentialError):
        await sign_in(database, local, token)


async def test_two_sessions_are_two(database: Database, local: LocalProvider) -> None:
    one, other = await sign_in(database, local), await sign_in(database, local)

    assert one.secret != other.secret
    assert one.identity.csrf_binding != other.identity.csrf_binding


@pytest.mark.parametrize("value", ["", "nonsense", "0" * 64, "\ud800"])
async def test_a_made_up_cookie_is_nobody(local: LocalProvider, value: str) -> None:
    assert await local.from_cookies({SESSION_COOKIE: value}) is None
    assert await local.from_cookies({}) is None


async def test_signing_out_ends_this_session_only(database: Database, local: LocalProvider) -> None:
    one, other = await sign_in(database, local), await sign_in(database, local)

    for _ in range(2):
        async with database.transaction() as tx:
            await local.sign_out(tx, cookies(one))
            await local.sign_out(tx, {})

    assert await local.from_cookies(cookies(one)) is None
    assert await local.from_cookies(cookies(other)) is not None


async def test_use_keeps_a_session_alive_and_idleness_ends_it(
    database: Database, local: LocalProvider, clock: Clock
) -> None:
    session = await sign_in(database, local)
    for _ in range(3):
        clock.advance(timedelta(days=13))
        assert await local.from_cookies(cookies(session)) is not None

    clock.advance(timedelta(days=14))

    assert await local.from_cookies(cookies(session)) is None


async def test_no_session_outlives_its_bound(
    database: Database, local: LocalProvider, clock: Clock
) -> None:
    session = await sign_in(database, local)
    for _ in range(8):
        clock.advance(timedelta(days=11))
        assert await local.from_cookies(cookies(session)) is not None

    clock.advance(timedelta(days=2))

    assert await local.from_cookies(cookies(session)) is None


async def test_a_busy_session_is_written_once_a_minute(
    database: Database, local: LocalProvider, clock: Clock
) -> None:
    session = await sign_in(database, local)

    async def last_used() -> object:
        async with database.read() as tx:
            return await tx.value("SELECT last_used_at FROM sessions")

    begun = clock.now
    clock.advance(timedelta(seconds=59))
    await local.from_cookies(cookies(session))
    assert await last_used() == begun

    clock.advance(timedelta(seconds=1))
    await local.from_cookies(cookies(session))
    assert await last_used() == clock.now


async def test_changing_the_sign_in_token_ends_every_session(
    database: Database, local: LocalProvider, clock: Clock, attempts: SignInAttempts
) -> None:
    session = await sign_in(database, local)

    changed = LocalProvider(
        database, LocalOptions(token="another token entirely"), clock=clock, attempts=attempts
    )

    assert await changed.from_cookies(cookies(session)) is None


async def test_the_table_holds_no_secret(database: Database, local: LocalProvider) -> None:
    session = await sign_in(database, local)

    async with database.read() as tx:
        row = await tx.one("SELECT * FROM sessions")
    assert row is not None
    assert session.secret not in repr(row)
    assert bytes.fromhex(session.secret) not in row.values()
    assert session.secret not in repr(session)


async def test_too_many_wrong_tokens_close_the_door_to_that_address(
    database: Database, local: LocalProvider
) -> None:
    for _ in range(3):
        with pytest.raises(BadCredentialError):
            await sign_in(database, local, "a wrong token of some length")

    with pytest.raises(RateLimitedError):
        await sign_in(database, local)
    with pytest.raises(RateLimitedError):
        await local.from_token(LOCAL_TOKEN, client=HERE)
    assert (await local.from_token(LOCAL_TOKEN, client="192.0.2.8")).id == "admin"


async def test_failures_that_race_past_the_limit_stay_failures(attempts: SignInAttempts) -> None:
    for _ in range(5):
        await attempts.record_failure(HERE)

    with pytest.raises(RateLimitedError):
        await attempts.require_allowed(HERE)


async def test_right_tokens_are_not_counted(database: Database, local: LocalProvider) -> None:
    for _ in range(5):
        await sign_in(database, local)
        await local.from_token(LOCAL_TOKEN, client=HERE)


async def test_the_sweep_removes_what_expired(
    database: Database, local: LocalProvider, clock: Clock
) -> None:
    await sign_in(database, local)
    clock.advance(timedelta(days=10))
    fresh = await sign_in(database, local)
    clock.advance(timedelta(days=5))

    async with database.transaction() as tx:
        assert await sweep(tx, now=clock.now) == Swept(sessions=1, tokens=0, idempotency_keys=0)

    assert await local.from_cookies(cookies(fresh)) is not None
