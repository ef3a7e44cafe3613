"""Transfers against the real service and its disk store, over a network that is not kind."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from keyshelf.client.synchronous import Client
from keyshelf.client.transfers.observing import Observer, Outcome
from keyshelf.errors import Error
from tests.integration.client.conftest import OPTIONS, SOON
from tests.patience import PATIENCE
from tests.served import PART_BYTES, Noted, Served

SIZE = PART_BYTES + 12345


class Listener(Observer):
    """Counts what it hears."""

    def __init__(self) -> None:
        self.sizes: dict[str, int] = {}
        self.already: dict[str, int] = {}
        self.counts: dict[str, int] = {}
        self.outcomes: list[Outcome] = []

    def began(self, name: str, *, size: int, already: int) -> None:
        self.sizes[name] = size
        self.already[name] = already

    def moved(self, name: str, count: int) -> None:
        self.counts[name] = self.counts.get(name, 0) + count

    def ended(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.bin"
    path.write_bytes(os.urandom(SIZE))
    return path


def is_part(request: Noted) -> bool:
    return request.part_number is not None


def is_completion(request: Noted) -> bool:
    return request.path.endswith("/complete-upload")


def is_fetch(request: Noted) -> bool:
    return request.is_transfer and request.method == "GET"


def test_progress_adds_up_to_the_size(client: Client, folder: str, source: Path) -> None:
    listener = Listener()
    back = source.with_name("back.bin")

    client.upload(source, f"{folder}/a", observer=listener)
    client.download(f"{folder}/a", back, observer=listener)

    names = {str(source), f"{folder}/a"}
    assert listener.sizes == dict.fromkeys(names, SIZE)
    assert listener.counts == dict.fromkeys(names, SIZE)
    assert listener.already == dict.fromkeys(names, 0)
    assert [outcome.state for outcome in listener.outcomes] == ["transferred", "transferred"]
    assert back.read_bytes() == source.read_bytes()


def test_requests_are_bounded_and_carry_no_token(
    client: Client, served: Served, folder: str, source: Path
) -> None:
    served.traffic.answered.clear()
    served.traffic.most_transfers = 0

    client.upload(source, f"{folder}/a")
    client.download(f"{folder}/a", source.with_name("back.bin"))

    moved = served.traffic.finished("PUT") + served.traffic.finished("GET")
    assert len(moved) == 2 + 6
    assert not any(request.has_token for request in moved)
    assert served.traffic.most_transfers <= 3


@pytest.mark.parametrize("status", [500, 503, 403])
def test_a_part_that_the_store_refuses_is_sent_again(
    client: Client, served: Served, folder: str, source: Path, status: int
) -> None:
    listener = Listener()

    with served.traffic.spoiling(is_part, times=2, status=status):
        outcome = client.upload(source, f"{folder}/a", observer=listener)

    assert outcome.file
    assert outcome.file.size == SIZE
    assert listener.counts == {str(source): SIZE}


@pytest.mark.parametrize("status", [None, 503, 403])
def test_a_range_that_breaks_off_is_fetched_again(
    client: Client, served: Served, folder: str, source: Path, status: int | None
) -> None:
    listener = Listener()
    back = source.with_name("back.bin")
    client.upload(source, f"{folder}/a")

    with served.traffic.spoiling(is_fetch, times=3, status=status):
        client.download(f"{folder}/a", back, observer=listener)

    assert back.read_bytes() == source.read_bytes()
    assert listener.counts == {f"{folder}/a": SIZE}


def test_a_store_that_stays_away_stops_all_and_can_be_resumed(
    client: Client, served: Served, folder: str, source: Path
) -> None:
    with (
        served.traffic.spoiling(is_part, times=99, status=503),
        pytest.raises(Exception, match="HTTP 503"),
    ):
        client.upload(source, f"{folder}/a")

    assert client.upload(source, f"{folder}/a").state == "transferred"


def test_a_service_that_restarts_is_waited_for(
    served: Served, client: Client, folder: str, source: Path
) -> None:
    waited: list[Error] = []
    patient = replace(SOON, longest_wait=0.01, patience=PATIENCE, on_wait=waited.append)
    transfers = replace(OPTIONS, retry=patient)
    back = source.with_name("back.bin")

    with Client(
        served.url,
        token=served.token,
        state_folder=source.parent / "patient",
        retry=patient,
        transfers=transfers,
    ) as other:
        other.session()
        for which in (is_part, is_completion, is_fetch):
            with served.traffic.spoiling(which, times=20, status=502):
                other.upload(source, f"{folder}/{which.__name__}")
                other.download(f"{folder}/{which.__name__}", back, on_conflict="replace")
            assert back.read_bytes() == source.read_bytes()

    assert len(waited) >= 3


def test_replacing_keeps_the_id(client: Client, folder: str, source: Path) -> None:
    first = client.upload(source, f"{folder}/a").file
    source.write_bytes(b"smaller")
    second = client.upload(source, f"{folder}/a", on_conflict="replace").file

    assert first
    assert second
    assert (second.id, second.size) == (first.id, 7)


def test_a_tree_that_failed_in_part_skips_what_was_sent(
    client: Client, folder: str, tmp_path: Path
) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "good").write_text("good")
    (tree / "bad\n").write_text("bad")

    first = client.upload_all([tree], folder)
    (tree / "bad\n").rename(tree / "better")
    second = client.upload_all([tree], folder)
    third = client.upload_all([tree], folder, on_conflict="skip")

    assert sorted(outcome.state for outcome in first) == ["failed", "transferred"]
    assert sorted(outcome.state for outcome in second) == ["skipped", "transferred"]
    assert [outcome.state for outcome in third] == ["skipped", "skipped"]


def test_a_folder_that_comes_back_has_its_empty_folders(
    client: Client, folder: str, tmp_path: Path
) -> None:
    client.make_folder(f"{folder}/inner/empty")

    outcomes = client.download_all([f"{folder}/inner"], tmp_path / "back")

    assert outcomes == []
    assert (tmp_path / "back/inner/empty").is_dir()


def test_a_download_never_goes_over_a_file_that_is_there(
    client: Client, folder: str, source: Path
) -> None:
    back = source.with_name("back.bin")
    back.write_text("mine")
    client.upload(source, f"{folder}/a")

    with pytest.raises(Exception, match="exists"):
        client.download(f"{folder}/a", back)

    assert back.read_text() == "mine"
