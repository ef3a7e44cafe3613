"""The drive over HTTP: a file's life, and what is refused on the way."""

import io
import zipfile
from uuid import uuid4

import httpx2
import pytest

from tests.api.conftest import Program
from tests.patience import PATIENCE
from tests.served import PART_BYTES, Served

HARD_NAMES = ["50% off #1?.pdf", "it's (2)+a&b=c.mov", "日本語 😀.png", "%2e%2e%2fetc", "a;b,c.txt"]


@pytest.mark.parametrize("name", HARD_NAMES)
def test_a_hard_name_survives_the_whole_journey(
    program: Program, served: Served, name: str
) -> None:
    file = program.upload(name, b"bytes")
    folder = program.call("GET", f"/api/files/{program.folder}")["file"]["filename"]

    on_disk = served.bucket / "admin/my-files" / folder / name
    assert program.download(file["id"]) == b"bytes"
    assert file["key"] == f"admin/my-files/{folder}/{name}"
    assert on_disk.read_bytes() == b"bytes"
    renamed = program.call("PATCH", f"/api/files/{file['id']}", json={"filename": f"2 {name}"})
    assert renamed["file"]["key"] == f"admin/my-files/{folder}/2 {name}"
    assert program.download(file["id"]) == b"bytes"
    program.call("DELETE", f"/api/files/{file['id']}")
    program.call("POST", f"/api/files/{file['id']}/restore", json={})
    assert program.names() == [f"2 {name}"]
    found = program.call("GET", "/api/search", params={"q": f"2 {name}"})["items"]
    assert file["id"] in [item["id"] for item in found]


