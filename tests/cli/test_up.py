"""`keyshelf up`: one command serves, and the others find it."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.patience import PATIENCE
from tests.servers.process import free_port


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """The settings of a machine on which nothing was ever set up."""
    ours = {name: text for name, text in os.environ.items() if not name.startswith("KEYSHELF_")}
    return ours | {
        "KEYSHELF_DATA": str(tmp_path / "data"),
        "KEYSHELF_PORT": str(free_port()),
        "KEYSHELF_ADMIN_PORT": str(free_port()),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }


@pytest.fixture
def up(home: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "keyshelf.cli.main", "up"],
        env=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        yield process
        if process.poll() is None:
            process.terminate()


def run(home: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "keyshelf.cli.main", *arguments],
        env=home,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.mark.services
def test_up_serves_until_it_is_told_to_stop(
    home: dict[str, str], up: subprocess.Popen[str], tmp_path: Path
) -> None:
    assert up.stdout
    address, sign_in, data = (up.stdout.readline().split()[-1] for _ in range(3))
    service_file = tmp_path / "data/service.json"
    service = json.loads(service_file.read_text())
    (tmp_path / "a.txt").write_text("hello")

    put = run(home, "put", str(tmp_path / "a.txt"))
    listed = run(home, "ls")
    checks = json.loads(run(home, "doctor", "--json").stdout)
    up.send_signal(signal.SIGTERM)
    code = up.wait(PATIENCE)
    after = run(home, "ls")

    assert address == service["url"] == f"http://127.0.0.1:{home['KEYSHELF_PORT']}"
    assert sign_in == f"{address}/sign-in#token={service['token']}"
    assert data == str(tmp_path / "data")
    assert (put.returncode, listed.stdout) == (0, "a.txt\n")
    assert [check for check in checks["items"] if check["status"] == "failed"] == []
    assert code == 0
    assert not service_file.exists()
    assert after.returncode == 8


def test_a_taken_port_is_told(home: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        home["KEYSHELF_PORT"] = str(taken.getsockname()[1])
        ran = run(home, "up")

    assert ran.returncode == 8
    assert "KEYSHELF_PORT" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_doctor_names_the_fix_and_fails(home: dict[str, str]) -> None:
    home["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:9/none?connect_timeout=1"

    ran = run(home, "doctor")

    assert ran.returncode == 1
    assert "FAILED   database" in ran.stdout
    assert "Connection refused" in ran.stdout
    assert "fix: start PostgreSQL 14 or newer, or mend DATABASE_URL" in ran.stdout
    assert "failed" in ran.stderr


@pytest.mark.services
@pytest.mark.long
def test_a_service_stays_found_when_a_second_one_on_its_folder_ends(
    home: dict[str, str], up: subprocess.Popen[str]
) -> None:
    assert up.stdout
    for _ in range(3):
        up.stdout.readline()
    second = home | {"KEYSHELF_PORT": str(free_port()), "KEYSHELF_ADMIN_PORT": str(free_port())}

    with serving(second):
        during = run(home, "ls")
    after = run(home, "ls")

    assert (during.returncode, after.returncode) == (0, 0)


@pytest.mark.services
def test_serve_is_found_as_up_is(home: dict[str, str], database_url: str) -> None:
    home["DATABASE_URL"] = database_url
    with serving(home) as link:
        listed = run(home, "ls")

    assert listed.returncode == 0
    token = Path(home["KEYSHELF_DATA"], "local-token").read_text()
    assert link == f"http://127.0.0.1:{home['KEYSHELF_PORT']}/sign-in#token={token}"


@pytest.mark.services
def test_what_does_not_answer_is_logged_and_told_and_ends_nothing(
    home: dict[str, str], database_url: str
) -> None:
    home["DATABASE_URL"] = database_url
    home["REDIS_URL"] = "redis://127.0.0.1:9"
    home |= {"SOURCE_BUCKET": "s3://media", "SOURCE_S3_ENDPOINT": "http://127.0.0.1:9"}
    home |= {"SOURCE_S3_ACCESS_KEY": "a", "SOURCE_S3_SECRET_KEY": "b"}
    with subprocess.Popen(
        [sys.executable, "-m", "keyshelf.cli.main", "up"],
        env=home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        said: list[str] = []
        for line in process.stderr:
            said.append(line)
            if line.startswith("keyshelf: source store: "):
                break
        process.terminate()
        code = process.wait(PATIENCE)

    logged = [json.loads(line) for line in said if line.startswith("{")]
    warnings = {line.get("code") for line in logged if line["level"] == "warning"}
    assert "redis-unavailable" in warnings
    assert "http://127.0.0.1:9" in said[-1]
    assert "keyshelf doctor" in said[-1]
    assert code == 0


@contextmanager
def serving(home: Mapping[str, str]) -> Generator[str]:
    """Run `keyshelf serve` until the block ends; it is up when it gives its sign-in link."""
    with subprocess.Popen(
        [sys.executable, "-m", "keyshelf.cli.main", "serve"],
        env=home,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        yield next(line for line in process.stderr if line.startswith("sign in with")).split()[-1]
        process.terminate()


def test_a_data_folder_that_cannot_be_made_is_told(home: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    home["KEYSHELF_DATA"] = str(tmp_path / "file" / "data")

    ran = run(home, "up")

    assert ran.returncode == 8
    assert "KEYSHELF_DATA" in ran.stderr
    assert "internal error" not in ran.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "my database"),
        pytest.param("REDIS_URL", "localhost:6379", marks=pytest.mark.long),
    ],
)
def test_an_address_that_is_none_is_a_wrong_setting(
    home: dict[str, str], name: str, value: str
) -> None:
    home[name] = value

    ran = run(home, "up")

    assert ran.returncode == 2
    assert name in ran.stderr
