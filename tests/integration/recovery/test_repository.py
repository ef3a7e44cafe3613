"""A repository gets back to what it was, whatever was done to it since."""

from uuid import UUID

import pytest

from keyshelf.layout.repository import CHUNKS, manifests_prefix, repository_key
from keyshelf.repositories import managing
from keyshelf.repositories.catalog import queries
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.direct.carrier import DirectCarrier
from keyshelf.repositories.formats import slots
from keyshelf.repositories.formats.slots import WrongPassphraseError
from keyshelf.repositories.mirroring import mirror
from keyshelf.repositories.unlocking import Unlocking
from keyshelf.workflows.recover_repository import (
    NotThereThenError,
    find_repository,
    recover_repository,
)
from tests.integration.repositories.shelf import (
    ANNA,
    KEY,
    MAIN,
    Shelf,
    branch,
    commit_tree,
    tag,
    tree_of,
)
from tests.versioned import Versioned, later

pytestmark = pytest.mark.anyio

FIRST = {"film/a.mov": b"first cut of a film", "notes.txt": b"words"}
SECOND = {"film/a.mov": b"second cut of the film", "notes.txt": b"words"}
DRAFT = branch("draft")
SECRET = bytes(range(32, 64))
UNLOCKING = Unlocking(key=KEY)
NEW_KEY = bytes(range(64, 96))


async def carrier_now(shelf: Shelf, record: RepositoryRecord) -> DirectCarrier:
    """After a rebuild, the row has another number."""
    now = await managing.get(shelf.parts, record.id, [ANNA])
    return shelf.carrier(now, SECRET if now.is_encrypted else None)


@pytest.mark.parametrize("secret", [None, SECRET], ids=["plain", "encrypted"])
async def test_refs_and_all_that_they_reach_are_as_they_were(
    shelf: Shelf, versioned_bucket: Versioned, secret: bytes | None
) -> None:
    record = await shelf.repository(secret=secret)
    carrier = shelf.carrier(record, secret)
    first = await commit_tree(carrier, FIRST)
    draft = await commit_tree(carrier, {"b.mov": b"a draft that nobody keeps"}, name=DRAFT)
    await mirror(shelf.parts, record.id)
    then = await later()
    second = await commit_tree(carrier, SECOND)
    await carrier.delete_ref(DRAFT, expected=draft)
    await shelf.collect(record, secret=secret)
    await shelf.collect(record, secret=secret)
    assert f"{manifests_prefix(record.id)}{draft}.manifest" not in await shelf.keys()
    await mirror(shelf.parts, record.id)

    planned = await recover_repository(
        shelf.parts,
        versioned_bucket.versions,
        record.id,
        at=then,
        unlocking=UNLOCKING,
        dry_run=True,
    )
    assert await carrier.ref(MAIN) == second
    done = await recover_repository(
        shelf.parts, versioned_bucket.versions, record.id, at=then, unlocking=UNLOCKING
    )

    assert planned.refs == done.refs
    assert planned.objects.changes == done.objects.changes
    assert {ref.name: (ref.commit, ref.was) for ref in done.refs} == {
        "main": (first, second),
        "draft": (draft, None),
    }
    assert done.report is not None
    assert done.report.is_clean
    assert await carrier.ref(MAIN) == first
    assert await tree_of(carrier, first) == FIRST
    assert await tree_of(carrier, draft) == {"b.mov": b"a draft that nobody keeps"}
    assert await carrier.ref(tag(f"before-recovery/{second[:16]}")) == second
    again = await recover_repository(
        shelf.parts, versioned_bucket.versions, record.id, at=then, unlocking=UNLOCKING
    )
    assert (again.refs, again.objects.changed) == ([], 0)


async def test_a_repository_that_lost_objects_and_rows_is_whole_again(
    shelf: Shelf, versioned_bucket: Versioned
) -> None:
    record = await shelf.repository("holiday")
    first = await commit_tree(shelf.carrier(record), FIRST)
    await mirror(shelf.parts, record.id)
    then = await later()
    for key in await shelf.keys():
        await versioned_bucket.store.delete(key)
    await shelf.empty()

    found = await find_repository(versioned_bucket.versions, "holiday")
    done = await recover_repository(
        shelf.parts, versioned_bucket.versions, found, at=then, unlocking=UNLOCKING
    )

    assert found == record.id
    assert done.report is not None
    assert done.report.is_clean
    carrier = await carrier_now(shelf, record)
    assert await carrier.ref(MAIN) == first
    assert await tree_of(carrier, first) == FIRST


