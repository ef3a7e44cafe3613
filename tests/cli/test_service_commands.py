"""`jobs`, `token`, `backfill`, `config`, and how failures end the program."""

import os
import shutil
from pathlib import Path
from uuid import uuid4

import pytest

from keyshelf.cli.exits import BY_CATEGORY
from keyshelf.client import discovery
from keyshelf.client.discovery import LocalService
from keyshelf.errors import CATEGORIES
from tests.cli.conftest import Keyshelf, StartChild
from tests.served import Served


def test_backfill_registers_what_others_put_into_the_bucket(
    keyshelf: Keyshelf, served: Served
) -> None:
    name = f"found-{uuid4().hex[:8]}"
    put_into_bucket(served, name)

    dry = keyshelf("backfill", "--prefix", f"admin/my-files/{name}", "--dry-run")
    real = keyshelf("backfill", "--prefix", f"admin/my-files/{name}", "--json")
    again = keyshelf("backfill", "--prefix", f"admin/my-files/{name}")

    assert dry.lines == [
        "scanned 1 object, 0 already registered",
        "would create 1 folder and 1 file, 0 errors",
    ]
    assert real.json == {
        "scanned": 1,
        "already_registered": 0,
        "folders_created": 1,
        "files_created": 1,
        "errors": [],
        "dry_run": False,
    }
    assert again.lines[0] == "scanned 1 object, 1 already registered"
    assert keyshelf("ls", f"/{name}").lines == ["a.txt"]


def put_into_bucket(served: Served, name: str) -> None:
    """Put an object into the bucket behind the back of the drive."""
    folder = served.bucket / "admin" / "my-files" / name
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("by another way")


def test_backfill_needs_the_private_listener(keyshelf: Keyshelf) -> None:
    ran = keyshelf("backfill", KEYSHELF_ADMIN_URL="")

    assert ran.code == 8
    assert "KEYSHELF_ADMIN_URL" in ran.err


def test_jobs_are_listed_shown_and_watched(keyshelf: Keyshelf) -> None:
    keyshelf("backfill", "--dry-run", "--prefix", "nobody/")

    job = keyshelf("jobs", "list", "--kind", "backfill", "--json").json["items"][0]
    listed = keyshelf("jobs", "list", "--kind", "backfill")
    shown = keyshelf("jobs", "show", job["id"])
    watched = keyshelf("jobs", "watch", job["id"], "--json")

    assert job["state"] == "succeeded"
    assert listed.lines[0].split() == ["ID", "KIND", "STATE", "PROGRESS", "CREATED"]
    assert ["state", "succeeded"] in [line.split() for line in shown.lines]
    assert watched.json["id"] == job["id"]


def test_a_job_that_ended_cannot_be_retried(keyshelf: Keyshelf) -> None:
    keyshelf("backfill", "--dry-run", "--prefix", "nobody/")
    job = keyshelf("jobs", "list", "--state", "succeeded", "--json").json["items"][0]

    assert keyshelf("jobs", "retry", job["id"]).code == 5


def test_a_job_that_ended_is_not_paused_and_its_log_is_there(keyshelf: Keyshelf) -> None:
    keyshelf("backfill", "--dry-run", "--prefix", "nobody/")
    job = keyshelf("jobs", "list", "--kind", "backfill", "--json").json["items"][0]

    printed = keyshelf("jobs", "log", job["id"])
    followed = keyshelf("jobs", "log", job["id"], "--follow")

    assert [keyshelf("jobs", verb, job["id"]).code for verb in ("pause", "resume")] == [5, 5]
    assert "queued by " in printed.lines[0]
    assert printed.lines[-1].endswith("finished")
    assert followed.lines == printed.lines


def test_a_job_that_is_not_there_is_not_found(keyshelf: Keyshelf) -> None:
    for verb in ("show", "log", "watch", "pause", "resume", "cancel", "retry"):
        assert keyshelf("jobs", verb, uuid4()).code == 3


def test_a_token_is_good_for_its_scopes_until_it_is_revoked(
    keyshelf: Keyshelf, folder: str, tmp_path: Path
) -> None:
    source = tmp_path / "a.txt"
    source.touch()
    made = keyshelf("token", "create", "reader", "--scope", "drive:read", "--json").json

    listed = keyshelf("token", "list")
    read = keyshelf("ls", folder, KEYSHELF_TOKEN=made["token"])
    write = keyshelf("put", source, folder, KEYSHELF_TOKEN=made["token"])
    revoked = keyshelf("token", "revoke", made["id"], "--yes")
    after = keyshelf("ls", folder, KEYSHELF_TOKEN=made["token"])

    assert made["id"] in listed.out
    assert made["token"] not in listed.out
    assert (read.code, write.code, revoked.code, after.code) == (0, 4, 0, 4)


