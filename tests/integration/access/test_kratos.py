from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import anyio
import anyio.to_thread
import pytest

from keyshelf.access.identity import BadCredentialError, IllegalIdentityError
from keyshelf.access.kratos import KratosOptions, KratosProvider
from keyshelf.access.kratos_answers import KratosUnavailableError, SecondFactorRequiredError
from keyshelf.errors import InvalidInputError
from tests.integration.access.doubles import Clock, ClockedCache
from tests.patience import PATIENCE
from tests.servers.kratos import FakeKratos, fake_kratos

COOKIE = {"ory_kratos_session": "MTc0=="}
ANN = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"
LOGIN = "https://id.example.org/self-service/login/browser?return_to=%2F"
AAL2 = "https://id.example.org/self-service/login/browser?aal=aal2&return_to=x"

pytestmark = pytest.mark.anyio


@pytest.fixture
def kratos() -> Iterator[FakeKratos]:
    with fake_kratos() as server:
        server.add("ory_kratos_session=MTc0==", ANN, email="ann@example.org", given_name="Ann")
        server.add("token-of-ann", ANN, email="ann@example.org")
        yield server


def options(url: str, **changes: timedelta | int) -> KratosOptions:
    whole = {"timeout": timedelta(seconds=PATIENCE), **changes}
    return KratosOptions(url=url, login_url=LOGIN, admin_ids=frozenset({"boss"}), **whole)  # type: ignore[arg-type] -- each test changes one number


@pytest.fixture
async def provider(kratos: FakeKratos, clock: Clock) -> AsyncIterator[KratosProvider]:
    async with KratosProvider(options(kratos.url), cache=ClockedCache(clock)) as provider:
        yield provider


@pytest.mark.parametrize(
    "name", ["ory_kratos_session", "ory_session_happyhouse1a2b", "ory_session_"]
)
async def test_each_cookie_name_of_kratos_signs_in(
    provider: KratosProvider, kratos: FakeKratos, name: str
) -> None:
    kratos.add(f"{name}=secret", ANN, email="ann@example.org", given_name="Ann")

    identity = await provider.from_cookies({"theme": "dark", name: "secret"})

    assert identity is not None
    assert (identity.id, identity.name, identity.email) == (ANN, "Ann", "ann@example.org")
    assert (identity.credential, identity.is_admin) == ("kratos", False)
    assert identity.csrf_binding is not None


async def test_only_the_first_kratos_cookie_is_forwarded(
    provider: KratosProvider, kratos: FakeKratos
) -> None:
    await provider.from_cookies(
        {"keyshelf_session": "ours", **COOKIE, "ory_session_x": "second", "other": "x"}
    )

    assert [request.get("cookie") for request in kratos.requests] == ["ory_kratos_session=MTc0=="]
    assert "authorization" not in kratos.requests[0]


async def test_cookies_that_kratos_sets_never_reach_the_next_question(
    provider: KratosProvider, kratos: FakeKratos
) -> None:
    await provider.from_cookies(COOKIE)
    await provider.from_token("token-of-ann", client="")

    assert "cookie" not in kratos.requests[1]


@pytest.mark.parametrize(
    "cookies",
    [
        {},
        {"session": "x"},
        {"my_ory_session_x": "x"},
        {"ory_kratos_session": ""},
        {"ory_kratos_session": "a; ory_kratos_session=b"},
        {"ory_kratos_session": "a\r\nX-Session-Token: token-of-ann"},
        {"ory_kratos_session": "ä"},
    ],
)
async def test_without_a_sendable_kratos_cookie_nobody_is_asked(
    provider: KratosProvider, kratos: FakeKratos, cookies: dict[str, str]
) -> None:
    assert await provider.from_cookies(cookies) is None
    assert kratos.requests == []


async def test_an_unknown_cookie_is_nobody_and_an_unknown_token_an_error(
    provider: KratosProvider,
) -> None:
    assert await provider.from_cookies({"ory_kratos_session": "old"}) is None
    with pytest.raises(BadCredentialError):
        await provider.from_token("old", client="")
    with pytest.raises(BadCredentialError):
        await provider.from_token("a\r\nb", client="")


async def test_a_session_token_signs_in_without_csrf(
    provider: KratosProvider, kratos: FakeKratos
) -> None:
    identity = await provider.from_token("token-of-ann", client="")

    assert (identity.id, identity.csrf_binding) == (ANN, None)
    assert kratos.requests[0]["x-session-token"] == "token-of-ann"


async def test_administrators_are_named_in_the_options(
    provider: KratosProvider, kratos: FakeKratos
) -> None:
    kratos.add("token-of-boss", "boss")

    assert (await provider.from_token("token-of-boss", client="")).is_admin


@pytest.mark.parametrize(
    "body",
    [
        {"redirect_browser_to": AAL2},
        {"error": {"id": "session_aal2_required", "details": {"redirect_browser_to": AAL2}}},
    ],
)
async def test_a_missing_second_factor_says_where_to_give_it(
    provider: KratosProvider, kratos: FakeKratos, body: dict[str, object]
) -> None:
    kratos.second_factor["token-of-ann"] = body

    with pytest.raises(SecondFactorRequiredError) as caught:
        await provider.from_token("token-of-ann", client="")
    assert caught.value.extras == {"redirect_to": AAL2}