def test_a_large_file_goes_in_parts(program: Program) -> None:
    content = bytes(range(256)) * (PART_BYTES // 128) + b"end"

    file = program.upload("large.bin", content)

    assert file["size"] == len(content)
    assert program.download(file["id"]) == content


def test_an_upload_that_is_not_whole_is_never_shown(program: Program) -> None:
    body = {"filename": "a.bin", "size": 10, "parent_id": program.folder}
    file_id = program.call("POST", "/api/files", json=body)["file"]["id"]
    target = program.call("POST", f"/api/files/{file_id}/upload-url", json={})
    httpx2.put(target["url"], content=b"short", headers=target["headers"], timeout=PATIENCE)

    problem = program.call("POST", f"/api/files/{file_id}/complete-upload", status=409)

    assert problem["code"] == "upload-mismatch"
    assert program.names() == []
    program.send(file_id, b"0123456789")
    program.call("POST", f"/api/files/{file_id}/complete-upload", status=200)
    assert program.names() == ["a.bin"]


def test_a_taken_name_is_a_conflict_that_says_whose_it_is(program: Program) -> None:
    first = program.upload("a.txt", b"first")
    body = {"filename": "a.txt", "size": 3, "parent_id": program.folder}

    problem = program.call("POST", "/api/files", json=body, status=409)

    assert problem["existing_id"] == first["id"]
    assert problem["suggested_name"] == "a (2).txt"
    second = program.upload("a.txt", b"second", on_conflict="rename")
    assert second["filename"] == "a (2).txt"
    replaced = program.upload("a.txt", b"third", on_conflict="replace")
    assert replaced["id"] == first["id"]
    assert program.download(first["id"]) == b"third"


def test_a_key_given_again_gives_the_first_answer_again(program: Program) -> None:
    wish = {
        "json": {"name": "once", "parent_id": program.folder},
        "headers": {"Idempotency-Key": program.folder},
    }

    first = program.call("POST", "/api/folders", json=wish["json"], headers=wish["headers"])
    again = program.call("POST", "/api/folders", json=wish["json"], headers=wish["headers"])

    assert again == first
    wish["json"] = {"name": "another"}
    assert (
        program.call("POST", "/api/folders", status=422, **wish)["code"] == "idempotency-mismatch"
    )


def test_a_stale_change_is_refused(program: Program) -> None:
    file = program.upload("a.txt", b"x")
    headers = {"If-Match": f'"{file["etag"]}"'}
    path = f"/api/files/{file['id']}"
    program.call("PATCH", path, json={"filename": "b.txt"}, headers=headers)

    problem = program.call("PATCH", path, json={"filename": "c.txt"}, headers=headers, status=412)

    assert problem["code"] == "precondition-failed"


def test_downloads_keep_their_names_and_know_ranges(program: Program) -> None:
    file = program.upload('日本語 "x".txt', b"0123456789")
    url = program.call("GET", f"/api/files/{file['id']}/download")["url"]

    part = httpx2.get(url, headers={"Range": "bytes=2-4"}, timeout=PATIENCE)
    past = httpx2.get(url, headers={"Range": "bytes=99-"}, timeout=PATIENCE)
    head = httpx2.head(url, timeout=PATIENCE)

    assert (part.status_code, part.content) == (206, b"234")
    assert past.status_code == 416
    assert head.headers["content-length"] == "10"
    assert "filename*=UTF-8''%E6%97%A5" in part.headers["content-disposition"]
    assert part.headers["content-disposition"].startswith("attachment")


def test_a_page_of_markup_is_never_shown_in_our_origin(program: Program) -> None:
    file = program.upload("evil.html", b"<script>alert(1)</script>")

    url = program.call("GET", f"/api/files/{file['id']}/download", params={"inline": True})["url"]
    response = httpx2.get(url, timeout=PATIENCE)

    assert "text/html" not in response.headers["content-type"]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in response.headers["content-security-policy"]


def test_a_changed_or_foreign_signature_opens_nothing(program: Program) -> None:
    file = program.upload("a.txt", b"x")
    url = program.call("GET", f"/api/files/{file['id']}/download")["url"]

    assert httpx2.get(url.replace("a.txt", "b.txt"), timeout=PATIENCE).status_code == 403
    assert httpx2.put(url, content=b"y", timeout=PATIENCE).status_code == 403
    elsewhere = url.replace("/signed/source", "/signed/media")
    assert httpx2.get(elsewhere, timeout=PATIENCE).status_code == 403


def test_a_folder_is_an_archive(program: Program) -> None:
    inner = program.call("POST", "/api/folders", json={"name": "内", "parent_id": program.folder})[
        "folder"
    ]["id"]
    program.upload("a.txt", b"first", inner)
    program.upload("b.txt", b"second")

    response = program.http.get(f"/api/folders/{program.folder}/zip")

    archive = zipfile.ZipFile(io.BytesIO(response.content))
    files = {name.split("/", 1)[1]: archive.read(name) for name in archive.namelist()}
    assert {name: content for name, content in files.items() if not name.endswith("/")} == {
        "内/a.txt": b"first",
        "b.txt": b"second",
    }


def test_a_large_selection_comes_as_a_zip_by_a_short_link(program: Program) -> None:
    names = [f"{number}.txt" for number in range(3)]
    ids = [program.upload(name, name.encode())["id"] for name in names]

    link = program.call("POST", "/api/zip", json={"ids": ids})
    response = program.http.get(link["url"])

    archive = zipfile.ZipFile(io.BytesIO(response.content))
    assert {name: archive.read(name).decode() for name in archive.namelist()} == {
        name: name for name in names
    }
    gone = program.http.get(f"/api/zip/{uuid4()}")
    assert (gone.status_code, gone.json()["code"]) == (404, "selection-not-found")


def test_pages_join_without_gap_or_repeat(program: Program) -> None:
    for number in range(7):
        program.upload(f"{number}.txt", b"x" * number)
    for sort in ("name", "size", "created", "updated", "type"):
        for order in ("asc", "desc"):
            found: list[str] = []
            cursor = None
            while True:
                params = {"limit": 3, "sort": sort, "order": order, "parent_id": program.folder}
                if cursor:
                    params["cursor"] = cursor
                page = program.call("GET", "/api/files", params=params)
                found += [item["filename"] for item in page["items"]]
                cursor = page["next_cursor"]
                if cursor is None:
                    break
            expected = [f"{number}.txt" for number in range(7)]
            assert found == (expected if order == "asc" else expected[::-1]), (sort, order)


def test_many_at_once_succeed_and_fail_each_by_itself(program: Program) -> None:
    first, second = program.upload("a.txt", b"1"), program.upload("b.txt", b"2")
    missing = "00000000-0000-0000-0000-000000000000"
    body = {"action": "trash", "ids": [first["id"], missing, second["id"]]}

    results = program.call("POST", "/api/batch", json=body)["results"]

    assert [result["status"] for result in results] == ["ok", "error", "ok"]
    assert results[1]["problem"]["code"] == "file-not-found"
    assert program.names() == []


def test_favourites_are_kept_by_saying_them_twice(program: Program) -> None:
    file = program.upload("a.txt", b"1")
    path = f"/api/files/{file['id']}/favorite"

    for _ in range(2):
        assert program.call("PUT", path, json={"favorited": True}) == {"favorited": True}

    favorites = program.call("GET", "/api/favorites", params={"limit": 500})["items"]
    assert file["id"] in [item["id"] for item in favorites]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/folders", b"{broken"),
        ("POST", "/api/folders", b'{"name": 3}'),
        ("POST", "/api/folders", b'{"name": "x", "unknown": 1}'),
        ("POST", "/api/folders", b'{"name": "a/b"}'),
        ("POST", "/api/folders", b'{"name": ".."}'),
        ("POST", "/api/folders", b'{"name": "\\u0000"}'),
        ("POST", "/api/folders", b'{"name": "\\ud800"}'),
        ("POST", "/api/files", b'{"filename": "a", "size": -1}'),
        ("POST", "/api/files", b'{"filename": "a", "size": "1"}'),
        ("POST", "/api/files", b'{"filename": "a", "size": 6000000000000}'),
        ("GET", "/api/files?limit=0", b""),
        ("GET", "/api/files?limit=abc", b""),
        ("GET", "/api/files?cursor=nonsense", b""),
        ("GET", "/api/files/not-a-uuid", b""),
        ("GET", "/api/search?min_size=-1", b""),
    ],
)
def test_bad_input_is_refused_with_a_reason(
    program: Program, method: str, path: str, body: bytes
) -> None:
    response = program.http.request(
        method, path, content=body, headers={"Content-Type": "application/json"}
    )

    assert response.status_code in {413, 422}, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"]


def test_the_root_is_that_of_the_files_own_space(program: Program) -> None:
    folder = program.call("POST", "/api/folders", json={"name": program.folder, "space": "shared"})[
        "folder"
    ]
    file = program.upload("a.txt", b"1", folder["id"])

    path = f"/api/files/{file['id']}"
    moved = program.call("PATCH", path, json={"parent_id": None, "filename": f"{file['id']}.txt"})[
        "file"
    ]

    assert (moved["space"], moved["key"]) == ("shared", f"shared/{file['id']}.txt")
