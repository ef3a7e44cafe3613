from uuid import uuid4

import pytest

from keyshelf.database.pool import Database
from keyshelf.delivery import key_ring
from keyshelf.layout.media import media_hash
from keyshelf.media.keys import queries, service
from keyshelf.media.keys.service import ContentKeys, Rotation
from keyshelf.media.keys.values import ContentKeyNotFoundError

pytestmark = [pytest.mark.services, pytest.mark.anyio]

OLD = key_ring.parse(f"v1:{'01' * 32}")
BOTH = key_ring.parse(f"v2:{'02' * 32},v1:{'01' * 32}")
NEW = key_ring.parse(f"v2:{'02' * 32}")
FILM = media_hash("abcdef1234")


async def test_an_encode_keeps_its_key_and_another_gets_its_own(database: Database) -> None:
    keys = ContentKeys(database, OLD)
    first, second = uuid4(), uuid4()
    async with database.transaction() as tx:
        made = await keys.of_encode(tx, FILM, first)
    async with database.transaction() as tx:
        again = await keys.of_encode(tx, FILM, first)
        other = await keys.of_encode(tx, FILM, second)

    assert again == made
    assert other.key != made.key
    assert other.kid != made.kid
    assert await keys.get(made.id) == made


async def test_an_unknown_key_is_not_found(database: Database) -> None:
    with pytest.raises(ContentKeyNotFoundError):
        await ContentKeys(database, OLD).get(uuid4())


async def test_rotation_keeps_the_keys_and_needs_the_old_one_no_longer(database: Database) -> None:
    old = ContentKeys(database, OLD)
    async with database.transaction() as tx:
        made = [await old.of_encode(tx, FILM, uuid4()) for _ in range(3)]
    assert await ContentKeys(database, BOTH).rotate() == Rotation(3)
    assert await ContentKeys(database, BOTH).rotate() == Rotation(0)
    assert [await ContentKeys(database, NEW).get(each.id) for each in made] == made
    async with database.read() as tx:
        assert await queries.versions(tx) == ["v2"]


async def test_rotation_goes_past_what_it_cannot_open_and_leaves_it_as_it_is(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Batches of two: what cannot be opened fills one of them.
    monkeypatch.setattr(service, "_BATCH", 2)
    lost = ContentKeys(database, key_ring.parse(f"v0:{'03' * 32}"))
    async with database.transaction() as tx:
        unreadable = [await lost.of_encode(tx, FILM, uuid4()) for _ in range(3)]
        readable = [await ContentKeys(database, OLD).of_encode(tx, FILM, uuid4()) for _ in range(3)]

    rotation = await ContentKeys(database, BOTH).rotate()

    assert rotation == Rotation(3, [FILM] * 3)
    assert [await ContentKeys(database, NEW).get(each.id) for each in readable] == readable
    assert [await lost.get(each.id) for each in unreadable] == unreadable
