"""What the collector deletes, and what it lets be."""

from datetime import timedelta

import anyio
import pytest

from keyshelf.layout.repository import CHUNKS, MANIFESTS, ChunkId, chunk_key, manifest_key
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.formats import ids
from keyshelf.repositories.formats.entries import FileEntry, FolderEntry
from keyshelf.repositories.formats.nodes import ChunkRef, NodeKind, encode
from keyshelf.repositories.gc.marking import CollectionLostError
from keyshelf.repositories.gc.service import delete_chunks
from keyshelf.repositories.gc.values import Collected, Deletion
from keyshelf.repositories.references import BrokenHistoryError
from keyshelf.repositories.unlocking import RepositoryLockedError
from keyshelf.repositories.values import PushExpiredError
from keyshelf.store.faulty import FaultyStore
from tests.integration.repositories.shelf import (
    MAIN,
    Packed,
    Shelf,
    branch,
    commit_tree,
    push_tree,
    sealed_manifest,
    tag,
    tree_of,
)

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)
SECRET = b"s" * 32
OLD = {"take.mov": b"the first take, in several chunks", "notes/a.txt": b"kept"}
NEW = {"take.mov": b"another take, in several chunks", "notes/a.txt": b"kept"}


async def test_what_refs_lead_to_stays(shelf: Shelf, film: RepositoryRecord) -> None:
    carrier = shelf.carrier(film)
    first = await commit_tree(carrier, OLD)
    second = await commit_tree(carrier, NEW)

    collected = await shelf.collect(film)

    assert collected == Collected(0, 0, 0, 0, 0, 0)
    assert await tree_of(carrier, first) == OLD
    assert await tree_of(carrier, second) == NEW


