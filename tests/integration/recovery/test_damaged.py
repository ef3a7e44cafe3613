"""What was overwritten with rubbish comes back, in the newest version that is sound."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.repository import (
    CHUNKS,
    CommitHash,
    manifest_key,
    repository_key,
)
from keyshelf.operations.versions.service import recover_keys
from keyshelf.operations.versions.values import Action
from keyshelf.repositories import managing
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.direct.carrier import DirectCarrier
from keyshelf.repositories.mirroring import mirror
from keyshelf.repositories.unlocking import RepositoryLockedError, Unlocking
from keyshelf.repositories.values import RepositoryNotFoundError
from keyshelf.store.base import ObjectStore
from keyshelf.workflows.judge_objects import RepositoryJudge
from keyshelf.workflows.recover_repository import find_repository, recover_repository
from tests.integration.repositories.shelf import ANNA, KEY, MAIN, Shelf, commit_tree, tree_of
from tests.versioned import Versioned, later

pytestmark = pytest.mark.anyio

TREE = {"film/a.mov": b"first cut of a film", "notes.txt": b"words"}
SECRET = bytes(range(32, 64))
NO_KEY, UNLOCKING = Unlocking(), Unlocking(key=KEY)
RUBBISH: Mapping[str, Callable[[bytes], bytes]] = {
    "short": lambda _good: b"rubbish!",
    "of the same length": lambda good: bytes(len(good)),
    "in the last byte": lambda good: good[:-1] + bytes([good[-1] ^ 1]),
}


async def body(store: ObjectStore, key: ObjectKey) -> bytes:
    async with await store.get(key) as reader:
        return await reader.read()


@dataclass
class Committed:
    """A repository with a commit, and the keys of all that it needs."""

    record: RepositoryRecord
    carrier: DirectCarrier
    commit: CommitHash
    keys: list[ObjectKey]


async def committed(shelf: Shelf, secret: bytes | None = None) -> Committed:
    record = await shelf.repository(secret=secret)
    carrier = shelf.carrier(record, secret)
    commit = await commit_tree(carrier, TREE)
    await mirror(shelf.parts, record.id)
    return Committed(
        record, carrier, commit, [*await shelf.keys(CHUNKS), manifest_key(record.id, commit)]
    )


@pytest.mark.parametrize("rubbish", RUBBISH)
@pytest.mark.parametrize(
    ("secret", "unlocking"),
    [(None, NO_KEY), (SECRET, UNLOCKING), (SECRET, NO_KEY)],
    ids=["plain", "encrypted", "locked"],
)
async def test_chunks_and_manifests_are_what_their_names_say_again(
    shelf: Shelf,
    versioned_bucket: Versioned,
    secret: bytes | None,
    unlocking: Unlocking,
    rubbish: str,
) -> None:
    made = await committed(shelf, secret)
    wrong = [made.keys[0], made.keys[-1]]
    good = [await body(versioned_bucket.store, key) for key in wrong]
    for key, data in zip(wrong, good, strict=True):
        await versioned_bucket.store.put(key, RUBBISH[rubbish](data))
    judge = RepositoryJudge(versioned_bucket.versions, unlocking)

    planned = await recover_keys(versioned_bucket.versions, made.keys, judge=judge, dry_run=True)
    untouched = [await body(versioned_bucket.store, key) for key in wrong]
    done = await recover_keys(versioned_bucket.versions, made.keys, judge=judge)
    again = await recover_keys(versioned_bucket.versions, made.keys, judge=judge)

    assert not set(untouched) & set(good)
    assert planned.changes == done.changes
    assert again.changed == 0
    if secret and unlocking is NO_KEY and rubbish == "in the last byte":
        # Nobody can tell without the key, and nothing is guessed.
        assert done.changed == 0
        assert [each.key for each in done.problems] == wrong
        assert "KEYSHELF_PASSPHRASE" in done.problems[0].detail
        return
    assert [(each.key, each.action) for each in done.changes] == [
        (key, Action.REVERT) for key in wrong
    ]
    assert [await body(versioned_bucket.store, key) for key in wrong] == good
    assert await tree_of(made.carrier, made.commit) == TREE


async def test_damage_that_was_deleted_is_passed_by(
    shelf: Shelf, versioned_bucket: Versioned
) -> None:
    made = await committed(shelf)
    key = made.keys[0]
    good = await body(versioned_bucket.store, key)
    await versioned_bucket.store.put(key, b"rubbish")
    await versioned_bucket.store.delete(key)

    judge = RepositoryJudge(versioned_bucket.versions, NO_KEY)
    await recover_keys(versioned_bucket.versions, [key], judge=judge)

    assert await body(versioned_bucket.store, key) == good


async def test_what_no_version_can_heal_is_told(shelf: Shelf, versioned_bucket: Versioned) -> None:
    made = await committed(shelf)
    [version, *_] = [
        each async for page in versioned_bucket.versions.versions(made.keys[0]) for each in page
    ]
    await versioned_bucket.store.put(made.keys[0], b"rubbish")
    await versioned_bucket.versions.drop(version)

    judge = RepositoryJudge(versioned_bucket.versions, NO_KEY)
    done = await recover_keys(versioned_bucket.versions, [made.keys[0]], judge=judge)

    assert [each.key for each in done.problems] == [made.keys[0]]


@pytest.mark.parametrize("secret", [None, SECRET], ids=["plain", "encrypted"])
async def test_a_repository_is_left_with_nothing_damaged_that_a_version_heals(
    shelf: Shelf, versioned_bucket: Versioned, secret: bytes | None
) -> None:
    made = await committed(shelf, secret)
    store = versioned_bucket.store
    # What was deleted or damaged before that time hurts what the refs led to all the same.
    await store.delete(made.keys[0])
    await store.put(made.keys[1], b"rubbish")
    then = await later()
    for key in made.keys[2:]:
        await store.put(key, bytes(len(await body(store, key))))
    await store.put(repository_key(made.record.id), b"{rubbish")

    planned = await recover_repository(
        shelf.parts,
        versioned_bucket.versions,
        made.record.id,
        at=then,
        unlocking=UNLOCKING,
        dry_run=True,
    )
    done = await recover_repository(
        shelf.parts, versioned_bucket.versions, made.record.id, at=then, unlocking=UNLOCKING
    )
    again = await recover_repository(
        shelf.parts, versioned_bucket.versions, made.record.id, at=then, unlocking=UNLOCKING
    )

    assert done.report is not None
    assert done.report.is_clean
    assert await tree_of(made.carrier, made.commit) == TREE
    assert not done.objects.problems
    wrong_then = {repository_key(made.record.id), *made.keys[1:]}
    assert {each.key for each in planned.objects.changes} == wrong_then
    assert {each.key for each in done.objects.changes} == {made.keys[0], *wrong_then}
    assert again.objects.changed == 0


@pytest.mark.parametrize("loss", ["rubbish", "deleted"])
async def test_a_document_comes_back_whatever_others_are(
    shelf: Shelf, versioned_bucket: Versioned, loss: str
) -> None:
    store = versioned_bucket.store
    made = await committed(shelf)
    other = await shelf.repository("other")
    await mirror(shelf.parts, other.id)
    then = await later()
    # Nothing but rubbish ever stood at the one key, and only now at the others.
    strange = ObjectKey(repository_key(made.record.id).replace(str(made.record.id)[:8], "0" * 8))
    for key in (strange, repository_key(other.id)):
        await store.put(key, b"{rubbish")
    if loss == "rubbish":
        await store.put(repository_key(made.record.id), b"{rubbish")
    else:
        await store.delete(repository_key(made.record.id))
    await shelf.empty()

    found = await find_repository(versioned_bucket.versions, "film")
    done = await recover_repository(
        shelf.parts, versioned_bucket.versions, found, at=then, unlocking=UNLOCKING
    )

    assert found == made.record.id
    assert done.report is not None
    assert done.report.is_clean
    now = await managing.get(shelf.parts, found, [ANNA])
    assert await shelf.carrier(now).ref(MAIN) == made.commit
    with pytest.raises(RepositoryNotFoundError, match=str(strange)):
        await find_repository(versioned_bucket.versions, "of another name")


async def test_without_its_key_a_repository_is_left_as_it_is(
    shelf: Shelf, versioned_bucket: Versioned
) -> None:
    made = await committed(shelf, SECRET)
    then = await later()
    await versioned_bucket.store.put(made.keys[0], b"rubbish")

    with pytest.raises(RepositoryLockedError):
        await recover_repository(
            shelf.parts, versioned_bucket.versions, made.record.id, at=then, unlocking=NO_KEY
        )

    assert await body(versioned_bucket.store, made.keys[0]) == b"rubbish"
