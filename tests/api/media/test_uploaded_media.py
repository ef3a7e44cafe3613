"""What becomes of media by itself once they are uploaded, and when they are deleted."""

import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import LiteralString
from uuid import uuid4

import httpx2
import pytest
from blake3 import blake3
from PIL import Image

from keyshelf.layout.media import media_hash, prefixes
from keyshelf.workflows.derive_media import DeriveOptions
from keyshelf.workflows.release_media import release_media
from tests.api.conftest import Json, Program
from tests.database import NewDatabase
from tests.media_clips import MediaClips
from tests.patience import PATIENCE
from tests.served import Served, serve

pytestmark = pytest.mark.services


def jpeg(width: int = 640, height: int = 480, *, exif: Image.Exif | None = None) -> bytes:
    """A picture that no other test has: its content is its own."""
    picture = Image.effect_noise((width, height), 40).convert("RGB")
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif or Image.Exif(), comment=uuid4().hex)
    return out.getvalue()


def hash_of(content: bytes) -> str:
    return blake3(content).hexdigest()


def shown(program: Program, file: Json) -> Json:
    return program.call("GET", f"/api/files/{file['id']}")["file"]


def until(program: Program, file: Json, is_so: Callable[[Json], bool]) -> Json:
    """Look until a file's media are as wanted."""
    deadline = time.monotonic() + PATIENCE
    while not is_so((found := shown(program, file))["media"] or {}):
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


def until_ready(program: Program, file: Json) -> Json:
    return until(program, file, lambda media: media.get("state") != "waiting")


def release(served: Served) -> int:
    async def run() -> int:
        service = served.service
        return await release_media(service.drive, service.media.work, DeriveOptions())

    return served.portal.call(run)


def objects(served: Served, content: str) -> list[str]:
    async def run() -> list[str]:
        store = served.service.stores["media"]
        return [
            each.key
            for prefix in prefixes(media_hash(content))
            async for page in store.list(prefix)
            for each in page.objects
        ]

    return served.portal.call(run)


def rows(served: Served, file_id: str, content: str) -> dict[str, int]:
    async def run() -> dict[str, int]:
        counted: dict[LiteralString, LiteralString] = {
            "media_assets": "hash = %(hash)s",
            "media_renditions": "hash = %(hash)s",
            "media_removals": "hash = %(hash)s",
            "media_encodes": "hash = %(hash)s",
            "content_keys": "hash = %(hash)s",
            "image_cache_entries": "hash = %(hash)s",
            "released_content": "content_hash = %(hash)s",
            "files": "content_hash = %(hash)s",
            "jobs": "payload ->> 'hash' = %(hash)s OR payload ->> 'file_id' = %(file)s",
        }
        wish = {"hash": content, "file": file_id}
        async with served.service.database.read() as tx:
            return {
                table: found
                for table, which in counted.items()
                if (found := await tx.value(f"SELECT count(*) FROM {table} WHERE {which}", wish))
            }

    return served.portal.call(run)


def delete_for_ever(program: Program, file: Json) -> None:
    program.call("DELETE", f"/api/files/{file['id']}", status=200)
    program.call("DELETE", f"/api/files/{file['id']}", params={"permanent": True}, status=204)


def test_a_picture_gets_its_facts_and_thumbnails(program: Program, served: Served) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x0132] = 6, "2024:05:01 12:30:00"
    content = jpeg(exif=exif)

    file = program.upload("photo.jpg", content)
    assert file["content_hash"] in {None, hash_of(content)}
    assert file["media"]["kind"] == "image"
    found = until_ready(program, file)

    media = found["media"]
    assert (found["content_hash"], media["hash"]) == (hash_of(content), hash_of(content))
    assert (media["state"], media["width"], media["height"]) == ("ready", 480, 640)
    assert media["taken_at"] == "2024-05-01T12:30:00"
    assert media["thumbhash"]
    assert media["dominant_color"].startswith("#")
    assert (media["duration_ms"], media["error"], media["has_stream"]) == (None, None, False)
    sizes = {}
    for name in ("thumbnail_url", "large_url"):
        answer = httpx2.get(media[name], timeout=PATIENCE).raise_for_status()
        with Image.open(io.BytesIO(answer.content)) as picture:
            sizes[name] = (picture.format, *picture.size)
    assert sizes == {"thumbnail_url": ("WEBP", 320, 427), "large_url": ("WEBP", 480, 640)}
    assert shown(program, file)["media"]["thumbnail_url"] == media["thumbnail_url"]


