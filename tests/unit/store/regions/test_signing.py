"""A signed download leads to a replica that is known to have the object, or to the primary."""

from collections.abc import AsyncGenerator

import anyio
import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import Capabilities, PresignOptions, SignedRequest
from keyshelf.store.memory import MemoryStore
from keyshelf.store.regions.values import Strategy
from tests.unit.store.regions.world import CHUNK, DOCUMENT, World, world

pytestmark = pytest.mark.anyio


_ANY = PresignOptions()


class SigningStore(MemoryStore):
    """A store in memory that signs as one in a cloud does."""

    def __init__(self, host: str) -> None:
        super().__init__()
        self.host = host

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(kind="s3")

    async def presign(
        self, method: str, key: ObjectKey, options: PresignOptions = _ANY
    ) -> SignedRequest:
        raise SignedHereError(self.host)


class SignedHereError(Exception):
    """Says who signed."""


async def signer(at: World, method: str = "GET", key: ObjectKey = CHUNK) -> str:
    with pytest.raises(SignedHereError) as said:
        await at.store.presign(method, key)
    return str(said.value)


@pytest.fixture
async def at() -> AsyncGenerator[World]:
    prices = {"a": 0.0, "home": 1.0}
    stores = {name: SigningStore(name) for name in prices}
    async with world(Strategy.LOWEST_COST, "a", prices=prices, inner=stores) as opened:
        yield opened


async def test_a_download_leads_to_the_replica_that_was_asked_once(at: World) -> None:
    await at.have(CHUNK, b"x", "a", "home")

    assert [await signer(at), await signer(at)] == ["a", "a"]
    assert at.homes["a"].calls.count("head") == 1


async def test_what_a_replica_lacks_is_downloaded_from_the_primary(at: World) -> None:
    await at.have(CHUNK, b"x", "home")

    assert await signer(at) == "home"
    assert at.count("fallbacks_total", "a", reason="missing") == 1


async def test_a_replica_that_fails_is_not_led_to(at: World) -> None:
    await at.have(CHUNK, b"x", "a", "home")
    at.homes["a"].fail("head")
    assert await signer(at) == "home"
    assert await signer(at) == "home"
    at.homes["a"].calls.clear()
    await at.clock.passes(1)

    assert at.homes["a"].calls == ["check"]
    assert await signer(at) == "a"


async def test_uploads_and_what_changes_are_the_primarys(at: World) -> None:
    for key in (CHUNK, DOCUMENT):
        await at.have(key, b"x", "a", "home")

    assert await signer(at, "GET", DOCUMENT) == "home"
    assert await signer(at, "PUT") == "home"
    # Whoever was let write it may have done so.
    assert await signer(at) == "home"


async def test_a_store_on_this_machine_is_not_led_to() -> None:
    inner = {"home": SigningStore("home")}
    async with world(Strategy.LOWEST_COST, "a", prices={"a": 0.0}, inner=inner) as at:
        await at.have(CHUNK, b"x", "a", "home")
        with anyio.fail_after(5):
            assert await signer(at) == "home"
