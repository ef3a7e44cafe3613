"""`repo`, `commit`, `log`, `diff`, `checkout`, …: on this machine's stores, and over HTTP."""

import os
import re
from collections.abc import Mapping
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


@pytest.fixture
def film(keyshelf: Keyshelf) -> str:
    """A repository."""
    name = f"film-{uuid4().hex[:8]}"
    assert keyshelf("repo", "create", name).code == 0
    return name


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a large file, a small one, a link and an empty folder."""
    folder = tmp_path / "project"
    (folder / "shots" / "empty").mkdir(parents=True)
    (folder / "shots" / "a.mov").write_bytes(os.urandom(2_000_000))
    (folder / "notes.txt").write_text("hello\n")
    (folder / "latest").symlink_to("shots/a.mov")
    return folder


def commit(keyshelf: Keyshelf, repo: str, folder: Path, message: str = "a version") -> Ran:
    return keyshelf("commit", folder, "--repo", repo, "-m", message)


def edit(project: Path) -> None:
    """Change one byte in the middle of the large file."""
    with (project / "shots" / "a.mov").open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"x")


def test_a_commit_comes_back_as_it_was(
    keyshelf: Keyshelf, film: str, project: Path, tmp_path: Path
) -> None:
    committed = commit(keyshelf, film, project)
    out = tmp_path / "out"

    got = keyshelf("checkout", "main", out, "--repo", film)

    assert (committed.code, committed.err, got.code, got.err) == (0, "", 0, "")
    assert (out / "shots" / "a.mov").read_bytes() == (project / "shots" / "a.mov").read_bytes()
    assert (out / "latest").readlink() == Path("shots/a.mov")
    assert list((out / "shots" / "empty").iterdir()) == []


def test_a_small_edit_adds_little_and_diff_says_so(
    keyshelf: Keyshelf, film: str, project: Path
) -> None:
    commit(keyshelf, film, project)
    edit(project)
    (project / "notes.txt").rename(project / "read me.txt")

    second = keyshelf("commit", project, "-R", film, "-m", "edit", "--json")
    diff = keyshelf("diff", "main~1", "main", "-R", film, "--json")

    assert second.json["new_bytes"] < 600_000
    kinds = {each["path"]: each["kind"] for each in diff.json["items"]}
    assert kinds["shots/a.mov"] == "changed"
    assert kinds["read me.txt"] == "renamed"
    assert 0 < diff.json["new_bytes"] < 600_000


def test_nothing_changed_makes_no_commit(keyshelf: Keyshelf, film: str, project: Path) -> None:
    commit(keyshelf, film, project)

    again = commit(keyshelf, film, project)

    assert (again.code, again.lines[0].startswith("nothing changed")) == (0, True)
    assert len(keyshelf("log", "-R", film, "--json").json["items"]) == 1


def test_log_ls_and_cat_show_what_a_commit_holds(
    keyshelf: Keyshelf, film: str, project: Path
) -> None:
    commit(keyshelf, film, project, "First cut")

    log = keyshelf("log", "--repo", film)
    listed = keyshelf("ls", "main", "shots", "--repo", film)
    long = keyshelf("ls", "main", "-l", "--repo", film)

    assert re.match(r"[0-9a-f]{12} \(main\)  First cut", log.lines[0])
    assert listed.lines == ["a.mov", "empty/"]
    assert any(line.endswith("latest -> shots/a.mov") for line in long.lines)


def test_a_local_path_that_will_not_do_ends_with_the_code_of_its_kind(
    keyshelf: Keyshelf, film: str, project: Path, environment: dict[str, str]
) -> None:
    missing = commit(keyshelf, film, project / "nothing")
    link = project.parent / "link"
    link.symlink_to(project)
    through_link = commit(keyshelf, film, link)
    own = commit(keyshelf, film, Path(environment["KEYSHELF_DATA"]))

    assert (missing.code, missing.err.count("\n")) == (3, 1)
    assert through_link.code == 0
    assert own.code == 5


def test_only_some_paths_are_checked_out(
    keyshelf: Keyshelf, film: str, project: Path, tmp_path: Path
) -> None:
    commit(keyshelf, film, project)

    keyshelf("checkout", "main", tmp_path / "out", "notes.txt", "--repo", film)

    assert [each.name for each in (tmp_path / "out").iterdir()] == ["notes.txt"]


def test_what_is_in_no_commit_is_not_overwritten(
    keyshelf: Keyshelf, film: str, project: Path, tmp_path: Path
) -> None:
    commit(keyshelf, film, project)
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("mine")

    refused = keyshelf("checkout", "main", out, "--repo", film)
    kept = (out / "notes.txt").read_text()
    forced = keyshelf("checkout", "main", out, "--repo", film, "--overwrite")

    assert (refused.code, kept, forced.code) == (5, "mine", 0)
    assert "notes.txt" in refused.err
    assert (out / "notes.txt").read_text() == "hello\n"


def test_branches_and_tags_are_made_moved_and_removed(
    keyshelf: Keyshelf, film: str, project: Path
) -> None:
    commit(keyshelf, film, project)
    edit(project)
    commit(keyshelf, film, project)

    keyshelf("tag", "v1", "main~1", "--repo", film)
    refused = keyshelf("tag", "v1", "main", "--repo", film)
    moved = keyshelf("tag", "v1", "main", "--move", "--repo", film)
    removed = keyshelf("tag", "-d", "v1", "--repo", film)
    left = keyshelf("tag", "--repo", film, "--json")

    assert (refused.code, moved.code, removed.code) == (5, 0, 0)
    assert left.json["items"] == []
    assert [each["name"] for each in keyshelf("branch", "-R", film, "--json").json["items"]] == [
        "main"
    ]


def test_an_encrypted_repository_opens_with_its_passphrases_only(
    keyshelf: Keyshelf, project: Path, tmp_path: Path
) -> None:
    name = f"secret-{uuid4().hex[:8]}"
    key = "ab" * 32
    keyshelf("repo", "create", name, "--encrypt", KEYSHELF_PASSPHRASE="open sesame")
    keyshelf("commit", project, "-R", name, "-m", "hidden", KEYSHELF_PASSPHRASE="open sesame")

    wrong = keyshelf("log", "-R", name, KEYSHELF_PASSPHRASE="guess")
    none = keyshelf("log", "-R", name, KEYSHELF_PASSPHRASE="")
    keyshelf(
        *("repo", "key", "add", name, "--label", "service", "--from-settings"),
        KEYSHELF_PASSPHRASE="open sesame",
        KEYSHELF_REPOSITORY_KEY=key,
    )
    by_key = keyshelf("log", "-R", name, KEYSHELF_PASSPHRASE="", KEYSHELF_REPOSITORY_KEY=key)
    slots = keyshelf("repo", "key", "list", name, "--json").json["items"]

    assert (wrong.code, none.code, by_key.code) == (4, 4, 0)
    assert "hidden" in by_key.out
    assert [each["kind"] for each in slots] == ["passphrase", "key"]


def test_the_last_key_slot_stays(keyshelf: Keyshelf) -> None:
    name = f"secret-{uuid4().hex[:8]}"
    keyshelf("repo", "create", name, "--encrypt", KEYSHELF_PASSPHRASE="open sesame")
    (slot,) = keyshelf("repo", "key", "list", name, "--json").json["items"]

    refused = keyshelf("repo", "key", "remove", name, slot["id"], "--yes")

    assert (refused.code, "last key slot" in refused.err) == (2, True)


def test_errors_name_the_fix(keyshelf: Keyshelf, film: str, project: Path) -> None:
    commit(keyshelf, film, project)

    unknown = keyshelf("log", "--repo", "no-such")
    near = keyshelf("log", "mian", "--repo", film)
    twice = keyshelf("repo", "create", film)
    nowhere = keyshelf("commit", project / "nope", "-R", film, "-m", "x")
    absent = keyshelf("cat", "main", "shots/b.mov", "--repo", film)

    assert (unknown.code, near.code, twice.code, nowhere.code, absent.code) == (3, 3, 5, 3, 3)
    assert "main" in near.err
    assert "shots/b.mov" in absent.err


def test_repositories_are_listed_with_what_they_saved(
    keyshelf: Keyshelf, film: str, project: Path
) -> None:
    commit(keyshelf, film, project)
    edit(project)
    commit(keyshelf, film, project)

    listed = keyshelf("repo", "list", "--json").json["items"]
    stats = keyshelf("repo", "stats", film)

    (ours,) = [each for each in listed if each["name"] == film]
    assert ours["commits"] == 2
    assert ours["logical_bytes"] == 2 * 2_000_006
    assert ours["stored_bytes"] < 3_000_000
    assert any(line.startswith("saved") for line in stats.lines)


def test_damage_is_named_and_healed_by_the_good_files(
    keyshelf: Keyshelf, film: str, project: Path, environment: Mapping[str, str]
) -> None:
    if "DATABASE_URL" not in environment:
        pytest.skip("only where the stores are")
    commit(keyshelf, film, project)
    chunks = Path(environment["KEYSHELF_DATA"]) / "stores" / "repository" / "v1" / "chunks"
    changed, gone = sorted(chunks.glob("*/*/*"), key=lambda file: file.stat().st_size)[-2:]
    changed.write_bytes(b"x" * changed.stat().st_size)
    gone.unlink()

    found = keyshelf("check", "--read-data", "--repair", "-R", film, "--json")
    keyshelf("commit", project, "-R", film, "-m", "heal", "--paranoid")
    after = keyshelf("check", "--read-data", "-R", film)

    assert (found.code, after.code) == (7, 0)
    assert {each["fault"] for each in found.json["damaged"]} == {"changed", "missing"}
    assert [each["path"] for each in found.json["hurt_files"]] == ["shots/a.mov"]


def test_a_name_is_taken_back_as_it_is_printed(
    keyshelf: Keyshelf, film: str, tmp_path: Path
) -> None:
    names = ["new\nline", "turned\u202e", "back\\slash", "bytes\udce9", "steers\x1b[31m"]
    (tmp_path / "odd").mkdir()
    for name in names:
        (tmp_path / "odd" / name).write_text(name.encode("utf-8", "surrogateescape").hex())
    commit(keyshelf, film, tmp_path / "odd")

    printed = keyshelf("ls", "-R", film).lines
    read = {keyshelf("cat", "main", name, "-R", film).out for name in printed}
    for name in printed:
        assert keyshelf("ls", "main", name, "-R", film).lines == [name]
        assert keyshelf("diff", "main", "main", name, "-R", film).code == 0
    out = keyshelf("checkout", "main", tmp_path / "out", *printed, "-R", film)

    assert read == {name.encode("utf-8", "surrogateescape").hex() for name in names}
    assert (out.code, len(list((tmp_path / "out").iterdir()))) == (0, len(names))
    assert r"new\x0aline" in printed
