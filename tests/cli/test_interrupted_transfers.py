"""Transfers that end in the middle go on where they stopped: nothing is moved twice."""

import os
import threading
from pathlib import Path
from uuid import UUID

import httpx2
import pytest

from keyshelf.client.synchronous import Client
from tests.cli.conftest import Keyshelf, StartChild
from tests.patience import PATIENCE
from tests.served import PART_BYTES, Noted, Served

PARTS = 3
AT_ONCE = 6
"""Parts under way at once."""
RANGE_BYTES = 8 * 2**20
"""What the command line asks for at once."""


@pytest.fixture
def big_file(tmp_path: Path) -> Path:
    path = tmp_path / "big.bin"
    path.write_bytes(os.urandom(PARTS * PART_BYTES - 1000))
    return path


@pytest.fixture(autouse=True)
def forget_traffic(served: Served) -> None:
    served.traffic.answered.clear()


def late_part(request: Noted) -> bool:
    return (request.part_number or 0) > 1


def is_reservation(request: Noted) -> bool:
    return (request.method, request.path) == ("POST", "/api/files")


def is_completion(request: Noted) -> bool:
    return request.path.endswith("/complete-upload")


def late_range(request: Noted) -> bool:
    return request.method == "GET" and request.is_transfer


def test_a_killed_upload_sends_only_what_is_missing(
    keyshelf: Keyshelf, start: StartChild, served: Served, folder: str, big_file: Path
) -> None:
    traffic = served.traffic
    big_file.write_bytes(os.urandom(AT_ONCE * PART_BYTES + 1))
    last = AT_ONCE + 1
    is_noted = threading.Event()

    def late(request: Noted) -> bool:
        if request.part_number == last:  # its turn comes when another part is done and noted
            is_noted.set()
        return late_part(request)

    with traffic.holding(late):
        child = start("put", big_file, folder)
        assert is_noted.wait(PATIENCE)
        child.kill()
        traffic.drop_held()
        traffic.answered.clear()

    again = keyshelf("put", big_file, folder, "--json")

    assert again.code == 0
    sent = sorted(each.part_number or 0 for each in traffic.finished("PUT"))
    assert sent == list(range(2, last + 1))
    assert keyshelf("get", f"{folder}/big.bin", big_file.with_suffix(".back")).code == 0
    assert big_file.with_suffix(".back").read_bytes() == big_file.read_bytes()


def test_a_part_that_changed_after_its_success_is_sent_again(
    keyshelf: Keyshelf, start: StartChild, served: Served, folder: str, big_file: Path
) -> None:
    traffic = served.traffic
    with traffic.holding(is_completion):
        child = start("put", big_file, folder)
        traffic.wait_until_holding()
        token = {"Authorization": f"Bearer {served.token}"}
        opened = httpx2.get(f"{served.url}/api/uploads", headers=token, timeout=PATIENCE).json()[
            "items"
        ]
        with Client(served.url, token=served.token) as client:
            newest = UUID(opened[0]["file_id"])
            (part,) = client.sign_parts(newest, first=2, last=2).parts
        httpx2.put(part.url, content=bytes(PART_BYTES), timeout=PATIENCE).raise_for_status()
        traffic.answered.clear()
    ended = child.ended()

    assert ended.code == 0, ended.err
    assert {each.part_number for each in traffic.finished("PUT")} == {2}
    assert keyshelf("get", f"{folder}/big.bin", big_file.with_suffix(".back")).code == 0
    assert big_file.with_suffix(".back").read_bytes() == big_file.read_bytes()


def test_a_small_file_whose_success_was_not_seen_is_sent_elsewhere(
    keyshelf: Keyshelf, start: StartChild, served: Served, folder: str, tmp_path: Path
) -> None:
    traffic = served.traffic
    small, back = tmp_path / "small.txt", tmp_path / "back.txt"
    small.write_text("hello")
    with traffic.holding(lambda request: request.is_transfer, answers=True):
        child = start("put", small, f"{folder}/")
        traffic.wait_until_holding()
        child.kill()
        traffic.drop_held()

    again = keyshelf("put", small, f"{folder}/")

    assert again.code == 0, again.err
    assert keyshelf("ls", folder).lines == ["small.txt"]
    assert keyshelf("get", f"{folder}/small.txt", back).code == 0
    assert back.read_text() == "hello"


def test_a_small_file_is_sent_once_more_when_the_answer_is_lost(
    keyshelf: Keyshelf, served: Served, folder: str, tmp_path: Path
) -> None:
    small, back = tmp_path / "small.txt", tmp_path / "back.txt"
    small.write_text("hello")
    with served.traffic.spoiling(lambda request: request.is_transfer, times=1):
        sent = keyshelf("put", small, f"{folder}/")

    assert sent.code == 0, sent.err
    assert keyshelf("get", f"{folder}/small.txt", back).code == 0
    assert back.read_text() == "hello"


def test_ctrl_c_says_how_to_go_on(
    keyshelf: Keyshelf, start: StartChild, served: Served, folder: str, big_file: Path
) -> None:
    traffic = served.traffic
    with traffic.holding(late_part):
        child = start("put", big_file, folder)
        traffic.wait_until_holding()
        interrupted = child.interrupt()
        traffic.drop_held()

    assert interrupted.code == 130
    assert interrupted.err.splitlines() == [
        "interrupted: what was sent is kept; run the same command again to go on where it stopped"
    ]
    assert keyshelf("put", big_file, folder).code == 0


