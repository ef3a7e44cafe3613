"""Small objects by signed requests: created once, never replaced, never larger than they can be."""

from collections.abc import Callable

import httpx2
import pytest

from keyshelf.client.transfers.objects import (
    LinkExpiredError,
    ObjectChangedError,
    Objects,
    StoreHasNoRoomError,
    StoreUnavailableError,
)
from keyshelf.client.values import SignedRequest

pytestmark = pytest.mark.anyio

REQUEST = SignedRequest("PUT", "https://store.example.org/key", {"If-None-Match": "*"})
AZURE = "<Error><Code>UnauthorizedBlobOverwrite</Code><Message>no</Message></Error>"
DENIED = "<Error><Code>AccessDenied</Code><Message>no</Message></Error>"


def objects(answer: Callable[[httpx2.Request], httpx2.Response]) -> Objects:
    return Objects(
        lambda: httpx2.AsyncClient(transport=httpx2.MockTransport(answer)),
        service_url="https://keyshelf.example.org",
        requests_at_once=2,
        chunk_bytes=1024,
    )


async def test_an_object_is_sent_with_the_headers_that_were_signed() -> None:
    seen: list[tuple[str, bytes]] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append((request.headers["if-none-match"], request.content))
        return httpx2.Response(200)

    assert await objects(answer).put(REQUEST, b"bytes") is True
    assert seen == [("*", b"bytes")]


@pytest.mark.parametrize(("status", "body"), [(412, ""), (409, ""), (403, AZURE)])
async def test_an_object_that_is_there_stays(status: int, body: str) -> None:
    store = objects(lambda _: httpx2.Response(status, text=body))

    assert await store.put(REQUEST, b"bytes") is False


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (403, DENIED, LinkExpiredError),
        (404, "", LinkExpiredError),
        (503, "", StoreUnavailableError),
        (507, "<Error><Code>StorageFull</Code></Error>", StoreHasNoRoomError),
    ],
)
async def test_other_refusals_are_errors(status: int, body: str, error: type[Exception]) -> None:
    store = objects(lambda _: httpx2.Response(status, text=body))

    with pytest.raises(error):
        await store.put(REQUEST, b"bytes")
    with pytest.raises(error):
        await store.fetch(REQUEST, most=10)


async def test_who_fetches_what_is_gone_learns_how_it_comes_back() -> None:
    store = objects(lambda _: httpx2.Response(404))

    with pytest.raises(LinkExpiredError, match="keyshelf recover"):
        await store.fetch(SignedRequest("GET", REQUEST.url, {}), most=10)


async def test_no_more_is_read_than_can_be_there() -> None:
    store = objects(lambda _: httpx2.Response(200, content=b"x" * 11))

    with pytest.raises(ObjectChangedError):
        await store.fetch(REQUEST, most=10)
    assert await store.fetch(REQUEST, most=11) == b"x" * 11
