from uuid import UUID, uuid4

import pytest
from anyio import Event, create_task_group, fail_after, sleep

from keyshelf.database.pool import Database
from keyshelf.delivery import key_ring
from keyshelf.layout.media import media_hash
from keyshelf.media.keys import queries, service
from keyshelf.media.keys.service import ContentKeys, Rotation
from keyshelf.media.keys.values import ContentKey, ContentKeyNotFoundError, KekNotSetError
from tests.patience import PATIENCE

pytestmark = [pytest.mark.services, pytest.mark.anyio]

OLD = key_ring.parse(f"v1:{'01' * 32}")
BOTH = key_ring.parse(f"v2:{'02' * 32},v1:{'01' * 32}")
NEW = key_ring.parse(f"v2:{'02' * 32}")
FILM = media_hash("abcdef1234")


async def made(keys: ContentKeys, encode: UUID | None = None) -> ContentKey:
    """Return the key of an encode that begins now."""
    async with keys.database.transaction() as tx:
        return await keys.of_encode(tx, FILM, encode or uuid4())


async def rotation_waits(database: Database) -> None:
    """Wait until a rotation waits for the transaction that asks."""
    with fail_after(PATIENCE):
        while True:
            async with database.read() as tx:
                if await tx.value(
                    """
                    SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'
                    AND query LIKE '%%INTO present_kek%%'
                    """
                ):
                    return
            await sleep(0.01)


async def test_an_encode_keeps_its_key_and_another_gets_its_own(database: Database) -> None:
    keys = ContentKeys(database, OLD)
    first, second = uuid4(), uuid4()
    key = await made(keys, first)
    again = await made(keys, first)
    other = await made(keys, second)

    assert again == key
    assert other.key != key.key
    assert other.kid != key.kid
    assert await keys.get(key.id) == key


async def test_an_unknown_key_is_not_found(database: Database) -> None:
    with pytest.raises(ContentKeyNotFoundError):
        await ContentKeys(database, OLD).get(uuid4())


async def test_rotation_keeps_the_keys_and_needs_the_old_one_no_longer(database: Database) -> None:
    old = ContentKeys(database, OLD)
    there = [await made(old) for _ in range(3)]
    assert await ContentKeys(database, BOTH).rotate() == Rotation(3)
    assert await ContentKeys(database, BOTH).rotate() == Rotation(0)
    assert [await ContentKeys(database, NEW).get(each.id) for each in there] == there
    async with database.read() as tx:
        assert await queries.keks_in_use(tx) == {"v2": 3}


async def test_a_process_without_the_key_that_rotation_named_makes_no_streams(
    database: Database,
) -> None:
    stale, encode = ContentKeys(database, OLD), uuid4()
    await made(stale)
    await ContentKeys(database, BOTH).rotate()

    with pytest.raises(KekNotSetError, match=r"'v2'.*KEYSHELF_CONTENT_KEKS"):
        await made(stale, encode)

    restarted = await made(ContentKeys(database, BOTH), encode)
    assert await ContentKeys(database, NEW).get(restarted.id) == restarted


async def test_until_keys_are_rotated_all_wrap_by_the_key_that_all_have(database: Database) -> None:
    stale = ContentKeys(database, OLD)
    await made(stale)

    early = await made(ContentKeys(database, BOTH))

    assert await stale.get(early.id) == early


async def test_a_key_that_is_lost_for_good_is_replaced_by_rotation(database: Database) -> None:
    await made(ContentKeys(database, OLD))
    new = ContentKeys(database, NEW)
    with pytest.raises(KekNotSetError):
        await made(new)

    assert await new.rotate() == Rotation(0, [FILM])

    assert await made(new)


async def test_rotation_waits_for_a_stream_that_is_being_begun(database: Database) -> None:
    # Otherwise its key, wrapped by the one that is to go, would come after the rotation.
    begun = Event()

    async def begin() -> None:
        async with database.transaction() as tx:
            await ContentKeys(database, OLD).of_encode(tx, FILM, uuid4())
            begun.set()
            await rotation_waits(database)

    async with create_task_group() as tasks:
        tasks.start_soon(begin)
        with fail_after(PATIENCE):
            await begun.wait()
            assert await ContentKeys(database, BOTH).rotate() == Rotation(1)

    async with database.read() as tx:
        assert await queries.keks_in_use(tx) == {"v2": 1}


async def test_rotation_goes_past_what_it_cannot_open_and_leaves_it_as_it_is(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Batches of two: what cannot be opened fills one of them.
    monkeypatch.setattr(service, "_BATCH", 2)
    lost = ContentKeys(database, key_ring.parse(f"v0:{'03' * 32}"))
    unreadable = [await made(lost) for _ in range(3)]
    both = ContentKeys(database, key_ring.parse(f"v1:{'01' * 32},v0:{'03' * 32}"))
    async with database.transaction() as tx:
        await queries.replace_present_kek(tx, "v1")
    readable = [await made(both) for _ in range(3)]

    rotation = await ContentKeys(database, BOTH).rotate()

    assert rotation == Rotation(3, [FILM] * 3)
    assert [await ContentKeys(database, NEW).get(each.id) for each in readable] == readable
    assert [await lost.get(each.id) for each in unreadable] == unreadable
