"""`ls`, `mv`, `cp`, `rm`, `trash`, `restore`: what they print and what they do."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from keyshelf.client.synchronous import Client
from tests.cli.conftest import Keyshelf
from tests.served import Served


@pytest.fixture
def files(served: Served, folder: str, tmp_path: Path) -> str:
    """A folder of the drive with a folder and two files in it."""
    source = tmp_path / "source"
    source.write_text("hello")
    with Client(served.url, token=served.token, state_folder=tmp_path) as client:
        client.make_folder(f"{folder}/inner")
        for name in ("a10.txt", "a2.txt", "inner/deep.txt"):
            client.upload(source, f"{folder}/{name}")
    return folder


@pytest.fixture
def empty_trash(served: Served) -> None:
    with Client(served.url, token=served.token) as client:
        job = client.empty_trash().job
        assert job is None or list(client.watch_job(job.id))[-1].state == "succeeded"


def names(ran_lines: Iterable[str]) -> list[str]:
    return [line.split()[-1] for line in ran_lines]


def test_ls_shows_folders_first_and_numbers_in_order(keyshelf: Keyshelf, files: str) -> None:
    listed = keyshelf("ls", files)

    assert (listed.code, listed.err) == (0, "")
    assert listed.lines == ["inner/", "a2.txt", "a10.txt"]


def test_ls_of_a_file_shows_it(keyshelf: Keyshelf, files: str) -> None:
    assert keyshelf("ls", f"{files}/a2.txt").lines == ["a2.txt"]


def test_ls_long_shows_the_key(keyshelf: Keyshelf, files: str) -> None:
    lines = keyshelf("ls", "--long", files).lines

    assert names(lines) == [
        f"admin/my-files{files}/inner/",
        f"admin/my-files{files}/a2.txt",
        f"admin/my-files{files}/a10.txt",
    ]
    assert lines[0].split()[:2] == ["5", "B"]


def test_ls_json_has_what_the_api_says(keyshelf: Keyshelf, files: str) -> None:
    items = keyshelf("ls", files, "--sort", "name", "--reverse", "--json").json["items"]

    assert [item["filename"] for item in items] == ["inner", "a10.txt", "a2.txt"]
    assert items[1]["size"] == 5
    assert items[1]["created_at"].endswith("Z")


def test_mv_renames(keyshelf: Keyshelf, files: str) -> None:
    moved = keyshelf("mv", f"{files}/a2.txt", f"{files}/b.txt")

    assert moved.code == 0
    assert moved.lines == [f"moved {files}/a2.txt -> {files}/b.txt"]
    assert keyshelf("ls", files).lines == ["inner/", "a10.txt", "b.txt"]


def test_mv_moves_several_into_a_folder(keyshelf: Keyshelf, files: str) -> None:
    moved = keyshelf(
        "mv", f"{files}/a2.txt", f"{files}/a10.txt", f"{files}/inner", "--wait", "--json"
    )

    assert moved.code == 0
    assert [item["key"] for item in moved.json["items"]] == [
        f"admin/my-files{files}/inner/a2.txt",
        f"admin/my-files{files}/inner/a10.txt",
    ]
    assert keyshelf("ls", f"{files}/inner").lines == ["a2.txt", "a10.txt", "deep.txt"]


def test_mv_of_a_folder_into_itself_is_a_conflict(keyshelf: Keyshelf, files: str) -> None:
    assert keyshelf("mv", files, f"{files}/inner").code == 5


def test_mv_onto_a_taken_name_harms_nothing(keyshelf: Keyshelf, files: str) -> None:
    moved = keyshelf("mv", f"{files}/a2.txt", f"{files}/a10.txt")

    assert moved.code == 5
    assert keyshelf("ls", files).lines == ["inner/", "a2.txt", "a10.txt"]


def test_one_failure_among_several_is_told_and_does_not_stop(
    keyshelf: Keyshelf, files: str
) -> None:
    keyshelf("cp", f"{files}/a2.txt", f"{files}/inner")

    moved = keyshelf("mv", f"{files}/a2.txt", f"{files}/a10.txt", f"{files}/inner")

    assert moved.code == 6
    assert moved.lines == [f"moved {files}/a10.txt -> {files}/inner/a10.txt"]
    assert f"{files}/a2.txt: " in moved.err


def test_cp_of_a_folder_copies_all_below(keyshelf: Keyshelf, files: str) -> None:
    refused = keyshelf("cp", f"{files}/inner", f"{files}/copy")
    copied = keyshelf("cp", "-r", f"{files}/inner", f"{files}/copy")

    assert refused.code == 2
    assert (copied.code, copied.lines) == (0, [f"copied {files}/inner -> {files}/copy"])
    assert keyshelf("ls", f"{files}/copy").lines == ["deep.txt"]
    assert keyshelf("ls", f"{files}/inner").lines == ["deep.txt"]


def test_cp_needs_a_target(keyshelf: Keyshelf) -> None:
    assert keyshelf("cp", "/alone").code == 2


def test_rm_dry_run_removes_nothing(keyshelf: Keyshelf, files: str) -> None:
    dry = keyshelf("rm", f"{files}/inner", "--dry-run")

    assert dry.lines == [f"would be trashed {files}/inner (5 B)"]
    assert "inner/" in keyshelf("ls", files).lines


def test_rm_of_a_misspelt_path_removes_nothing(keyshelf: Keyshelf, files: str) -> None:
    removed = keyshelf("rm", f"{files}/a2.txt", f"{files}/misspelt")

    assert removed.code == 3
    assert "a2.txt" in keyshelf("ls", files).lines


def test_what_was_removed_comes_back(keyshelf: Keyshelf, files: str, empty_trash: None) -> None:
    removed = keyshelf("rm", f"{files}/a2.txt", f"{files}/inner")
    listed = keyshelf("trash", "list")
    restored = keyshelf("restore", f"{files}/a2.txt", f"{files}/inner")

    assert removed.lines == [f"trashed {files}/a2.txt (5 B)", f"trashed {files}/inner (5 B)"]
    assert names(listed.lines) == ["PATH", f"{files}/inner", f"{files}/a2.txt"]
    assert restored.lines == [f"restored {files}/a2.txt", f"restored {files}/inner"]
    assert keyshelf("ls", files).lines == ["inner/", "a2.txt", "a10.txt"]


def test_restore_takes_an_id(keyshelf: Keyshelf, files: str, empty_trash: None) -> None:
    removed = keyshelf("rm", f"{files}/a2.txt", "--json").json["items"][0]

    restored = keyshelf("restore", removed["id"], "--to-root", "--on-conflict", "rename", "--json")

    assert restored.code == 0
    assert restored.json["items"][0]["parent_id"] is None


def test_restore_of_what_is_not_in_the_trash_says_where_to_look(keyshelf: Keyshelf) -> None:
    restored = keyshelf("restore", "/never-removed")

    assert restored.code == 3
    assert "trash list" in restored.err


def test_deleting_for_good_asks_a_person_or_needs_yes(keyshelf: Keyshelf, files: str) -> None:
    unanswered = keyshelf("rm", "--permanent", f"{files}/a2.txt")
    deleted = keyshelf("rm", "--permanent", "--yes", f"{files}/a2.txt")

    assert unanswered.code == 2
    assert "say --yes" in unanswered.err
    assert deleted.lines == [f"deleted {files}/a2.txt (5 B)"]


def test_emptying_the_trash_says_what_goes(
    keyshelf: Keyshelf, files: str, empty_trash: None
) -> None:
    keyshelf("rm", f"{files}/inner")

    dry = keyshelf("trash", "empty", "--dry-run")
    refused = keyshelf("trash", "empty")
    emptied = keyshelf("trash", "empty", "--yes", "--json")

    assert dry.lines == ["would delete 1 file and 1 folder (5 B)"]
    assert refused.code == 2
    assert emptied.json["deleted"] == {"files": 1, "folders": 1, "bytes": 5}
    assert keyshelf("trash", "list").out == ""
    assert keyshelf("trash", "empty").lines == ["the trash is empty"]