def test_an_upload_killed_before_its_completion_has_only_that_left(
    keyshelf: Keyshelf, start: StartChild, served: Served, folder: str, tmp_path: Path
) -> None:
    traffic = served.traffic
    small = tmp_path / "small.txt"
    small.write_text("hello")
    with traffic.holding(is_completion):
        child = start("put", small, folder)
        traffic.wait_until_holding()
        child.kill()
        traffic.drop_held()
        traffic.answered.clear()

    again = keyshelf("put", small, folder)

    assert again.code == 0
    assert traffic.finished("PUT") == []


def test_an_upload_killed_while_it_reserves_finds_its_reservation(
    keyshelf: Keyshelf, start: StartChild, served: Served, folder: str, tmp_path: Path
) -> None:
    traffic = served.traffic
    small = tmp_path / "small.txt"
    small.write_text("hello")
    with traffic.holding(is_reservation, answers=True):
        child = start("put", small, f"{folder}/")
        traffic.wait_until_holding()
        child.kill()
        traffic.drop_held()

    again = keyshelf("put", small, f"{folder}/")

    assert again.code == 0
    assert keyshelf("ls", folder).lines == ["small.txt"]


def test_a_file_that_changed_since_is_sent_from_its_start(
    keyshelf: Keyshelf, start: StartChild, served: Served, folder: str, big_file: Path
) -> None:
    traffic = served.traffic
    with traffic.holding(late_part):
        child = start("put", big_file, folder)
        traffic.wait_until_holding()
        traffic.wait_until_answered(lambda request: request.part_number == 1)
        child.kill()
        traffic.drop_held()
        traffic.answered.clear()
    with big_file.open("r+b") as file:
        file.write(b"another beginning")

    again = keyshelf("put", big_file, folder)

    assert again.code == 0
    assert "changed since it was interrupted" in again.err
    assert sorted(each.part_number or 0 for each in traffic.finished("PUT")) == [1, 2, 3]


def test_a_file_that_changes_while_it_is_sent_does_not_become_visible(
    keyshelf: Keyshelf, start: StartChild, served: Served, folder: str, big_file: Path
) -> None:
    traffic = served.traffic
    with traffic.holding(late_part):
        child = start("put", big_file, folder)
        traffic.wait_until_holding()
        with big_file.open("r+b") as file:
            file.write(b"another beginning")
    ended = child.ended()

    assert ended.code == 5
    assert "changed while it was being sent" in ended.err
    assert keyshelf("ls", folder).out == ""


def test_a_killed_tree_sends_only_what_is_missing(
    keyshelf: Keyshelf, start: StartChild, served: Served, folder: str, tmp_path: Path
) -> None:
    traffic = served.traffic
    tree = tmp_path / "tree"
    tree.mkdir()
    for number in range(8):
        (tree / f"{number}").write_text(f"file {number}")
    with traffic.holding(lambda request: request.is_transfer and "/7" in request.query["key"][0]):
        child = start("put", "-r", tree, folder)
        traffic.wait_until_holding()
        child.kill()
        traffic.drop_held()
        traffic.answered.clear()

    again = keyshelf("put", "-r", tree, folder, "--json")

    assert again.code == 0
    assert again.json["skipped"] >= 4
    assert again.json["skipped"] + again.json["transferred"] == 8
    assert keyshelf("ls", f"{folder}/tree").lines == [str(number) for number in range(8)]


def test_a_killed_download_fetches_only_what_is_missing(
    keyshelf: Keyshelf, start: StartChild, served: Served, folder: str, big_file: Path
) -> None:
    traffic = served.traffic
    back = big_file.with_suffix(".back")
    assert keyshelf("put", big_file, folder).code == 0
    traffic.answered.clear()
    with traffic.holding(lambda request: late_range(request) and bool(traffic.ranges())):
        child = start("get", f"{folder}/big.bin", back)
        traffic.wait_until_holding()
        child.kill()
        traffic.drop_held()
        assert not back.exists()
        traffic.answered.clear()

    again = keyshelf("get", f"{folder}/big.bin", back)

    assert again.code == 0
    assert traffic.ranges() == [f"bytes={RANGE_BYTES}-{PARTS * PART_BYTES - 1001}"]
    assert back.read_bytes() == big_file.read_bytes()
    assert list(big_file.parent.glob(".keyshelf-*")) == []


def test_a_download_of_what_was_replaced_since_begins_anew(
    keyshelf: Keyshelf, start: StartChild, served: Served, folder: str, big_file: Path
) -> None:
    traffic = served.traffic
    back = big_file.with_suffix(".back")
    assert keyshelf("put", big_file, folder).code == 0
    traffic.answered.clear()
    with traffic.holding(lambda request: late_range(request) and bool(traffic.ranges())):
        child = start("get", f"{folder}/big.bin", back)
        traffic.wait_until_holding()
        child.kill()
        traffic.drop_held()
    with big_file.open("r+b") as file:
        file.write(b"another beginning")
    assert keyshelf("put", big_file, folder, "--on-conflict", "replace").code == 0

    again = keyshelf("get", f"{folder}/big.bin", back)

    assert again.code == 0
    assert "fetched from its start" in again.err
    assert back.read_bytes() == big_file.read_bytes()