def test_a_film_gets_its_facts_cover_and_preview(program: Program, clips: MediaClips) -> None:
    content = clips["plain.mp4"].read_bytes()
    file = program.upload("film.mp4", content)
    until(program, file, lambda media: bool(media.get("preview_url")))
    found = until_ready(program, file)

    media = found["media"]
    assert (media["kind"], media["width"], media["height"]) == ("video", 320, 180)
    assert abs(media["duration_ms"] - 3000) < 100
    assert media["thumbhash"]
    for name in ("thumbnail_url", "large_url", "preview_url"):
        answer = httpx2.get(media[name], timeout=PATIENCE).raise_for_status()
        assert answer.headers["Content-Type"].startswith("image/")
    known = program.call("GET", f"/api/media/{hash_of(content)}")
    assert known["asset"]["facts"]["video"]["codec"] == "h264"
    assert known["asset"]["facts"]["audio"][0]["channels"] == 2


def test_a_recording_gets_its_length_and_a_waveform(program: Program, clips: MediaClips) -> None:
    content = clips["sound.m4a"].read_bytes()
    file = program.upload("sound.m4a", content)
    media = until_ready(program, file)["media"]
    assert (media["kind"], media["state"], media["width"]) == ("audio", "ready", None)
    assert abs(media["duration_ms"] - 3000) < 100

    (job,) = program.call("GET", "/api/jobs", params={"hash": hash_of(content)})["items"]
    assert until_final(program, job["id"])["job"]["state"] == "succeeded"
    known = program.call("GET", f"/api/media/{hash_of(content)}")
    assert [each["kind"] for each in known["renditions"]] == ["waveform"]


def until_final(program: Program, job_id: str) -> Json:
    with program.http.stream("GET", f"/api/jobs/{job_id}/events", timeout=60) as events:
        for _ in events.iter_lines():
            pass  # the stream ends with the job
    return program.call("GET", f"/api/jobs/{job_id}", status=200)


def test_what_is_damaged_is_told_and_what_only_has_the_name_is_no_media(program: Program) -> None:
    cut_off = program.upload("cut off.jpg", jpeg()[:400])
    media = until_ready(program, cut_off)["media"]
    assert media["state"] == "unreadable"
    assert media["error"]["code"].startswith("image-")
    assert media["thumbnail_url"] is None

    text = b"nothing to see"
    named = program.upload("text.jpg", text)
    until(program, named, lambda media: not media)
    assert shown(program, named)["content_hash"] == hash_of(text)

    picture = program.upload("picture.bin", jpeg())
    until(program, picture, lambda media: media.get("thumbnail_url"))


def test_changes_keep_media_and_new_bytes_have_their_own(program: Program) -> None:
    first, second = jpeg(64, 48), jpeg(32, 48)
    file = program.upload("a.jpg", first)
    media = until_ready(program, file)["media"]

    renamed = program.call("PATCH", f"/api/files/{file['id']}", json={"filename": "b.jpg"})["file"]
    assert renamed["media"] == media
    copied = program.call("POST", f"/api/files/{file['id']}/copy", json={}, status=201)["file"]
    assert copied["media"] == media
    trashed = program.call("DELETE", f"/api/files/{file['id']}", status=200)["file"]
    assert trashed["media"] == media
    listed = program.call("GET", "/api/trash", params={"limit": 1})["items"][0]
    assert listed["media"] == media
    restored = program.call("POST", f"/api/files/{file['id']}/restore", json={})["file"]
    assert restored["media"] == media

    over = program.upload("b.jpg", second, on_conflict="replace")
    assert over["id"] == file["id"]
    assert until_ready(program, over)["media"]["width"] == 32
    assert shown(program, copied)["media"] == media


