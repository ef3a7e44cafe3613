"""Two people commit to one branch: nobody's work is taken back unknowingly."""

from pathlib import Path
from uuid import uuid4

import pytest

from tests.cli.conftest import Keyshelf, Ran
from tests.served import Served


@pytest.fixture(params=["here", "over-http"])
def environment(
    request: pytest.FixtureRequest, served: Served, database_url: str, tmp_path: Path
) -> dict[str, str]:
    """The settings of the program: a database and a folder as store, or a service."""
    home = tmp_path / "home"
    if request.param == "over-http":
        return served.environment(home)
    return {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "KEYSHELF_DATA": str(tmp_path / "data"),
        "DATABASE_URL": database_url,
    }


class Two:
    """A repository, and the folders of Anna and Ben, who both begin with one version."""

    def __init__(self, keyshelf: Keyshelf, base: Path) -> None:
        self.repo = f"film-{uuid4().hex[:8]}"
        self.anna, self.ben = base / "anna", base / "ben"
        self._keyshelf = keyshelf
        assert keyshelf("repo", "create", self.repo).code == 0
        self.anna.mkdir()
        for name in ("common.txt", "other.txt"):
            (self.anna / name).write_text("one\n")
        assert self.commit(self.anna, "c1").code == 0
        assert self.checkout(self.ben).code == 0

    def commit(self, folder: Path, message: str, *options: str) -> Ran:
        return self._keyshelf("commit", folder, "-R", self.repo, "-m", message, *options)

    def checkout(self, folder: Path, *options: str) -> Ran:
        return self._keyshelf("checkout", "main", folder, "-R", self.repo, *options)

    def diff(self) -> set[tuple[str, str]]:
        """What the last commit changed."""
        told = self._keyshelf("diff", "main~1", "main", "-R", self.repo, "--json").json
        return {
            (each["kind"], each["path"]) for each in told["items"] if each["entry_kind"] == "file"
        }


@pytest.fixture
def two(keyshelf: Keyshelf, tmp_path: Path) -> Two:
    return Two(keyshelf, tmp_path)


def test_a_folder_that_is_behind_is_refused_until_it_has_what_the_other_made(two: Two) -> None:
    (two.ben / "theirs.txt").write_text("theirs\n")
    (two.ben / "other.txt").write_text("two\n")
    two.commit(two.ben, "colour graded", "--author", "Ben")
    (two.anna / "mine.txt").write_text("mine\n")
    (two.anna / "common.txt").write_text("mine too\n")

    refused = two.commit(two.anna, "mine")
    brought = two.checkout(two.anna)
    committed = two.commit(two.anna, "mine")

    assert refused.code == 5
    assert "Ben" in refused.err
    assert "colour graded" in refused.err
    assert f"keyshelf checkout main {two.anna} --repo {two.repo}" in refused.err
    assert (brought.code, "1 kept as changed here" in brought.out) == (0, True)
    assert (two.anna / "theirs.txt").read_text() == "theirs\n"
    assert (two.anna / "other.txt").read_text() == "two\n"
    assert (two.anna / "common.txt").read_text() == "mine too\n"
    assert (committed.code, committed.err) == (0, "")
    assert two.diff() == {("added", "mine.txt"), ("changed", "common.txt")}


def test_what_both_changed_is_named_and_left(two: Two) -> None:
    (two.ben / "common.txt").write_text("theirs\n")
    two.commit(two.ben, "theirs")
    (two.anna / "common.txt").write_text("mine\n")

    refused = two.checkout(two.anna)

    assert (refused.code, "common.txt" in refused.err) == (5, True)
    assert (two.anna / "common.txt").read_text() == "mine\n"


def test_it_is_committed_as_it_is_when_asked(two: Two) -> None:
    (two.ben / "theirs.txt").write_text("theirs\n")
    two.commit(two.ben, "theirs")
    (two.anna / "mine.txt").write_text("mine\n")

    forced = two.commit(two.anna, "mine", "--as-is")
    more = two.commit(two.anna, "more", "--allow-empty")

    assert (forced.code, more.code) == (0, 0)


def test_what_the_other_removed_is_not_committed_back_unknowingly(two: Two) -> None:
    (two.ben / "other.txt").unlink()
    two.commit(two.ben, "removed")
    (two.anna / "mine.txt").write_text("mine\n")

    brought = two.checkout(two.anna)
    refused = two.commit(two.anna, "mine")
    two.checkout(two.anna, "--delete")
    committed = two.commit(two.anna, "mine")

    assert "1 file that it no longer has is left: --delete removes it" in brought.err
    assert (refused.code, "--delete" in refused.err) == (5, True)
    assert committed.code == 0
    assert two.diff() == {("added", "mine.txt")}


def test_a_folder_of_which_nothing_is_remembered_is_taken_as_it_is_and_that_is_told(
    two: Two, tmp_path: Path
) -> None:
    moved = tmp_path / "moved"
    two.anna.rename(moved)
    (moved / "mine.txt").write_text("mine\n")

    committed = two.commit(moved, "mine")
    again = two.commit(moved, "again", "--allow-empty")

    assert (committed.code, "keyshelf diff main~1 main" in committed.err) == (0, True)
    assert (again.code, again.err) == (0, "")


def test_a_part_that_was_checked_out_is_not_committed_as_the_whole(
    two: Two, keyshelf: Keyshelf, tmp_path: Path
) -> None:
    part = tmp_path / "part"
    keyshelf("checkout", "main", part, "other.txt", "-R", two.repo)

    refused = two.commit(part, "a part")
    two.checkout(part)
    (part / "mine.txt").write_text("mine\n")
    committed = two.commit(part, "mine")

    assert (refused.code, committed.code) == (5, 0)
    assert two.diff() == {("added", "mine.txt")}


def test_one_folder_may_be_committed_to_two_branches_in_turn(two: Two, keyshelf: Keyshelf) -> None:
    keyshelf("branch", "cut", "main", "-R", two.repo)
    for number in range(4):
        (two.anna / "more.txt").write_text(f"{number}\n")
        ran = two.commit(two.anna, f"{number}", "--branch", "cut" if number % 2 else "main")
        assert (ran.code, ran.err) == (0, "")