async def test_a_403_without_a_word_still_asks_for_the_second_factor(
    provider: KratosProvider, kratos: FakeKratos
) -> None:
    kratos.outage = (403, b"<html>")

    with pytest.raises(SecondFactorRequiredError) as caught:
        await provider.from_cookies(COOKIE)
    assert caught.value.extras == {"redirect_to": f"{LOGIN}&aal=aal2"}


async def test_the_second_factor_lets_in_at_once(
    provider: KratosProvider, kratos: FakeKratos
) -> None:
    kratos.second_factor["token-of-ann"] = {"redirect_browser_to": AAL2}
    with pytest.raises(SecondFactorRequiredError):
        await provider.from_token("token-of-ann", client="")

    kratos.second_factor.clear()

    assert (await provider.from_token("token-of-ann", client="")).id == ANN


@pytest.mark.parametrize(
    "outage",
    [
        (500, b"{}"),
        (502, b"<html>"),
        (429, b"{}"),
        (404, b"{}"),
        (302, b""),
        (204, b""),
        (200, b"<html>"),
        (200, b"{}"),
        (200, b'{"active": true, "identity": null}'),
    ],
)
async def test_any_answer_that_is_none_lets_nobody_in(
    provider: KratosProvider, kratos: FakeKratos, outage: tuple[int, bytes]
) -> None:
    kratos.outage = outage

    with pytest.raises(KratosUnavailableError):
        await provider.from_cookies(COOKIE)

    kratos.outage = None
    assert await provider.from_cookies(COOKIE) is not None


async def test_a_kratos_that_is_gone_lets_nobody_in(clock: Clock) -> None:
    with fake_kratos() as server:
        url = server.url

    async with KratosProvider(options(url), cache=ClockedCache(clock)) as provider:
        with pytest.raises(KratosUnavailableError):
            await provider.from_cookies(COOKIE)


async def test_a_kratos_that_is_too_slow_lets_nobody_in(kratos: FakeKratos, clock: Clock) -> None:
    kratos.may_answer.clear()
    hurried = options(kratos.url, timeout=timedelta(milliseconds=100))

    async with KratosProvider(hurried, cache=ClockedCache(clock)) as provider:
        with pytest.raises(KratosUnavailableError):
            await provider.from_cookies(COOKIE)


async def test_an_endless_answer_is_refused(kratos: FakeKratos, clock: Clock) -> None:
    kratos.outage = (200, b" " * 5000)

    async with KratosProvider(
        options(kratos.url, max_answer_bytes=4096), cache=ClockedCache(clock)
    ) as provider:
        with pytest.raises(KratosUnavailableError):
            await provider.from_cookies(COOKIE)


async def test_an_answer_holds_for_30_seconds(
    provider: KratosProvider, kratos: FakeKratos, clock: Clock
) -> None:
    first = await provider.from_cookies(COOKIE)
    kratos.sessions.clear()
    clock.advance(timedelta(seconds=29))

    assert await provider.from_cookies(COOKIE) == first
    assert len(kratos.requests) == 1

    clock.advance(timedelta(seconds=1))
    assert await provider.from_cookies(COOKIE) is None
    assert await provider.from_cookies(COOKIE) is None
    assert len(kratos.requests) == 2


async def test_a_cached_person_outlives_an_outage_only_so_long(
    provider: KratosProvider, kratos: FakeKratos, clock: Clock
) -> None:
    await provider.from_cookies(COOKIE)
    kratos.outage = (503, b"")

    assert await provider.from_cookies(COOKIE) is not None
    clock.advance(timedelta(seconds=30))
    with pytest.raises(KratosUnavailableError):
        await provider.from_cookies(COOKIE)


async def test_the_cache_holds_no_credential(kratos: FakeKratos, clock: Clock) -> None:
    cache = ClockedCache(clock)
    async with KratosProvider(options(kratos.url), cache=cache) as provider:
        await provider.from_token("token-of-ann", client="")

    assert "token-of-ann" not in repr(cache.values)


async def test_many_at_once_ask_once(provider: KratosProvider, kratos: FakeKratos) -> None:
    kratos.may_answer.clear()
    found: list[str] = []

    async def ask() -> None:
        identity = await provider.from_cookies(COOKIE)
        assert identity is not None
        found.append(identity.id)

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(ask)
        await anyio.to_thread.run_sync(kratos.asked.acquire)
        kratos.may_answer.set()

    assert (found, len(kratos.requests)) == ([ANN] * 20, 1)


@pytest.mark.parametrize("evil", ["shared", "..", f"{ANN}/my-files", "", ".keyshelf"])
async def test_an_identity_id_that_reaches_others_keys_is_refused(
    provider: KratosProvider, kratos: FakeKratos, evil: str
) -> None:
    kratos.add("token-of-evil", evil)

    with pytest.raises(IllegalIdentityError):
        await provider.from_token("token-of-evil", client="")


def test_addresses_must_be_addresses() -> None:
    with pytest.raises(InvalidInputError):
        KratosOptions(url="kratos:4433", login_url=LOGIN)