async def test_without_grace_one_run_deletes_what_nothing_leads_to(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    carrier = shelf.carrier(film)
    await commit_tree(carrier, NEW)
    await shelf.collect(film)
    before = await shelf.keys()
    lost = await commit_tree(carrier, OLD, name=branch("try"))
    await carrier.delete_ref(branch("try"), expected=lost)
    async with shelf.parts.database.read() as tx:
        sizes = await tx.value("SELECT stored_bytes FROM repositories")

    collected = await shelf.collect(film)

    assert (collected.commits_deleted, collected.chunks_deleted > 3) == (1, True)
    assert sorted(await shelf.keys()) == sorted(before)
    async with shelf.parts.database.read() as tx:
        row = await tx.one("SELECT chunks, stored_bytes FROM repositories")
    assert row == {
        "chunks": await shelf.count("repository_chunks"),
        "stored_bytes": sizes - collected.bytes_freed,
    }
    assert await shelf.count("repository_deletions") == 0
    assert await shelf.count("repository_marks") == 0


async def test_a_dry_run_tells_exactly_what_a_run_does(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    carrier = shelf.carrier(film)
    await commit_tree(carrier, NEW)
    for name, tree in {"one": OLD, "two": {"b": b"something else"}}.items():
        lost = await commit_tree(carrier, tree, name=branch(name))
        await carrier.delete_ref(branch(name), expected=lost)
        before = await shelf.keys()

        told = await shelf.collect(film, grace=DAY, dry_run=True)

        assert await shelf.keys() == before
        assert await shelf.collect(film, grace=DAY) == told
        assert (told.commits_condemned, told.commits_deleted) == (1, 0)
        shelf.clock.pass_by(DAY / 2)

    told = await shelf.collect(film, grace=DAY, dry_run=True)

    assert (told.commits_deleted, told.commits_condemned) == (1, 0)
    before = await shelf.keys()
    assert await shelf.collect(film, grace=DAY) == told
    assert len(before) - len(await shelf.keys()) == told.objects > 3


async def test_what_is_wanted_again_within_the_grace_stays(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    carrier = shelf.carrier(film)
    lost = await commit_tree(carrier, OLD)
    await carrier.delete_ref(MAIN, expected=lost)
    await shelf.collect(film, grace=DAY)

    await carrier.move_ref(tag("kept"), expected=None, to=lost)
    shelf.clock.pass_by(2 * DAY)
    collected = await shelf.collect(film, grace=DAY)

    assert collected.chunks_deleted == 0
    assert await tree_of(carrier, lost) == OLD
    assert await shelf.rows("SELECT 1 FROM repository_chunks WHERE condemned_at IS NOT NULL") == []


async def test_chunks_of_a_condemned_commit_stay_as_long_as_it_does(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    carrier = shelf.carrier(film)
    lost = await commit_tree(carrier, OLD)
    await carrier.delete_ref(MAIN, expected=lost)
    async with carrier.push():
        await shelf.collect(film)
        assert await tree_of(carrier, lost) == OLD

    await shelf.collect(film)

    assert await shelf.keys(CHUNKS) == await shelf.keys(MANIFESTS) == []


async def test_a_push_that_was_told_that_a_chunk_is_there_can_rely_on_it(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    carrier = shelf.carrier(film)
    lost = await commit_tree(carrier, OLD)
    packed = Packed(None)
    packed.folder(b"", OLD)
    async with carrier.push() as push:
        assert await push.missing(list(packed.chunks)) == set()
        await carrier.delete_ref(MAIN, expected=lost)
        await shelf.collect(film)
        again = await push_tree(push, carrier.repository, OLD, name=branch("again"))
        await shelf.collect(film)

    await shelf.collect(film)

    assert await tree_of(carrier, again) == OLD


async def test_a_push_that_begins_after_a_condemnation_sends_again(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    carrier = shelf.carrier(film)
    lost = await commit_tree(carrier, OLD)
    await carrier.delete_ref(MAIN, expected=lost)
    await shelf.collect(film, grace=DAY)
    packed = Packed(None)
    packed.folder(b"", OLD)

    async with carrier.push() as push:
        assert await push.missing(list(packed.chunks)) == packed.chunks.keys()
        again = await push_tree(push, carrier.repository, OLD)
    shelf.clock.pass_by(2 * DAY)
    await shelf.collect(film, grace=DAY)

    assert await tree_of(carrier, again) == OLD


async def test_an_expired_push_holds_nothing_back_and_cannot_publish(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    carrier = shelf.carrier(film)
    lost = await commit_tree(carrier, OLD)
    async with carrier.push() as push:
        await carrier.delete_ref(MAIN, expected=lost)
        shelf.clock.pass_by(2 * DAY)
        await shelf.collect(film)

        with pytest.raises(PushExpiredError):
            await push_tree(push, carrier.repository, OLD)

    await shelf.collect(film)
    assert await shelf.keys(CHUNKS) == []


async def test_what_a_push_left_behind_is_deleted(shelf: Shelf, film: RepositoryRecord) -> None:
    packed = Packed(None)
    packed.folder(b"", OLD)
    faulty = FaultyStore(shelf.parts.store)
    faulty.lose_answer("put", call=3)
    broken = shelf.on(faulty).carrier(film)
    with pytest.raises(Exception, match="planned"):
        async with broken.push() as push:
            await push.send(list(packed.chunks.values()))
    assert len(await shelf.keys(CHUNKS)) == 3

    await shelf.collect(film)

    assert await shelf.keys(CHUNKS) == []
    assert await shelf.count("repository_reservations") == 0


async def test_objects_that_another_repository_has_stay(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    other = await shelf.repository("other")
    kept = await commit_tree(shelf.carrier(other), OLD)
    lost = await commit_tree(shelf.carrier(film), OLD)
    await shelf.carrier(film).delete_ref(MAIN, expected=lost)

    told = await shelf.collect(film, dry_run=True)
    collected = await shelf.collect(film)

    assert collected == told
    assert (collected.bytes_freed, collected.objects) == (0, 1)
    assert await tree_of(shelf.carrier(other), kept) == OLD


async def test_a_file_that_holds_the_bytes_of_a_node_hides_nothing_below_it(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    carrier = shelf.carrier(film)
    packed = Packed(None)
    pieces = [b"aaaaaaaa", b"bbbbbbbb"]
    node = encode(
        NodeKind.LIST, 0, [ChunkRef(ids.content_hash(piece), len(piece)) for piece in pieces]
    )
    lookalike = FileEntry(b"a", 0o644, 0, len(node), packed.put(node))
    real = packed.file(b"b", b"".join(pieces))
    assert lookalike.content == real.content
    folder = packed.put(encode(NodeKind.FOLDER, 0, [lookalike, real]))
    root = FolderEntry(b"", 0o755, 0, folder, 2, len(node) + 16)
    commit, framed, manifest = sealed_manifest(carrier.repository, root, [], "")
    async with carrier.push() as push:
        await push.send(list(packed.chunks.values()))
        await push.publish(commit, framed, manifest, branch=MAIN, expected=None)

    await shelf.collect(film)

    assert await tree_of(carrier, commit) == {"a": node, "b": b"".join(pieces)}


@pytest.mark.parametrize("what", ["manifest", "node"])
async def test_what_cannot_be_read_stops_the_run_before_anything_changes(
    shelf: Shelf, film: RepositoryRecord, what: str
) -> None:
    carrier = shelf.carrier(film)
    lost = await commit_tree(carrier, NEW, name=branch("try"))
    await carrier.delete_ref(branch("try"), expected=lost)
    kept = await commit_tree(carrier, OLD)
    packed = Packed(None)
    root = ChunkId(packed.folder(b"", OLD).node.hex())
    key = manifest_key(film.id, kept) if what == "manifest" else chunk_key(root)
    await shelf.parts.store.delete(key)
    before = await shelf.keys()

    for dry_run in (True, False):
        with pytest.raises(BrokenHistoryError) as raised:
            await shelf.collect(film, dry_run=dry_run)

        assert (kept if what == "manifest" else root) in raised.value.detail
        assert await shelf.keys() == before
        assert (
            await shelf.rows("SELECT 1 FROM repository_chunks WHERE condemned_at IS NOT NULL") == []
        )
        assert (
            await shelf.rows("SELECT 1 FROM repository_commits WHERE condemned_at IS NOT NULL")
            == []
        )


async def test_a_damaged_commit_that_no_ref_leads_to_goes_too(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    carrier = shelf.carrier(film)
    lost = await commit_tree(carrier, OLD)
    await carrier.delete_ref(MAIN, expected=lost)
    await shelf.parts.store.delete(manifest_key(film.id, lost))

    await shelf.collect(film)

    assert await shelf.keys(CHUNKS) == []


async def test_an_encrypted_repository_is_collected_with_its_keys_only(shelf: Shelf) -> None:
    record = await shelf.repository("secret", secret=SECRET)
    carrier = shelf.carrier(record, SECRET)
    lost = await commit_tree(carrier, OLD)
    await carrier.delete_ref(MAIN, expected=lost)

    with pytest.raises(RepositoryLockedError):
        await shelf.collect(record)
    await shelf.collect(record, secret=SECRET)

    assert await shelf.keys(CHUNKS) == []


async def test_chunks_are_deleted_by_name_when_nothing_needs_them(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    carrier = shelf.carrier(film)
    kept, lost = Packed(None), Packed(None)
    kept.folder(b"", NEW)
    lost.folder(b"", {"b": b"not kept"})
    await commit_tree(carrier, NEW)
    commit = await commit_tree(carrier, {"b": b"not kept"}, name=branch("try"))
    await carrier.delete_ref(branch("try"), expected=commit)
    await shelf.collect(film, grace=DAY)
    needed, unneeded = next(iter(kept.chunks)), next(iter(lost.chunks))
    unknown = ChunkId("f" * 64)

    before = await delete_chunks(shelf.parts, film, None, [needed, unneeded, unknown])
    shelf.clock.pass_by(DAY)
    async with shelf.parts.database.transaction() as tx:
        await tx.execute("DELETE FROM repository_commits WHERE condemned_at IS NOT NULL")
    after = await delete_chunks(shelf.parts, film, None, [needed, unneeded, unknown])

    assert before[unneeded] is Deletion.IN_USE
    assert after == {
        needed: Deletion.IN_USE,
        unneeded: Deletion.DELETED,
        unknown: Deletion.NOT_FOUND,
    }
    assert chunk_key(unneeded) not in await shelf.keys()


async def test_marks_that_are_lost_end_the_run_before_it_deletes(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    carrier = shelf.carrier(film)
    kept = await commit_tree(carrier, OLD)
    faulty = FaultyStore(shelf.parts.store)
    hold = faulty.hold("get", call=2)

    async def lose() -> None:
        await hold.reached.wait()
        async with shelf.parts.database.transaction() as tx:
            await tx.execute("TRUNCATE repository_marks")
        hold.release.set()

    async with anyio.create_task_group() as group:
        group.start_soon(lose)
        with pytest.raises(CollectionLostError):
            await shelf.on(faulty).collect(film)

    assert await tree_of(carrier, kept) == OLD
