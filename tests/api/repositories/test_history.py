"""What was committed, over HTTP: the log, folders, files, archives, and what changed."""

import io
import zipfile
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import anyio
import httpx2
import pytest

from keyshelf.client.asynchronous import AsyncClient
from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.commit.service import commit
from keyshelf.repositories.formats.manifest import Author
from keyshelf.repositories.host import opened
from keyshelf.repositories.remote.host import RemoteHost
from keyshelf.repositories.unlocking import Unlocking
from keyshelf.repositories.values import RefKind, RefName
from tests.api.conftest import Program
from tests.api.repositories.conftest import Shelf, problem, sealed
from tests.served import Served

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
PAGE = b"<script>alert(1)</script>"
SMALLER = bytes(range(256)) * 20_000
"""More than any other body of the API has."""
Files = Mapping[str, bytes]


class Committed(Shelf):
    """A repository, and the folder that is committed to it."""

    folder: Path
    url: str
    token: str

    def commit(self, files: Files, *, gone: str | None = None) -> str:
        for path, content in files.items():
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        if gone:
            (self.folder / gone).unlink()
        return anyio.run(self._commit)

    async def _commit(self) -> str:
        async with AsyncClient(self.url, token=self.token, state_folder=self.folder) as client:
            carrier = await opened(RemoteHost(client), self.id, Unlocking())
            with closing(FolderCache.in_memory()) as cache:
                made = await commit(
                    carrier,
                    bytes(self.folder),
                    branch=RefName(RefKind.BRANCH, "main"),
                    message="a commit",
                    author=Author("Ann", "ann@example.com"),
                    at=AT,
                    cache=cache,
                )
        return made.hash


@pytest.fixture
def committed(program: Program, served: Served, tmp_path: Path) -> Committed:
    made = Committed.make(program)
    shelf = Committed(program, made.id, made.push)
    shelf.folder, shelf.url, shelf.token = tmp_path / "project", served.url, served.token
    shelf.folder.mkdir()
    return shelf


def test_the_log_tells_every_commit_in_pages(committed: Committed) -> None:
    hashes = [committed.commit({"a.txt": b"%d" % number}) for number in range(3)]

    first = committed.call("GET", "/commits", params={"limit": 2})
    second = committed.call("GET", "/commits", params={"cursor": first["next_cursor"]})

    shown = [*first["items"], *second["items"]]
    assert [each["hash"] for each in shown] == hashes[::-1]
    assert second["next_cursor"] is None
    newest = shown[0]
    assert newest["refs"] == [{"kind": "branch", "name": "main"}]
    assert (newest["author"]["name"], newest["files"], newest["bytes"]) == ("Ann", 1, 1)
    detail = committed.call("GET", "/commits/main~1")
    assert (detail["hash"], detail["changes"]["changed"], detail["new_bytes"]) == (hashes[1], 1, 1)
    assert problem(committed.call("GET", "/commits/nothing", status=404)) == "ref-not-found"


def test_nothing_committed_is_an_empty_log(shelf: Shelf) -> None:
    assert shelf.call("GET", "/commits") == {"items": [], "next_cursor": None}


def test_a_folder_at_a_commit_comes_in_pages(committed: Committed) -> None:
    committed.commit({f"takes/{number}.mov": b"x" * number for number in range(5)})

    first = committed.call("GET", "/tree/main", params={"path": "takes", "limit": 3})
    wish = {"path": "takes", "cursor": first["next_cursor"]}
    second = committed.call("GET", "/tree/main", params=wish)

    names = [each["path"] for each in [*first["items"], *second["items"]]]
    assert names == [f"takes/{number}.mov" for number in range(5)]
    assert (first["entry"]["kind"], first["entry"]["files"], first["entry"]["size"]) == (
        "folder",
        5,
        10,
    )
    answer = committed.call("GET", "/tree/main", params={"path": "no"}, status=404)
    assert problem(answer) == "path-not-in-commit"


def test_what_changed_is_told_by_path_and_by_folder(committed: Committed) -> None:
    committed.commit({"a/one": b"1" * 1000, "a/two": b"2" * 1000, "b": b"3" * 1000})
    committed.commit({"a/one": b"4" * 900, "c/new": b"5" * 100}, gone="b")

    wish = {"from": "main~1", "to": "main"}
    changes = committed.call("GET", "/diff", params=wish)
    folders = committed.call("GET", "/diff/folders", params=wish)["items"]

    files = {
        each["path"]: each["kind"] for each in changes["items"] if each["entry_kind"] == "file"
    }
    assert files == {"a/one": "changed", "b": "removed", "c/new": "added"}
    assert changes["new_bytes"] == 1000
    assert {each["name"]: each["kind"] for each in folders}["b"] == "removed"
    assert {each["name"]: each["changed"] for each in folders}["a"] == 1
    one = committed.call("GET", "/diff", params={**wish, "limit": 1, "measure": "false"})
    assert one["new_bytes"] is None
    rest = committed.call("GET", "/diff", params={**wish, "cursor": one["next_cursor"]})
    assert [*one["items"], *rest["items"]] == changes["items"]


