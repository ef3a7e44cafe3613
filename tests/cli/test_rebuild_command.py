"""An older database is brought together with its bucket, and no commit is lost between them."""

from pathlib import Path

import pytest

from tests.cli.conftest import Keyshelf


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    """A program of its own: a database, and folders as stores."""
    home = tmp_path / "home"
    return {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "KEYSHELF_DATA": str(tmp_path / "data"),
        "DATABASE_URL": database_url,
    }


def test_a_branch_that_went_on_after_the_backup_and_beside_it_keeps_both(
    keyshelf: Keyshelf, tmp_path: Path
) -> None:
    film = tmp_path / "film"
    film.mkdir()

    def commit(content: str) -> str:
        (film / "a.txt").write_text(content)
        return keyshelf("commit", film, "-R", "film", "-m", content, "--as-is", "--json").err

    keyshelf("repo", "create", "film")
    commit("one")
    keyshelf("backup", "create")
    commit("two")
    (document,) = (tmp_path / "data/stores/repository/v1/metadata/repos").iterdir()
    later = document.read_bytes()
    restored = keyshelf("backup", "restore", "latest", "--replace", "--yes")
    assert "keyshelf rebuild" in restored.err
    assert "`keyshelf rebuild`" in commit("refused")
    document.unlink()
    assert commit("three") == ""
    document.write_bytes(later)

    rebuilt = keyshelf("rebuild")

    assert rebuilt.code == 5, rebuilt.err
    assert any("TWO WAYS: film: the branch main stays" in line for line in rebuilt.lines)
    assert rebuilt.lines[-1].startswith("not in the buckets, so only from a backup: trash")
    (tag,) = keyshelf("tag", "-R", "film", "--json").json["items"]
    assert tag["name"].startswith("from-bucket/main-")
    assert keyshelf("cat", "-R", "film", "main", "a.txt").out == "three"
    assert keyshelf("cat", "-R", "film", tag["name"], "a.txt").out == "two"
    assert keyshelf("rebuild").code == 0
