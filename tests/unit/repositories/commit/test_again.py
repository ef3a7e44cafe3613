"""Committing again: what did not change is not read, and nothing new is no commit."""

import os
from pathlib import Path

import pytest

from keyshelf.clock import system_clock
from keyshelf.repositories.commit.values import CommitOptions
from keyshelf.repositories.commit.walk import LARGE_BYTES
from tests.unit.repositories.commit.committing import (
    MAIN,
    Committing,
    StoppingCarrier,
    known_bytes,
    repository,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def committing(tmp_path: Path) -> Committing:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/one").write_bytes(known_bytes(300_000))
    (tmp_path / "a/two").write_bytes(b"two")
    (tmp_path / "z").mkdir()
    (tmp_path / "z/three").write_bytes(b"three")
    return Committing(tmp_path)


async def test_nothing_changed_reads_nothing_and_makes_no_commit(committing: Committing) -> None:
    first = await committing.commit()
    committing.carrier.sent_bytes = 0

    again = await committing.commit()

    assert (first.is_new, first.files_read) == (True, 3)
    assert (again.is_new, again.files_read, again.hash) == (False, 0, first.hash)
    assert committing.carrier.sent_bytes == 0


async def test_the_time_of_the_root_alone_is_no_version(committing: Committing) -> None:
    first = await committing.commit()
    (committing.folder / "come and gone").touch()
    (committing.folder / "come and gone").unlink()
    os.utime(committing.folder, ns=(1, 7))

    again = await committing.commit()

    assert (again.is_new, again.hash) == (False, first.hash)
    committing.folder.chmod(0o750)
    assert (await committing.commit()).is_new


async def test_an_empty_commit_is_made_on_request(committing: Committing) -> None:
    first = await committing.commit()

    again = await committing.commit(CommitOptions(allow_empty=True), message="nothing")

    assert again.is_new
    assert again.manifest.parents == (first.hash,)
    assert (again.manifest.generation, again.manifest.root) == (2, first.manifest.root)


async def test_the_paranoid_read_everything_and_send_nothing(committing: Committing) -> None:
    await committing.commit()
    committing.carrier.sent_bytes = 0

    again = await committing.commit(CommitOptions(paranoid=True))

    assert (again.is_new, again.files_read) == (False, 3)
    assert committing.carrier.sent_bytes == 0


@pytest.mark.parametrize("size", [3, 300_000, 2 * LARGE_BYTES])
async def test_the_paranoid_send_what_the_repository_has_lost(tmp_path: Path, size: int) -> None:
    committing = Committing(tmp_path)
    (tmp_path / "file").write_bytes(known_bytes(size))
    first = await committing.commit()
    committing.carrier.chunks.clear()

    again = await committing.commit(CommitOptions(paranoid=True))

    entries = await committing.entries()
    assert again.hash == first.hash
    assert await committing.content(entries[b"file"]) == known_bytes(size)


async def test_only_what_changed_is_read(committing: Committing) -> None:
    await committing.commit()
    before = await committing.entries()
    (committing.folder / "a/two").write_bytes(b"new")

    again = await committing.commit()

    after = await committing.entries()
    assert again.files_read == 1
    assert await committing.content(after[b"a/two"]) == b"new"
    assert {path for path in after if after[path] != before[path]} == {b"a", b"a/two"}


async def test_a_change_that_keeps_size_and_time_is_seen(committing: Committing) -> None:
    await committing.commit()
    path = committing.folder / "a/two"
    was = path.stat()
    path.write_bytes(b"TWO")
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))

    await committing.commit()

    assert await committing.content((await committing.entries())[b"a/two"]) == b"TWO"


async def test_what_was_written_a_moment_ago_is_read_again(committing: Committing) -> None:
    # A later change within the same tick of the clock would show in no time of the file.
    committing.clock = system_clock
    await committing.commit()

    again = await committing.commit()

    assert (again.files_read, again.is_new) == (3, False)


async def test_a_folder_that_went_and_came_is_committed_as_it_is(committing: Committing) -> None:
    await committing.commit()
    (committing.folder / "a").rename(committing.folder.parent / "aside")
    await committing.commit()
    gone = list(await committing.entries())
    (committing.folder.parent / "aside").rename(committing.folder / "a")

    await committing.commit()

    assert gone == [b"z", b"z/three"]
    assert list(await committing.entries()) == [
        b"a",
        b"a/b",
        b"a/b/one",
        b"a/two",
        b"z",
        b"z/three",
    ]
    assert await committing.is_whole()


async def test_what_the_cache_remembers_and_the_repository_lost_is_sent_again(
    committing: Committing,
) -> None:
    await committing.commit()
    committing.carrier = StoppingCarrier(repository())

    again = await committing.commit()

    assert again.files_read == 3
    assert await committing.is_whole()


async def test_what_no_branch_leads_to_is_asked_for_and_not_read(committing: Committing) -> None:
    # Its branch is gone, so that the collector may take chunks: nothing is taken for granted.
    await committing.commit()
    committing.carrier.positions.pop(MAIN)
    taken = (committing.folder / "z/three").read_bytes()
    for chunk, frame in list(committing.carrier.chunks.items()):
        if frame.endswith(taken):
            del committing.carrier.chunks[chunk]

    again = await committing.commit()

    assert again.files_read == 1
    assert await committing.is_whole()


async def test_a_commit_further_back_still_vouches(committing: Committing) -> None:
    await committing.commit()
    other = Committing(committing.folder, committing.carrier)
    (committing.folder / "more").touch()
    await other.commit()
    committing.carrier.calls = 0

    again = await committing.commit(CommitOptions(as_is=True))

    # Only the new file is read, and the others are not even asked about.
    assert (again.files_read, again.is_new) == (1, False)


async def test_a_second_folder_on_the_same_branch_follows_it(
    committing: Committing, tmp_path_factory: pytest.TempPathFactory
) -> None:
    first = await committing.commit()
    elsewhere = Committing(tmp_path_factory.mktemp("other"), committing.carrier)

    second = await elsewhere.commit()

    assert second.manifest.parents == (first.hash,)
    assert second.manifest.root.files == 0


async def test_what_a_restored_repository_forgot_is_sent_again(
    committing: Committing, tmp_path: Path
) -> None:
    carrier = committing.carrier
    first = await committing.commit()
    before = dict(carrier.chunks), dict(carrier.manifests), dict(carrier.positions)
    (tmp_path / "a/new").write_bytes(known_bytes(400_000))
    forgotten = await committing.commit()
    carrier.chunks, carrier.manifests, carrier.positions = before

    again = await committing.commit()

    assert again.is_new
    assert again.manifest.parents == (first.hash,)
    assert again.manifest.root == forgotten.manifest.root
    assert await committing.is_whole()
