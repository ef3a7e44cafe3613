"""Which version a folder stands on: a commit undoes nothing that it does not know of."""

import os
from pathlib import Path

import pytest

from keyshelf.errors import UnavailableError
from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.checkout.service import checkout
from keyshelf.repositories.commit.values import Commit
from keyshelf.repositories.formats.manifest import IllegalCommitError
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.standing import FolderBehindError, FolderUnfinishedError
from keyshelf.repositories.values import RefKind, RefName
from tests.unit.repositories.commit.committing import Committing

pytestmark = pytest.mark.anyio
SIDE = RefName(RefKind.BRANCH, "side")


@pytest.fixture
async def mine(tmp_path: Path) -> Committing:
    """A folder that is committed."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "file").write_bytes(b"first")
    committing = Committing(folder)
    await committing.commit(message="first")
    return committing


async def theirs(mine: Committing, version: Commit) -> Committing:
    """The folder of somebody else, who has a version checked out."""
    other = Committing(mine.folder.parent / "theirs", mine.carrier)
    await check_out(other, version)
    return other


async def check_out(into: Committing, version: Commit, *paths: bytes) -> None:
    await checkout(
        Reader(into.carrier),
        version.manifest.root,
        os.fsencode(into.folder),
        commit=version.hash,
        paths=paths,
        cache=into.cache,
    )


async def test_the_refusal_names_both_commits_and_all_since(mine: Committing) -> None:
    first = await mine.commit()
    other = await theirs(mine, first)
    made: list[str] = []
    for number in range(5):
        (other.folder / "new").write_bytes(b"%d" % number)
        made.append((await other.commit(message=f"take {number}")).hash)
    calls = mine.carrier.calls

    with pytest.raises(FolderBehindError, match=r"take 4.*take 3.*take 2.*2 more before") as told:
        await mine.commit()

    assert told.value.extras == {"head": made[-1], "stands_on": first.hash, "since": made[::-1]}
    assert mine.carrier.calls == calls  # nothing was asked about or sent


async def test_the_refusal_names_what_the_branch_had_of_the_folder(mine: Committing) -> None:
    first = await mine.commit()
    other = await theirs(mine, first)
    (other.folder / "new").write_bytes(b"theirs")
    await other.commit()
    (mine.folder / "file").write_bytes(b"on a branch of its own")
    await mine.commit(branch=SIDE)

    with pytest.raises(FolderBehindError, match=rf"stands on {first.hash[:12]}\.") as told:
        await mine.commit()

    assert told.value.extras["stands_on"] == first.hash


async def test_a_version_of_another_branch_is_told_as_that(mine: Committing) -> None:
    (mine.folder / "file").write_bytes(b"on a branch of its own")
    made = await mine.commit(branch=SIDE)
    mine.cache.stand("main", None)
    other = Committing(mine.folder.parent / "theirs", mine.carrier)
    other.folder.mkdir()
    await other.commit()

    with pytest.raises(FolderBehindError, match=f"stands on {made.hash[:12]} of the branch side"):
        await mine.commit()


async def test_a_commit_whose_answer_was_lost_is_ones_own(mine: Committing) -> None:
    def lose_the_answer(_: object) -> None:
        raise UnavailableError("the network is gone")

    (mine.folder / "more").write_bytes(b"more")
    mine.carrier.on_published = lose_the_answer
    with pytest.raises(UnavailableError):
        await mine.commit()
    mine.carrier.on_published = lambda _: None

    again = await mine.commit()

    assert (again.is_new, again.is_sure) == (False, True)


async def test_a_commit_that_arrives_after_the_next_one_was_tried_is_ones_own(
    mine: Committing,
) -> None:
    def lose_the_answer(_: object) -> None:
        raise UnavailableError("the network is gone")

    before = dict(mine.carrier.positions)
    (mine.folder / "more").write_bytes(b"more")
    mine.carrier.on_published = lose_the_answer
    with pytest.raises(UnavailableError):
        await mine.commit(message="one")
    arrived, mine.carrier.positions = mine.carrier.positions, before
    mine.carrier.stops_at_publishing = True
    with pytest.raises(UnavailableError):
        await mine.commit(message="two")
    mine.carrier.positions, mine.carrier.stops_at_publishing = arrived, False
    mine.carrier.on_published = lambda _: None

    assert not (await mine.commit(message="three")).is_new


async def test_a_checkout_of_an_older_version_is_behind(mine: Committing) -> None:
    first = await mine.commit()
    (mine.folder / "file").write_bytes(b"second, longer")
    await mine.commit()
    await check_out(mine, first)

    with pytest.raises(FolderBehindError):
        await mine.commit()


async def test_a_checkout_that_did_not_end_is_no_version(mine: Committing) -> None:
    first = await mine.commit()
    (mine.folder / "file").write_bytes(os.urandom(20_000))
    second = await mine.commit()
    mine.carrier.chunks, kept = {}, mine.carrier.chunks
    other = Committing(mine.folder.parent / "theirs", mine.carrier)
    mine.carrier.chunks = {chunk: framed for chunk, framed in kept.items() if len(framed) < 10_000}
    with pytest.raises(Exception, match="cannot be checked out"):
        await check_out(other, second)
    mine.carrier.chunks = kept

    with pytest.raises(FolderUnfinishedError, match="only a part"):
        await other.commit()
    await check_out(other, first)
    with pytest.raises(FolderBehindError):
        await other.commit()
    await check_out(other, second)
    assert not (await other.commit()).is_new


async def test_one_old_file_in_the_last_version_is_an_edit(mine: Committing) -> None:
    first = await mine.commit()
    (mine.folder / "file").write_bytes(b"second, longer")
    second = await mine.commit()
    await check_out(mine, first, b"file")

    made = await mine.commit()

    assert made.manifest.parents == (second.hash,)
    assert made.is_sure


async def test_without_what_is_remembered_it_is_not_sure(mine: Committing) -> None:
    (mine.folder / "more").write_bytes(b"more")
    mine.cache = FolderCache.in_memory()

    assert not (await mine.commit()).is_sure
    assert (await mine.commit()).is_sure


async def test_what_was_changed_is_kept_whatever_was_read_meanwhile(mine: Committing) -> None:
    first = await mine.commit()
    other = await theirs(mine, first)
    (other.folder / "new").write_bytes(b"new")
    second = await other.commit()
    (mine.folder / "file").write_bytes(b"mine")
    mine.carrier.stops_at_publishing = True
    mine.carrier.positions, kept = {}, mine.carrier.positions
    with pytest.raises(UnavailableError):  # read and remembered, and in no commit
        await mine.commit()
    mine.carrier.positions = kept
    mine.carrier.stops_at_publishing = False

    await check_out(mine, second)
    await mine.commit()

    assert (mine.folder / "file").read_bytes() == b"mine"
    assert (await mine.entries()).keys() == {b"file", b"new"}


@pytest.mark.parametrize("message", ["long" * 20_000, "no text \udc80"])
async def test_words_that_no_commit_can_say_are_refused_before_anything_is_sent(
    mine: Committing, message: str
) -> None:
    (mine.folder / "more").write_bytes(b"more")
    calls = mine.carrier.calls

    with pytest.raises(IllegalCommitError):
        await mine.commit(message=message)

    assert mine.carrier.calls == calls
