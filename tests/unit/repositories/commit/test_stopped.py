"""A commit that is stopped anywhere: the old state or the new one, and it goes on."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from keyshelf.errors import UnavailableError
from keyshelf.repositories.commit.files import FileChangingError
from keyshelf.repositories.commit.service import FolderNeededError
from keyshelf.repositories.commit.values import CommitOptions, Progress
from keyshelf.repositories.formats.manifest import Manifest
from keyshelf.repositories.scanning import FolderUnreadableError
from keyshelf.repositories.sending import SendingOptions
from keyshelf.repositories.values import RefMovedError
from tests.unit.repositories.commit.committing import MAIN, Committing, known_bytes

pytestmark = pytest.mark.anyio

SMALL = SendingOptions(asked_at_once=20, bytes_at_once=500_000, rounds_at_once=2)
ON_THE_WAY = 2 * (500_000 + 256 * 1024)


def _changing(path: Path, changes: Iterator[bytes]) -> Callable[[Progress], None]:
    """Give what appends to a file whenever some of it was read."""

    def on_progress(progress: Progress) -> None:
        if progress.bytes_read and (more := next(changes, None)):
            with path.open("ab") as file:
                file.write(more)

    return on_progress


@pytest.fixture
def committing(tmp_path: Path) -> Committing:
    (tmp_path / "large").write_bytes(known_bytes(5_000_000))
    (tmp_path / "small").mkdir()
    for number in range(60):
        (tmp_path / f"small/{number}").write_bytes(known_bytes(1000, number))
    return Committing(tmp_path)


async def test_stopped_at_any_call_it_goes_on_and_sends_little_again(
    committing: Committing, tmp_path: Path
) -> None:
    whole = Committing(tmp_path)
    expected = await whole.commit(CommitOptions(sending=SMALL))
    everything, calls = whole.carrier.sent_bytes, whole.carrier.calls

    for stop_at in range(1, calls + 1):
        stopped = Committing(tmp_path)
        stopped.carrier.stop_at = stop_at
        with pytest.raises(UnavailableError):
            await stopped.commit(CommitOptions(sending=SMALL))
        assert await stopped.carrier.ref(MAIN) is None

        stopped.carrier.stop_at = 0
        made = await stopped.commit(CommitOptions(sending=SMALL))

        assert made.hash == expected.hash
        assert await stopped.is_whole()
        assert stopped.carrier.sent_bytes - everything <= ON_THE_WAY
    assert calls > 20


async def test_stopped_before_the_end_what_was_read_is_not_read_again(
    committing: Committing, tmp_path: Path
) -> None:
    await committing.commit()
    before = await committing.head()
    (tmp_path / "large").write_bytes(known_bytes(5_000_000, 7))
    committing.carrier.stops_at_publishing = True

    with pytest.raises(UnavailableError):
        await committing.commit()
    assert await committing.head() == before
    committing.carrier.stops_at_publishing = False
    again = await committing.commit()

    assert (again.is_new, again.files_read) == (True, 0)
    assert await committing.is_whole()


async def test_of_two_commits_one_is_told_that_the_branch_moved(committing: Committing) -> None:
    first = await committing.commit()
    (committing.folder / "new").touch()
    moved = False

    def on_progress(_: Progress) -> None:
        nonlocal moved
        if not moved:
            moved = True
            committing.carrier.positions.pop(MAIN)

    with pytest.raises(RefMovedError):
        await committing.commit(CommitOptions(on_progress=on_progress))

    assert await committing.carrier.ref(MAIN) is None
    assert first.is_new


async def test_a_file_that_changes_once_while_it_is_read_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(known_bytes(9_000_000))
    changes = iter([b"grown"])
    committing = Committing(tmp_path)

    await committing.commit(CommitOptions(on_progress=_changing(path, changes)))

    entry = (await committing.entries())[b"file"]
    assert await committing.content(entry) == known_bytes(9_000_000) + b"grown"


async def test_a_file_that_never_holds_still_is_named(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(known_bytes(9_000_000))
    committing = Committing(tmp_path)
    changes = iter([b"more"] * 100)

    with pytest.raises(FileChangingError, match="file changes"):
        await committing.commit(CommitOptions(on_progress=_changing(path, changes)))

    assert await committing.carrier.ref(MAIN) is None


async def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_bytes(b"x")
    opened = os.open

    def refuse(path: bytes, *rest: int, **options: int) -> int:
        if bytes(path).endswith(b"/secret"):
            raise PermissionError(13, "Permission denied")
        return opened(path, *rest, **options)

    # Root, as whom tests may run, is refused nothing.
    monkeypatch.setattr("keyshelf.repositories.commit.files.os.open", refuse)

    with pytest.raises(FolderUnreadableError, match="secret cannot be read: Permission denied"):
        await Committing(tmp_path).commit()


async def test_only_a_folder_is_committed(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(FolderNeededError):
        await Committing(tmp_path / "file").commit()


async def test_progress_ends_where_it_said(committing: Committing) -> None:
    seen: list[tuple[int, int | None, int, int | None]] = []

    def on_progress(progress: Progress) -> None:
        seen.append(
            (
                progress.files,
                progress.files_in_all,
                progress.bytes_read,
                progress.bytes_to_read,
            )
        )

    made = await committing.commit(CommitOptions(on_progress=on_progress))

    assert seen[0] == (0, 61, 0, 5_060_000)
    assert seen[-1] == (61, 61, 5_060_000, 5_060_000)
    assert made.bytes_read == 5_060_000
    assert seen == sorted(seen)
    seen.clear()
    await committing.commit(CommitOptions(on_progress=on_progress))
    assert (seen[0], seen[-1]) == ((0, 61, 0, 0), (61, 61, 0, 0))


async def test_a_cache_that_fails_after_the_branch_moved_costs_no_commit(
    committing: Committing,
) -> None:
    def close_when_published(_: Manifest) -> None:
        committing.cache.close()

    committing.carrier.on_published = close_when_published

    made = await committing.commit()

    assert await committing.carrier.ref(MAIN) == made.hash


async def test_a_small_file_that_has_grown_large_since_it_was_listed_is_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Between listing and reading there is nothing that a test could hold on to.
    monkeypatch.setattr("keyshelf.repositories.commit.files.LARGE_BYTES", 1000)
    contents = {b"a": b"a", b"b": known_bytes(5_000_000), b"c": b"c"}
    for name, content in contents.items():
        (tmp_path / name.decode()).write_bytes(content)
    committing = Committing(tmp_path)

    made = await committing.commit()

    entries = await committing.entries()
    assert {name: await committing.content(entries[name]) for name in contents} == contents
    assert made.files_read == 3