def test_a_token_alone_is_on_stdout_for_scripts(keyshelf: Keyshelf) -> None:
    made = keyshelf("token", "create", "script", "--expires-in-days", "1")

    assert made.lines[0].startswith("ks_")
    assert len(made.lines) == 1
    assert "drive:read" in made.err


def test_config_shows_origins_and_hides_secrets(keyshelf: Keyshelf, served: Served) -> None:
    shown = keyshelf("config")
    items = {item["name"]: item for item in keyshelf("config", "--json").json["items"]}

    assert served.token not in shown.out
    assert items["KEYSHELF_URL"] | {"help": ""} == {
        "name": "KEYSHELF_URL",
        "value": served.url,
        "origin": "KEYSHELF_URL",
        "help": "",
    }
    assert items["KEYSHELF_TRASH_DAYS"]["origin"] == "default"


def test_a_misspelt_setting_is_an_error(keyshelf: Keyshelf) -> None:
    ran = keyshelf("ls", KEYSHELF_TOKE="x")

    assert ran.code == 2
    assert "did you mean KEYSHELF_TOKEN" in ran.err
    os.environ.pop("KEYSHELF_TOKE")


def test_without_a_service_the_fix_is_to_start_one(keyshelf: Keyshelf) -> None:
    ran = keyshelf("ls", KEYSHELF_URL="")

    assert ran.code == 8
    assert "keyshelf up" in ran.err
    assert "KEYSHELF_URL" in ran.err


def test_a_service_that_does_not_answer_is_unreachable(keyshelf: Keyshelf) -> None:
    ran = keyshelf("ls", KEYSHELF_URL="http://127.0.0.1:9")

    assert ran.code == 8
    assert "cannot reach Keyshelf at http://127.0.0.1:9" in ran.err
    assert len(ran.err.splitlines()) == 1


def test_the_service_on_this_machine_is_found(
    keyshelf: Keyshelf, served: Served, environment: dict[str, str], folder: str
) -> None:
    data_folder = Path(environment["KEYSHELF_DATA"])
    service = LocalService(served.url, served.admin_url, served.token, os.getpid())
    discovery.announce(data_folder, service)

    found = keyshelf("ls", folder, KEYSHELF_URL="", KEYSHELF_TOKEN="", KEYSHELF_ADMIN_URL="")

    assert found.code == 0
    shutil.rmtree(data_folder)


def test_a_wrong_token_is_not_allowed(keyshelf: Keyshelf) -> None:
    assert keyshelf("ls", KEYSHELF_TOKEN="wrong").code == 4


def test_a_wrong_command_is_usage(keyshelf: Keyshelf) -> None:
    assert keyshelf("frobnicate").code == 2
    assert keyshelf("ls", "--frobnicate").code == 2


def test_no_command_shows_help(keyshelf: Keyshelf) -> None:
    assert "put" in keyshelf().out + keyshelf("--help").out


def test_version_is_printed(keyshelf: Keyshelf) -> None:
    assert keyshelf("--version").out.startswith("keyshelf ")


def test_every_category_has_an_exit_code() -> None:
    assert set(BY_CATEGORY) == set(CATEGORIES)


def test_output_survives_an_encoding_without_the_name(
    start: StartChild, keyshelf: Keyshelf, folder: str, tmp_path: Path, environment: dict[str, str]
) -> None:
    source = tmp_path / "日本語 😀.png"
    source.touch()
    keyshelf("put", source, folder)
    environment["PYTHONIOENCODING"] = "ascii"

    listed = start("ls", folder).ended()

    assert listed.code == 0
    assert listed.out == "\\u65e5\\u672c\\u8a9e \\U0001f600.png\n"


@pytest.mark.parametrize("arguments", [["--help"], ["ls", "--help"]])
def test_the_server_is_not_loaded_for_a_client(arguments: list[str], tmp_path: Path) -> None:
    import subprocess
    import sys

    script = (
        "import sys; from keyshelf.cli import main\n"
        f"sys.argv = ['keyshelf', *{arguments!r}]\n"
        "try:\n    main.main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'fastapi', 'psycopg', 'obstore', 'boto3', 'uvicorn', 'rich'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert ran.stderr.strip() == "[]"
