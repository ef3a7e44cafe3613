import json
from datetime import timedelta

import anyio
import pytest

from keyshelf.access.expiry import sweep
from keyshelf.access.idempotency import (
    Claim,
    IdempotencyKeys,
    IdempotencyMismatchError,
    InvalidIdempotencyKeyError,
    RequestInProgressError,
    StoredAnswer,
    request_digest,
)
from keyshelf.database.pool import Database
from keyshelf.layout.drive import OwnerId
from tests.integration.access.doubles import Clock

pytestmark = [pytest.mark.anyio, pytest.mark.services]

ANN, BOB = OwnerId("ann"), OwnerId("bob")
REQUEST = request_digest("POST", "/api/files", b"{}")
OTHER = request_digest("POST", "/api/files", b"{} ")
ANSWER = StoredAnswer(201, "application/json", b'{"file": {}}')


@pytest.fixture
def keys(database: Database, clock: Clock) -> IdempotencyKeys:
    return IdempotencyKeys(database, clock=clock)


async def begin(keys: IdempotencyKeys, key: str = "k1", request: bytes = REQUEST) -> Claim:
    claim = await keys.begin(ANN, key, digest=request)
    assert isinstance(claim, Claim)
    return claim


async def finish(database: Database, keys: IdempotencyKeys, claim: Claim) -> None:
    async with database.transaction() as tx:
        await keys.finish(tx, claim, ANSWER)


def test_every_part_of_a_request_counts() -> None:
    requests = [
        ("POST", "/a", b"x"),
        ("PUT", "/a", b"x"),
        ("POST", "/a?b", b"x"),
        ("POST", "/a", b""),
        ("POST", "/a", b"\nx"),
    ]

    assert len({request_digest(*request) for request in requests}) == len(requests)


async def test_the_same_request_gets_the_first_answer_again(
    database: Database, keys: IdempotencyKeys
) -> None:
    await finish(database, keys, await begin(keys))

    for _ in range(2):
        assert await keys.begin(ANN, "k1", digest=REQUEST) == ANSWER


async def test_another_request_with_the_key_is_refused(
    database: Database, keys: IdempotencyKeys
) -> None:
    claim = await begin(keys)
    with pytest.raises(IdempotencyMismatchError):
        await begin(keys, request=OTHER)

    await finish(database, keys, claim)
    with pytest.raises(IdempotencyMismatchError):
        await begin(keys, request=OTHER)


async def test_while_the_first_runs_the_second_waits_outside(keys: IdempotencyKeys) -> None:
    await begin(keys)

    with pytest.raises(RequestInProgressError):
        await begin(keys)


async def test_keys_of_two_people_are_two(keys: IdempotencyKeys) -> None:
    await begin(keys)

    assert isinstance(await keys.begin(BOB, "k1", digest=OTHER), Claim)
    await begin(keys, "k2", OTHER)


async def test_of_many_at_once_one_gets_the_claim(keys: IdempotencyKeys) -> None:
    outcomes: list[str] = []

    async def ask() -> None:
        try:
            await begin(keys)
        except RequestInProgressError:
            outcomes.append("wait")
        else:
            outcomes.append("run")

    async with anyio.create_task_group() as group:
        for _ in range(10):
            group.start_soon(ask)

    assert sorted(outcomes) == ["run"] + ["wait"] * 9


async def test_work_that_is_rolled_back_stores_no_answer(
    database: Database, keys: IdempotencyKeys
) -> None:
    claim = await begin(keys)

    async def work_that_fails_after_its_answer() -> None:
        async with database.transaction() as tx:
            await keys.finish(tx, claim, ANSWER)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await work_that_fails_after_its_answer()

    with pytest.raises(RequestInProgressError):
        await begin(keys)
    await keys.abandon(claim)
    await begin(keys)


async def test_giving_back_after_the_answer_changes_nothing(
    database: Database, keys: IdempotencyKeys
) -> None:
    claim = await begin(keys)
    await finish(database, keys, claim)

    await keys.abandon(claim)

    assert await keys.begin(ANN, "k1", digest=REQUEST) == ANSWER


async def test_after_a_crash_the_same_request_takes_over(
    database: Database, keys: IdempotencyKeys, clock: Clock
) -> None:
    crashed = await begin(keys)
    clock.advance(timedelta(minutes=5))
    with pytest.raises(IdempotencyMismatchError):
        await begin(keys, request=OTHER)

    second = await begin(keys)

    # The one that seemed dead wakes up: its work must not count beside the other's.
    with pytest.raises(RequestInProgressError):
        await finish(database, keys, crashed)
    await keys.abandon(crashed)
    await finish(database, keys, second)
    assert await keys.begin(ANN, "k1", digest=REQUEST) == ANSWER


async def test_a_key_is_free_again_after_a_day(
    database: Database, keys: IdempotencyKeys, clock: Clock
) -> None:
    await finish(database, keys, await begin(keys))
    clock.advance(timedelta(hours=24))

    await begin(keys, request=OTHER)
    with pytest.raises(RequestInProgressError):
        await begin(keys, request=OTHER)


@pytest.mark.parametrize("key", ["", " ", "a b", "ä", "a\x00", "x" * 256])
async def test_a_key_that_is_no_header_token_is_refused(keys: IdempotencyKeys, key: str) -> None:
    with pytest.raises(InvalidIdempotencyKeyError):
        await begin(keys, key)


async def test_the_sweep_removes_expired_keys(
    database: Database, keys: IdempotencyKeys, clock: Clock
) -> None:
    await begin(keys, "old")
    clock.advance(timedelta(hours=23))
    await finish(database, keys, await begin(keys, "new"))
    clock.advance(timedelta(hours=1))

    async with database.transaction() as tx:
        assert (await sweep(tx, now=clock.now)).idempotency_keys == 1

    assert await keys.begin(ANN, "new", digest=REQUEST) == ANSWER


async def test_an_answer_goes_with_the_file_it_names(
    database: Database, keys: IdempotencyKeys
) -> None:
    async with database.transaction() as tx:
        gone, stays = [
            await tx.value(
                "INSERT INTO files (filename, s3_key, owner_id) VALUES (%(it)s, %(it)s, 'ann')"
                " RETURNING id",
                {"it": name},
            )
            for name in ("gone.jpg", "stays.jpg")
        ]
        for key, file_id in (("k1", gone), ("k2", stays)):
            claim = await keys.begin(ANN, key, digest=REQUEST)
            assert isinstance(claim, Claim)
            body = json.dumps({"file": {"id": str(file_id), "filename": "…"}}).encode()
            await keys.finish(tx, claim, StoredAnswer(201, "application/json", body))

    async with database.transaction() as tx:
        await tx.execute("DELETE FROM files WHERE id = %(id)s", {"id": gone})

    assert isinstance(await keys.begin(ANN, "k1", digest=REQUEST), Claim)
    assert isinstance(await keys.begin(ANN, "k2", digest=REQUEST), StoredAnswer)
