"""The Python client against the real service."""

import inspect
from dataclasses import replace
from pathlib import Path

import pytest

from keyshelf.client.asynchronous import AsyncClient
from keyshelf.client.failures import (
    RemoteConflictError,
    RemoteForbiddenError,
    RemoteInvalidInputError,
    RemoteNotFoundError,
    RemoteUnauthenticatedError,
    ServiceUnreachableError,
    UnexpectedAnswerError,
)
from keyshelf.client.paths import NotAFolderError, PathNotFoundError
from keyshelf.client.synchronous import Client
from keyshelf.client.values import BackfillReport
from keyshelf.client.wire import decode
from keyshelf.errors import Error, InvalidInputError
from tests.integration.client.conftest import SOON
from tests.patience import PATIENCE
from tests.served import Noted, Served


def public_methods(kind: type) -> set[str]:
    return {
        name
        for name, _ in inspect.getmembers(kind, callable)
        if not name.startswith("_") and name != "close"
    }


def test_the_sync_face_has_every_method() -> None:
    assert public_methods(Client) == public_methods(AsyncClient)


def test_i_learn_who_i_am(client: Client) -> None:
    session = client.session()

    assert (session.identity.id, session.is_admin, session.provider) == ("admin", True, "local")


def test_lists_are_read_page_by_page(client: Client, folder: str) -> None:
    parent = client.find(folder)
    assert parent
    for number in range(3):
        client.create_folder(f"f{number}", parent_id=parent.id)

    level = client.folder(parent.id)

    assert next(level).filename == "f0"
    assert [file.filename for file in level] == ["f1", "f2"]


def test_folders_are_made_with_those_above(client: Client, folder: str) -> None:
    made = client.make_folder(f"{folder}/a/b/c")

    assert made.key == f"admin/my-files{folder}/a/b/c/"
    assert client.make_folder(f"{folder}/a/b/c").id == made.id


def test_what_is_missing_is_not_found(client: Client, folder: str, tmp_path: Path) -> None:
    assert client.find(f"{folder}/no/such/file") is None
    with pytest.raises(PathNotFoundError):
        client.download(f"{folder}/no", tmp_path / "no")
    parent = client.find(folder)
    assert parent
    client.move_to_trash(parent.id)
    with pytest.raises(RemoteNotFoundError):
        list(client.folder(parent.id))


def test_a_taken_name_tells_whose_it_is(client: Client, folder: str) -> None:
    parent = client.find(folder)
    assert parent
    made = client.create_folder("taken", parent_id=parent.id)

    with pytest.raises(RemoteConflictError) as failed:
        client.create_folder("taken", parent_id=parent.id)

    assert failed.value.code == "name-taken"
    assert failed.value.existing_id == made.id


def test_a_file_is_no_folder(client: Client, folder: str, tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    client.upload(tmp_path / "a", f"{folder}/a")

    with pytest.raises(NotAFolderError):
        client.upload(tmp_path / "a", f"{folder}/a/b")


def test_files_are_found_by_name(client: Client, folder: str, tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    client.upload(tmp_path / "a", f"{folder}/Résumé of somebody.txt")

    found = [file for file in client.search("resume of some") if file.path == folder.strip("/")]

    assert [file.filename for file in found] == ["Résumé of somebody.txt"]


def test_wrong_input_is_named(client: Client) -> None:
    with pytest.raises(RemoteInvalidInputError) as failed:
        client.create_token("", scopes=["drive:read"], expires_in_days=1)

    assert "name" in failed.value.detail


def test_proofs_and_rights_are_told_apart(client: Client, served: Served) -> None:
    reader = client.create_token("reader", scopes=["drive:read"], expires_in_days=1)

    with Client(served.url, token="wrong") as stranger, pytest.raises(RemoteUnauthenticatedError):
        stranger.session()
    with Client(served.url, token=reader.token) as limited, pytest.raises(RemoteForbiddenError):
        limited.create_folder("x")


def test_a_backfill_is_watched_to_its_report(client: Client) -> None:
    started = client.start_backfill(prefix="nobody/", dry_run=True)

    states = list(client.watch_job(started.id))

    assert states[-1].state == "succeeded"
    assert decode(BackfillReport, states[-1].result).scanned == 0


def test_nobody_there_is_unreachable_however_patient_the_client() -> None:
    waited: list[Error] = []
    patient = replace(SOON, patience=PATIENCE, on_wait=waited.append)

    with (
        Client("http://127.0.0.1:9", retry=patient) as client,
        pytest.raises(ServiceUnreachableError, match="keyshelf up"),
    ):
        client.session()

    assert waited == []


@pytest.mark.parametrize("url", ["", "ftp://host", "localhost:8080", "http://localhost:99999"])
def test_what_is_no_address_is_told(url: str) -> None:
    with pytest.raises(ServiceUnreachableError, match="not an address"):
        Client(url)


@pytest.mark.parametrize("token", ["ks_ü", "ks_a\nb"])
def test_what_is_no_token_is_told(token: str) -> None:
    with pytest.raises(InvalidInputError, match="token"):
        Client("http://127.0.0.1:9", token=token)


def test_another_site_is_not_taken_for_a_service(served: Served) -> None:
    with Client(f"{served.url}/folder", retry=SOON) as client, pytest.raises(UnexpectedAnswerError):
        client.session()


def is_session(request: Noted) -> bool:
    return request.path == "/api/session"


def test_a_service_that_is_away_for_a_moment_is_asked_again(client: Client, served: Served) -> None:
    with served.traffic.spoiling(is_session, times=2, status=503):
        assert client.session().is_admin


def test_a_service_that_stays_away_is_unavailable(client: Client, served: Served) -> None:
    with (
        served.traffic.spoiling(is_session, times=99, status=503),
        pytest.raises(ServiceUnreachableError, match="503"),
    ):
        client.session()


def test_what_is_not_safe_to_repeat_is_sent_once(client: Client, served: Served) -> None:
    served.traffic.answered.clear()

    with (
        served.traffic.spoiling(lambda request: request.path == "/api/tokens", times=1, status=503),
        pytest.raises(ServiceUnreachableError),
    ):
        client.create_token("x", scopes=["drive:read"], expires_in_days=1)

    asked = [each for each in served.traffic.answered if each.request.path == "/api/tokens"]
    assert len(asked) == 1


def test_a_creation_whose_answer_is_lost_happens_once(
    client: Client, served: Served, folder: str
) -> None:
    parent = client.find(folder)
    assert parent

    with served.traffic.spoiling(lambda request: request.path == "/api/folders", times=1):
        made = client.create_folder("once", parent_id=parent.id)

    assert [file.id for file in client.folder(parent.id)] == [made.id]


@pytest.mark.anyio
async def test_the_async_client_does_the_same(served: Served, tmp_path: Path) -> None:
    source, back = tmp_path / "a.txt", tmp_path / "b.txt"
    source.write_text("hello")

    async with AsyncClient(served.url, token=served.token, state_folder=tmp_path) as client:
        await client.make_folder("/async")
        await client.upload(source, "/async/a.txt")
        await client.download("/async/a.txt", back)
        names = [file.filename async for file in client.folder()]

    assert back.read_text() == "hello"
    assert "async" in names
