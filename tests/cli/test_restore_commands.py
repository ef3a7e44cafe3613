"""`restore-plan`, `restore --repo` and `checkout --restore`, where chunks lie in an archive."""

from pathlib import Path

import anyio
import pytest

from keyshelf.store.base import PutOptions
from keyshelf.store.opening import StoreOptions, open_store
from tests.cli.conftest import Keyshelf
from tests.servers.s3 import S3Server


@pytest.fixture
def bucket(strict_s3_server: S3Server) -> StoreOptions:
    return strict_s3_server.new_bucket()


@pytest.fixture
def environment(database_url: str, tmp_path: Path, bucket: StoreOptions) -> dict[str, str]:
    """A program of its own: a database, and a bucket of S3 for versions."""
    home = tmp_path / "home"
    return {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "KEYSHELF_DATA": str(tmp_path / "data"),
        "DATABASE_URL": database_url,
        "REPOSITORY_BUCKET": bucket.bucket,
        "REPOSITORY_S3_ENDPOINT": str(bucket.endpoint),
        "REPOSITORY_S3_ACCESS_KEY": str(bucket.access_key),
        "REPOSITORY_S3_SECRET_KEY": str(bucket.secret_key),
        "KEYSHELF_REPOSITORY_PRICES": "s3.us-east-1",
    }


@pytest.fixture
def archived(keyshelf: Keyshelf, bucket: StoreOptions, tmp_path: Path) -> Path:
    """A folder that was committed and whose file went to GLACIER."""
    folder = tmp_path / "film"
    folder.mkdir()
    (folder / "notes.txt").write_text("hello\n")
    assert keyshelf("repo", "create", "film").code == 0
    assert keyshelf("commit", folder, "-R", "film", "-m", "one").code == 0
    anyio.run(freeze_the_smallest, bucket)
    return folder


async def freeze_the_smallest(options: StoreOptions) -> None:
    store = await open_store(options)
    found = [each async for page in store.list("v1/chunks/") for each in page.objects]
    key = min(found, key=lambda each: each.size).key
    async with await store.get(key) as reader:
        body = await reader.read()
    await store.put(key, body, PutOptions(storage_class="GLACIER"))
    await store.aclose()


def test_a_checkout_says_what_it_needs_which_restore_asks_for(
    keyshelf: Keyshelf, archived: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"

    refused = keyshelf("checkout", "main", out, "-R", "film")
    planned = keyshelf("restore-plan", "main", "-R", "film", "--json").json
    unasked = keyshelf("restore", "main", "-R", "film")
    asked = keyshelf("restore", "main", "notes.txt", "-R", "film", "--yes", "--tier", "bulk")
    again = keyshelf("restore", "main", "-R", "film", "--yes", "--json").json
    keyshelf("restore-plan", "main", "-R", "film")  # asked about once more, it is there
    done = keyshelf("checkout", "main", out, "-R", "film")

    assert refused.code == 5
    assert "1 chunk in GLACIER" in refused.err
    assert "standard: 3 to 5 hours, 0.00 USD with 7 days of copies" in refused.err
    assert (planned["files"], planned["objects"], planned["is_partial"]) == (
        ["notes.txt"],
        1,
        False,
    )
    assert (unasked.code, asked.code) == (2, 0)
    assert asked.lines[0].startswith("asked for 1 chunk of 1: the same with --wait")
    assert (again["requested"], again["asked"]) == (0, 1)
    assert done.code == 0, done.err
    assert (out / "notes.txt").read_bytes() == (archived / "notes.txt").read_bytes()


def test_a_checkout_waits_for_what_is_on_its_way(
    keyshelf: Keyshelf, archived: Path, tmp_path: Path
) -> None:
    keyshelf("restore", "main", "-R", "film", "--yes")
    keyshelf("restore-plan", "main", "-R", "film")  # the next but one who asks finds it there

    done = keyshelf("checkout", "main", tmp_path / "out", "-R", "film", "--restore")
    waited = keyshelf("restore", "main", "-R", "film", "--wait", "--yes")

    assert (done.code, waited.code) == (0, 0), done.err
    assert "1 chunk in GLACIER" in done.err
    assert waited.lines == ["all can be read: 0 chunks restored"]
    assert (tmp_path / "out/notes.txt").read_bytes() == (archived / "notes.txt").read_bytes()


def test_a_check_and_cat_say_it_too(keyshelf: Keyshelf, archived: Path) -> None:
    assert archived.exists()
    checked = keyshelf("check", "-R", "film", "--read-data")
    shown = keyshelf("cat", "main", "notes.txt", "-R", "film")

    assert (checked.code, shown.code) == (5, 5)
    assert "not looked at: 1 object must be restored before" in checked.out
    assert "'notes.txt' cannot be read: the chunk" in shown.err
    assert "bulk: 5 to 12 hours, 0.00 USD" in shown.err
    assert "lies in GLACIER, and must be restored" in shown.err


def test_nothing_in_a_folder_must_be_restored(keyshelf: Keyshelf, tmp_path: Path) -> None:
    given = dict.fromkeys(("BUCKET", "S3_ENDPOINT", "S3_ACCESS_KEY", "S3_SECRET_KEY"), "")
    folder = {f"REPOSITORY_{name}": value for name, value in given.items()}
    (tmp_path / "film").mkdir()
    keyshelf("repo", "create", "film", **folder)
    keyshelf("commit", tmp_path / "film", "-R", "film", "-m", "one", **folder)

    planned = keyshelf("restore-plan", "main", "-R", "film", **folder)

    assert planned.lines == ["nothing must be restored: this store has no class that must be"], (
        planned.err
    )