def get(committed: Committed, below: str, **headers: str) -> httpx2.Response:
    return committed.program.http.get(f"/api/repositories/{committed.id}{below}", headers=headers)


def test_bytes_of_a_file_are_given_whole_and_in_ranges(committed: Committed) -> None:
    content = b"".join(sealed().frame for _ in range(400))
    committed.commit({"takes/one.mov": content})
    where = "/file/main?path=takes/one.mov"

    whole = get(committed, where)
    part = get(committed, where, Range="bytes=700000-700099")
    same = get(committed, where, **{"If-None-Match": whole.headers["etag"]})
    beyond = get(committed, where, Range=f"bytes={len(content)}-")
    head = committed.program.http.head(f"/api/repositories/{committed.id}{where}")

    assert whole.content == content
    assert (part.status_code, part.content) == (206, content[700_000:700_100])
    assert (same.status_code, beyond.status_code) == (304, 416)
    assert (head.headers["content-length"], head.content) == (str(len(content)), b"")
    assert whole.headers["content-type"] == "video/quicktime"
    assert whole.headers["content-disposition"] == 'inline; filename="one.mov"'


@pytest.mark.parametrize("name", ["page.html", "picture.svg", "data.xml"])
def test_nothing_that_acts_is_shown_as_it_is(committed: Committed, name: str) -> None:
    committed.commit({name: PAGE})

    shown = get(committed, f"/file/main?path={name}")
    saved = get(committed, f"/file/main?path={name}&download=true")

    assert "sandbox" in shown.headers["content-security-policy"]
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert "html" not in shown.headers["content-type"]
    assert saved.headers["content-disposition"].startswith("attachment")


def test_a_name_that_is_no_text_is_asked_for_by_its_spelling(committed: Committed) -> None:
    (committed.folder / "caf\udce9").write_bytes(b"odd")
    committed.commit({})

    (entry,) = committed.call("GET", "/tree/main")["items"]

    assert entry["path"] == "caf\\xe9"
    assert get(committed, f"/file/main?path={quote(entry['path'])}").content == b"odd"
    answer = committed.call("GET", "/file/main", params={"path": "../caf"}, status=422)
    assert problem(answer) == "illegal-path"


def test_a_folder_is_an_archive(committed: Committed) -> None:
    committed.commit({"takes/one.mov": b"1" * 5000, "takes/deep/two.txt": b"2", "other": b""})

    response = get(committed, "/archive/main?path=takes")

    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == ["takes/deep/two.txt", "takes/one.mov"]
        assert archive.read("takes/one.mov") == b"1" * 5000
    assert response.headers["content-disposition"] == 'attachment; filename="takes.zip"'


def test_a_damaged_chunk_is_told_and_never_given(committed: Committed, served: Served) -> None:
    committed.commit({"takes/one.mov": sealed().frame})
    (entry,) = committed.call("GET", "/tree/main", params={"path": "takes"})["items"]
    store = served.bucket.parent / "repository"
    (chunk,) = [each for each in store.rglob(entry["hash"]) if each.is_file()]
    chunk.chmod(0o600)
    chunk.write_bytes(chunk.read_bytes()[:-1] + b"?")

    answer = committed.call("GET", "/file/main", params={"path": "takes/one.mov"}, status=500)

    assert (answer["code"], answer["path"]) == ("damaged-file", "takes/one.mov")


def test_proxies_are_kept_served_and_deleted(committed: Committed) -> None:
    committed.commit({"one.mov": b"bytes"})
    (entry,) = committed.call("GET", "/tree/main")["items"]
    where = f"/proxies/{entry['asset']}"

    stored = committed.call("PUT", f"{where}/720p.mp4", content=SMALLER, status=200)
    listed = committed.call("GET", where)["items"]
    part = get(committed, f"{where}/720p.mp4", Range="bytes=1-3")

    assert listed == [stored]
    assert stored["url"] == f"/api/repositories/{committed.id}{where}/720p.mp4"
    assert (part.status_code, part.content) == (206, SMALLER[1:4])
    assert part.headers["content-type"] == "video/mp4"
    committed.call("DELETE", f"{where}/720p.mp4", status=204)
    assert problem(committed.call("GET", f"{where}/720p.mp4", status=404)) == "proxy-not-found"
    assert problem(committed.call("GET", f"{where}/..%2Fa.mp4", status=404)) == "not-found"
    answer = committed.call("PUT", f"{where}/A.MP4", content=b"", status=422)
    assert problem(answer) == "illegal-proxy-name"


def test_what_only_its_users_can_open_is_locked(program: Program) -> None:
    slot = {
        "id": str(uuid4()),
        "kind": "key",
        "label": "",
        "salt": "A" * 22 + "==",
        "wrapped": "A" * 80,
    }
    shelf = Shelf.make(program, encryption={"key_id": "ab" * 8, "slots": [slot]})

    for below in ("/commits", "/tree/main", "/file/main?path=a", "/diff?to=main"):
        answer = shelf.call("GET", below, status=423)
        assert problem(answer) == "repository-locked"
