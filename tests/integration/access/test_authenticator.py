from collections.abc import Mapping
from datetime import timedelta

import pytest

from keyshelf.access import token_format
from keyshelf.access.authenticator import Authenticator
from keyshelf.access.identity import BadCredentialError, Identity, Scope
from keyshelf.access.kratos import KratosOptions, KratosProvider
from keyshelf.access.local import SESSION_COOKIE, LocalProvider
from keyshelf.access.tokens import ApiTokens
from keyshelf.database.pool import Database
from tests.integration.access.conftest import LOCAL_TOKEN
from tests.integration.access.doubles import Clock, ClockedCache
from tests.servers.kratos import fake_kratos
from tests.unit.access.identities import somebody

pytestmark = [pytest.mark.anyio, pytest.mark.services]

NOTHING: Mapping[str, str] = {}


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


async def session_cookies(database: Database, local: LocalProvider) -> dict[str, str]:
    async with database.transaction() as tx:
        session = await local.sign_in(tx, LOCAL_TOKEN, client="")
    return {SESSION_COOKIE: session.secret}


async def api_token(database: Database, tokens: ApiTokens, identity: Identity) -> str:
    async with database.transaction() as tx:
        made = await tokens.create(
            tx,
            identity,
            name="t",
            scopes=frozenset({Scope.DRIVE_READ}),
            expires_in=timedelta(days=1),
        )
    return made.secret


async def test_without_any_proof_there_is_nobody(authenticator: Authenticator) -> None:
    assert await authenticator.identify(NOTHING, NOTHING) is None


async def test_each_provider_says_where_to_sign_in(
    authenticator: Authenticator, clock: Clock
) -> None:
    local = authenticator.provider
    options = KratosOptions(url="http://127.0.0.1:1", login_url="https://id.example.org/")
    async with KratosProvider(options, cache=ClockedCache(clock)) as kratos:
        assert (kratos.name, kratos.login_url) == ("kratos", "https://id.example.org/")

    assert (local.name, local.login_url) == ("local", None)


async def test_each_proof_names_its_credential(
    authenticator: Authenticator, database: Database, local: LocalProvider, tokens: ApiTokens
) -> None:
    cookies = await session_cookies(database, local)
    secret = await api_token(database, tokens, somebody("admin"))

    by_cookie = await authenticator.identify(cookies, NOTHING)
    by_token = await authenticator.identify(NOTHING, bearer(secret))
    by_sign_in_token = await authenticator.identify(NOTHING, bearer(LOCAL_TOKEN))

    found = [each and each.credential for each in (by_cookie, by_token, by_sign_in_token)]
    assert found == ["session", "token", "token"]


async def test_a_token_goes_before_the_cookie(
    authenticator: Authenticator, database: Database, local: LocalProvider, tokens: ApiTokens
) -> None:
    cookies = await session_cookies(database, local)
    secret = await api_token(database, tokens, somebody("ann"))

    identity = await authenticator.identify(cookies, bearer(secret))

    assert identity is not None
    assert (identity.id, identity.csrf_binding) == ("ann", None)


@pytest.mark.parametrize(
    "headers",
    [
        bearer("nonsense"),
        bearer("ks_nonsense"),
        bearer(token_format.generate()),
        bearer(""),
        bearer("  "),
        {"authorization": "Bearer"},
        {"authorization": "bearer nonsense"},
        {"x-session-token": "nonsense"},
        {"x-session-token": ""},
    ],
)
async def test_a_wrong_token_is_never_nobody_nor_the_cookie(
    authenticator: Authenticator,
    database: Database,
    local: LocalProvider,
    headers: dict[str, str],
) -> None:
    cookies = await session_cookies(database, local)

    for sent in (NOTHING, cookies):
        with pytest.raises(BadCredentialError):
            await authenticator.identify(sent, headers)


async def test_the_proxys_own_basic_login_is_left_alone(
    authenticator: Authenticator, database: Database, local: LocalProvider
) -> None:
    cookies = await session_cookies(database, local)

    identity = await authenticator.identify(cookies, {"authorization": "Basic dTpw"})

    assert identity is not None


async def test_with_kratos_api_tokens_never_reach_it(
    database: Database, tokens: ApiTokens, clock: Clock
) -> None:
    secret = await api_token(database, tokens, somebody("ann"))
    with fake_kratos() as kratos:
        kratos.add("token-of-ann", "ann", email="ann@example.org")
        options = KratosOptions(
            url=kratos.url, login_url="https://id.example.org/", admin_ids=frozenset({"ann"})
        )
        async with KratosProvider(options, cache=ClockedCache(clock)) as provider:
            authenticator = Authenticator(provider, tokens)
            by_token = await authenticator.identify(NOTHING, bearer(secret))
            assert kratos.requests == []

            by_session = await authenticator.identify(NOTHING, bearer("token-of-ann"))
            by_header = await authenticator.identify(NOTHING, {"x-session-token": "token-of-ann"})

    assert by_token is not None
    assert (by_token.credential, by_token.is_admin) == ("token", True)
    assert by_session is not None
    assert by_session.credential == "kratos"
    assert by_header == by_session
