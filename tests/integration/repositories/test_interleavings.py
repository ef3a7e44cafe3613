"""Pushes, changes of refs and collectors at once, in many orders: nothing needed is ever lost."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random

import pytest

from keyshelf.layout.repository import (
    CHUNKS,
    MANIFESTS,
    ChunkId,
    CommitHash,
    chunk_key,
    manifest_key,
)
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.chunks.queries import held
from keyshelf.repositories.deleting.queries import note
from keyshelf.repositories.deleting.service import delete_noted
from keyshelf.repositories.direct.carrier import DirectCarrier
from keyshelf.repositories.values import (
    RefMovedError,
    RefNotFoundError,
)
from tests.integration.repositories.shelf import (
    Packed,
    Shelf,
    Tree,
    branch,
    commit_tree,
    tag,
    tree_of,
)
from tests.integration.repositories.stepping import SteppedDatabase, SteppedStore, Stepper

pytestmark = pytest.mark.anyio

_CONTENTS = (b"one", b"two", b"three", b"a longer one, of chunks")
_ACTORS = 5
_DEEDS = 2


@dataclass
class Scene:
    """Two repositories that share chunks, with what their commits hold."""

    shelf: Shelf
    random: Random
    records: list[RepositoryRecord]
    trees: dict[CommitHash, Tree] = field(default_factory=dict[CommitHash, Tree])
    known: list[tuple[int, CommitHash]] = field(default_factory=list[tuple[int, CommitHash]])
    """Every commit that was published, and where."""

    def actor(self) -> Callable[[], Awaitable[None]]:
        deeds = [self.random.choice(_DEEDS_OF_ACTORS) for _ in range(_DEEDS)]
        seeds = [self.random.random() for _ in deeds]

        async def act() -> None:
            for deed, seed in zip(deeds, seeds, strict=True):
                await deed(self, Random(seed))

        return act

    def carrier(self, number: int) -> DirectCarrier:
        return self.shelf.carrier(self.records[number])

    async def commit(self, random: Random) -> None:
        number, name = random.randrange(2), branch(random.choice(("main", "side")))
        tree = {path: random.choice(_CONTENTS) for path in ("a", "b/c") if random.random() < 0.8}
        try:
            commit = await commit_tree(self.carrier(number), tree, name=name)
        except RefMovedError:
            return
        self.trees[commit] = tree
        self.known.append((number, commit))

    async def delete_branch(self, random: Random) -> None:
        carrier = self.carrier(random.randrange(2))
        name = branch(random.choice(("main", "side")))
        found = await carrier.ref(name)
        if found:
            try:
                await carrier.delete_ref(name, expected=found)
            except RefMovedError:
                return

    async def tag_an_old_one(self, random: Random) -> None:
        if not self.known:
            return
        number, commit = random.choice(self.known)
        try:
            await self.carrier(number).move_ref(tag("old"), expected=None, to=commit)
        except (RefNotFoundError, RefMovedError):
            return

    async def collect(self, random: Random) -> None:
        await self.shelf.collect(random.choice(self.records))

    async def delete(self, _: Random) -> None:
        await delete_noted(self.shelf.parts)

    async def assert_sound(self) -> None:
        """Every commit that has a row is whole, in the store and in rows; every ref has one."""
        for record in self.records:
            carrier = self.shelf.carrier(record)
            parents = await self._parents(record)
            for commit in parents:
                assert await tree_of(carrier, commit) == self.trees[commit]
                async with self.shelf.parts.database.read() as tx:
                    chunks = _chunks(self.trees[commit])
                    assert await held(tx, record.number, list(chunks)) == chunks
            assert {ref.commit for ref in await carrier.refs()} <= parents.keys()

    async def assert_nothing_is_left(self) -> None:
        """After collecting in peace, only what refs lead to is there."""
        wanted: set[str] = set()
        for record in self.records:
            await self.shelf.collect(record)
        for record in self.records:
            parents = await self._parents(record)
            waiting = [ref.commit for ref in await self.shelf.carrier(record).refs()]
            while waiting:
                commit = waiting.pop()
                wanted.add(manifest_key(record.id, commit))
                wanted |= {chunk_key(chunk) for chunk in _chunks(self.trees[commit])}
                waiting += parents[commit]
        there = [*await self.shelf.keys(CHUNKS), *await self.shelf.keys(MANIFESTS)]
        assert set(there) == wanted
        assert await self.shelf.count("repository_deletions") == 0
        assert await self.shelf.count("repository_reservations") == 0

    async def _parents(self, record: RepositoryRecord) -> dict[CommitHash, list[CommitHash]]:
        async with self.shelf.parts.database.read() as tx:
            rows = await tx.all(
                """
                SELECT encode(hash, 'hex') AS hash, parents FROM repository_commits
                WHERE repository = %(number)s
                """,
                {"number": record.number},
            )
        return {
            CommitHash(row["hash"]): [CommitHash(parent.hex()) for parent in row["parents"]]
            for row in rows
        }


_DEEDS_OF_ACTORS = (
    Scene.commit,
    Scene.commit,
    Scene.commit,
    Scene.delete_branch,
    Scene.tag_an_old_one,
    Scene.collect,
    Scene.collect,
    Scene.delete,
)


def _chunks(tree: Tree) -> set[ChunkId]:
    packed = Packed(None)
    packed.folder(b"", tree)
    return set(packed.chunks)


async def explore(shelf: Shelf, seed: int) -> int:
    """Play one scene in one order; returns how many steps it took."""
    stepper = Stepper(seed)
    database = SteppedDatabase(shelf.parts.database, stepper)
    parts = replace(shelf.parts, database=database, store=SteppedStore(stepper))
    stepped = replace(shelf, parts=parts)
    await shelf.empty()
    scene = Scene(
        stepped, Random(seed), [await stepped.repository("film"), await stepped.repository("cut")]
    )
    for _ in range(2):
        await scene.commit(scene.random)
    await stepper.run([scene.actor() for _ in range(_ACTORS)])
    await scene.assert_sound()
    await scene.assert_nothing_is_left()
    await scene.assert_sound()
    return stepper.steps


async def explore_one_chunk(shelf: Shelf, seed: int) -> None:
    """Send a chunk twice while its rows go and whoever deletes is at it, in one order."""
    stepper = Stepper(seed)
    database = SteppedDatabase(shelf.parts.database, stepper)
    parts = replace(shelf.parts, database=database, store=SteppedStore(stepper))
    stepped = replace(shelf, parts=parts)
    await shelf.empty()
    records = [await stepped.repository("film"), await stepped.repository("cut")]
    packed = Packed(None)
    chunk = ChunkId(packed.put(b"wanted").hex())

    async def send(record: RepositoryRecord) -> None:
        async with stepped.carrier(record).push() as push:
            await push.send([packed.chunks[chunk]])

    async def drop(record: RepositoryRecord) -> None:
        async with database.transaction() as tx:
            await tx.execute(
                "DELETE FROM repository_chunks WHERE repository = %(number)s",
                {"number": record.number},
            )
            await note(tx, [chunk_key(chunk)], now=shelf.clock())

    async def delete() -> None:
        for _ in range(3):
            await delete_noted(parts)

    for record in records:
        await send(record)
    await stepper.run(
        [
            partial(send, records[0]),
            partial(drop, records[0]),
            partial(drop, records[1]),
            delete,
            delete,
        ]
    )
    await delete_noted(parts)
    is_there = chunk_key(chunk) in await shelf.on(parts.store).keys()
    assert is_there == bool(await shelf.count("repository_chunks"))


@pytest.mark.parametrize("first", [0, pytest.param(10, marks=pytest.mark.long)])
async def test_nothing_needed_is_lost_and_nothing_else_is_left(shelf: Shelf, first: int) -> None:
    for seed in range(first, first + 10):
        await explore(shelf, seed)


async def test_an_object_is_there_exactly_as_long_as_somebody_has_it(shelf: Shelf) -> None:
    for seed in range(20):
        await explore_one_chunk(shelf, seed)