async def test_a_chunk_that_was_healed_since_is_not_damaged_again(
    shelf: Shelf, versioned_bucket: Versioned
) -> None:
    record = await shelf.repository()
    carrier = shelf.carrier(record)
    first = await commit_tree(carrier, FIRST)
    await mirror(shelf.parts, record.id)
    chunk = (await shelf.keys(CHUNKS))[0]
    async with await versioned_bucket.store.get(chunk) as reader:
        good = await reader.read()
    await versioned_bucket.store.put(chunk, b"damaged")
    then = await later()
    await versioned_bucket.store.put(chunk, good)

    done = await recover_repository(
        shelf.parts, versioned_bucket.versions, record.id, at=then, unlocking=UNLOCKING
    )

    assert done.objects.changed == 0
    assert await tree_of(carrier, first) == FIRST


async def test_before_it_was_made_there_is_nothing(
    shelf: Shelf, versioned_bucket: Versioned
) -> None:
    then = await later()
    record = await shelf.repository()
    await mirror(shelf.parts, record.id)

    with pytest.raises(NotThereThenError, match="of that time"):
        await recover_repository(
            shelf.parts, versioned_bucket.versions, record.id, at=then, unlocking=UNLOCKING
        )


async def test_branches_that_led_to_one_commit_are_kept_by_one_tag(
    shelf: Shelf, versioned_bucket: Versioned
) -> None:
    record = await shelf.repository()
    carrier = shelf.carrier(record)
    first = await commit_tree(carrier, FIRST)
    await carrier.move_ref(DRAFT, expected=None, to=first)
    await mirror(shelf.parts, record.id)
    then = await later()
    second = await commit_tree(carrier, SECOND)
    await carrier.move_ref(DRAFT, expected=first, to=second)

    await recover_repository(
        shelf.parts, versioned_bucket.versions, record.id, at=then, unlocking=UNLOCKING
    )

    assert [await carrier.ref(each) for each in (MAIN, DRAFT)] == [first, first]
    assert await carrier.ref(tag(f"before-recovery/{second[:16]}")) == second


@pytest.mark.parametrize("loss", ["none", "document", "rows", "newest rows"])
async def test_the_passphrase_of_now_recovers_what_was_before_it(
    shelf: Shelf, versioned_bucket: Versioned, loss: str
) -> None:
    record = await shelf.repository(secret=SECRET)
    carrier = shelf.carrier(record, SECRET)
    first = await commit_tree(carrier, FIRST)
    await mirror(shelf.parts, record.id)
    then = await later()
    second = await commit_tree(carrier, SECOND)
    slot = slots.add_slot(SECRET, key=NEW_KEY, id=UUID(int=9), label="new")
    now = await managing.get(shelf.parts, record.id, [ANNA])
    await managing.change(shelf.parts, now, expected=now.generation, slots=[slot])
    await mirror(shelf.parts, record.id)
    chunk = (await shelf.keys(CHUNKS))[0]
    async with await versioned_bucket.store.get(chunk) as reader:
        good = await reader.read()
    # Only who has the keys can tell.
    damaged = good[:-1] + bytes([good[-1] ^ 1])
    await versioned_bucket.store.put(chunk, damaged)
    await _lose(shelf, versioned_bucket, record, loss)

    with pytest.raises(WrongPassphraseError):
        await recover_repository(
            shelf.parts, versioned_bucket.versions, record.id, at=then, unlocking=UNLOCKING
        )
    async with await versioned_bucket.store.get(chunk) as reader:
        assert await reader.read() == damaged
    done = await recover_repository(
        shelf.parts,
        versioned_bucket.versions,
        record.id,
        at=then,
        unlocking=Unlocking(key=NEW_KEY),
    )

    assert done.report is not None
    assert done.report.is_clean
    recovered = await carrier_now(shelf, record)
    assert await recovered.ref(MAIN) == first
    assert await tree_of(recovered, first) == FIRST
    assert await recovered.ref(tag(f"before-recovery/{second[:16]}")) == second


async def _lose(shelf: Shelf, bucket: Versioned, record: RepositoryRecord, loss: str) -> None:
    """Lose the version of the document that has the new slots, or rows, or nothing."""
    key = repository_key(record.id)
    if loss == "document":
        newest, *_ = [each async for page in bucket.versions.versions(key) for each in page]
        await bucket.versions.drop(newest)
    elif loss == "rows":
        await shelf.empty()
    elif loss == "newest rows":
        async with shelf.parts.database.transaction() as tx:
            await queries.catch_up(tx, record.number, slots=record.slots, generation=0)