def test_the_last_file_with_some_content_takes_all_that_was_made_along(
    program: Program, served: Served
) -> None:
    content = jpeg()
    name = hash_of(content)
    first, second = program.upload("a.jpg", content), program.upload("b.jpg", content)
    for each in (first, second):
        until_ready(program, each)
    assert {key.rpartition("/")[2] for key in objects(served, name)} == {"thumb.webp", "large.webp"}
    assert rows(served, first["id"], name)["files"] == 2

    delete_for_ever(program, first)
    release(served)
    assert len(objects(served, name)) == 2
    thumbnail = shown(program, second)["media"]["thumbnail_url"]
    assert httpx2.get(thumbnail, timeout=PATIENCE).status_code == 200

    delete_for_ever(program, second)
    release(served)
    assert objects(served, name) == []
    assert rows(served, second["id"], name) == {}

    again = program.upload("c.jpg", content)
    assert until_ready(program, again)["media"]["thumbnail_url"]


def test_what_is_known_of_a_file_stays_when_what_was_made_is_removed(
    program: Program, served: Served
) -> None:
    content = jpeg(300, 200)
    name = hash_of(content)
    file = program.upload("a.jpg", content)
    before = until_ready(program, file)["media"]

    assert program.call("DELETE", f"/api/media/{name}", status=200)["complete"]

    bare = shown(program, file)["media"]
    assert bare == {**before, "thumbnail_url": None, "large_url": None}
    assert objects(served, name) == []
    outputs = [{"variant": "thumb", "width": 100, "format": "webp"}]
    wish = {"type": "image:thumbnail", "hash": name, "source": file["key"]}
    body = {**wish, "options": {"outputs": outputs}}
    job_id = program.call("POST", "/api/jobs", json=body, status=202)["job"]["id"]
    until_final(program, job_id)
    assert until_ready(program, file)["media"]["thumbnail_url"]


def test_jobs_that_nobody_asked_for_are_left_out_of_lists_of_jobs(program: Program) -> None:
    file = program.upload("a.jpg", jpeg())
    until_ready(program, file)

    made = program.call("GET", "/api/jobs", params={"hash": shown(program, file)["content_hash"]})
    assert [job["is_background"] for job in made["items"]] == [True]
    asked = program.call("GET", "/api/jobs", params={"background": False, "limit": 200})["items"]
    assert all(not job["is_background"] or job["state"] == "failed" for job in asked)
    assert made["items"][0]["id"] not in [job["id"] for job in asked]


@pytest.fixture
def streaming(new_database: NewDatabase, tmp_path: Path) -> Iterator[Served]:
    """A service that makes encrypted streams of films without being asked."""
    wish = {"KEYSHELF_AUTO_HLS": "true", "KEYSHELF_AUTO_HLS_ENCRYPT": "true"}
    with new_database() as database_url, serve(database_url, tmp_path, wish) as service:
        yield service


def test_a_film_becomes_a_stream_by_itself_and_leaves_no_trace(
    streaming: Served, clips: MediaClips
) -> None:
    headers = {"Authorization": f"Bearer {streaming.token}"}
    with httpx2.Client(base_url=streaming.url, headers=headers, timeout=PATIENCE) as http:
        folder = http.post("/api/folders", json={"name": "films"}).json()["folder"]["id"]
        program = Program(http, folder)
        content = clips["plain.mp4"].read_bytes()
        file = program.upload("film.mp4", content)

        found = until(program, file, lambda media: bool(media.get("has_stream")))
        assert found["media"]["stream_encrypted"]
        assert any(key.endswith("/master.m3u8") for key in objects(streaming, hash_of(content)))

        delete_for_ever(program, file)
        release(streaming)
        assert objects(streaming, hash_of(content)) == []
        assert rows(streaming, file["id"], hash_of(content)) == {}
