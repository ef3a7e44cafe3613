"""Pictures and films in the page: thumbnails, streams, what was made of a file, and undoing it."""

import io
import re
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.browser.accessibility import grave_findings
from tests.browser.complaints import Complaints
from tests.browser.drive_page import DrivePage
from tests.media_clips import MediaClips

pytestmark = pytest.mark.browser

FAIL = """
UPDATE jobs SET state = 'failed', error_code = 'unavailable', error_detail = 'the disk was full'
WHERE kind = 'image:thumbnail' AND payload ->> 'hash' = %(hash)s
RETURNING id
"""
FAIL_STAGE = """
UPDATE media_stages SET state = 'failed', error_code = 'unavailable',
    error_detail = 'the disk was full', result = '{"told": null, "retryable": true}'
WHERE job_id = %(job)s AND stage <> 'source'
"""
_SUBTITLES = "1\n00:00:00,100 --> 00:00:07,900\nGuten Tag\n"


def photograph(width: int = 2000, height: int = 1000) -> bytes:
    """A picture that no other test has: its content is its own."""
    out = io.BytesIO()
    picture = Image.effect_noise((width, height), 60).convert("RGB")
    picture.save(out, "JPEG", quality=80, comment=uuid4().hex)
    return out.getvalue()


@pytest.fixture(scope="module")
def film(clips: MediaClips, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of two segments and two rungs, with captions."""
    folder = tmp_path_factory.mktemp("film")
    subtitles, path = folder / "captions.srt", folder / "film.mkv"
    subtitles.write_text(_SUBTITLES)
    clips.ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=s=640x360:r=10:d=8"),
        *("-f", "lavfi", "-i", "sine=330:d=8", "-i", subtitles, "-map", "0", "-map", "1"),
        *("-map", "2", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"),
        *("-c:a", "aac", "-c:s", "srt", "-metadata:s:s:0", "language=ger", path),
    )
    return path


def put(drive: DrivePage, name: str, content: bytes) -> None:
    """Let a file of content of its own lie in the folder, and show it with its details."""
    drive.program.upload(name, content)
    drive.open()
    drive.push("Show details")
    drive.click(name)
    expect(details(drive)).to_be_visible()


def details(drive: DrivePage) -> Locator:
    return drive.page.get_by_role("region", name="Media")


def thumbnail(drive: DrivePage, name: str) -> Locator:
    return drive.item(name).locator("img.thumb-image[data-shown]")


def player(drive: DrivePage) -> Locator:
    return drive.page.locator("video")


def hash_of(drive: DrivePage) -> str:
    return details(drive).locator("code").inner_text()


def copied(drive: DrivePage) -> str:
    """What was put into the clipboard last."""
    return drive.page.evaluate("navigator.clipboard.readText()")


def make_streams(drive: DrivePage, *switches: str) -> None:
    """Make the streams of the file whose details are on show."""
    details(drive).get_by_role("button", name="Make streams").click()
    dialog = drive.dialog("Make streams")
    for switch in ("H.264 only", *switches):
        dialog.get_by_label(switch).check()
    dialog.get_by_role("button", name="Make streams").click()
    again = details(drive).get_by_role("button", name="Make streams again")
    expect(again).to_be_visible(timeout=60_000)


def watch(drive: DrivePage, name: str) -> Locator:
    """Open the file and let its stream play."""
    drive.enter(name)
    drive.dialog(name).get_by_role("button", name="Play").first.click()
    video = player(drive)
    expect(video).to_have_js_property("paused", False)
    moves_past(video, 0.2)
    return video


def moves_past(video: Locator, seconds: float) -> None:
    past = f"video => new Promise(done => {{ const look = () => video.currentTime > {seconds}"
    video.evaluate(past + " ? done() : requestAnimationFrame(look); look(); })")


def seek(drive: DrivePage, share: float) -> None:
    """Click into the seek bar."""
    bar = drive.page.locator(".player-seek")
    box = bar.bounding_box()
    assert box is not None
    bar.click(position={"x": box["width"] * share, "y": box["height"] / 2})


def renditions(drive: DrivePage, media: str) -> Sequence[str]:
    found = drive.program.call("GET", f"/api/media/{media}")["renditions"]
    return [each["kind"] for each in found]


def test_an_uploaded_picture_shows_itself_without_a_reload(
    drive: DrivePage, tmp_path: Path
) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(photograph())
    drive.open()

    drive.push("Upload")
    with drive.page.expect_file_chooser() as chooser:
        drive.choose("Upload files")
    chooser.value.set_files(path)

    expect(thumbnail(drive, "photo.jpg")).to_have_attribute("src", re.compile("^/thumb/"))
    drive.push("Show details")
    drive.click("photo.jpg")
    expect(details(drive)).to_contain_text("2000 \N{MULTIPLICATION SIGN} 1000")
    assert grave_findings(drive.page) == []


def test_looking_closer_at_a_picture_brings_the_original(drive: DrivePage) -> None:
    put(drive, "photo.jpg", photograph())
    expect(details(drive)).to_contain_text("Thumbnail (webp)")
    drive.enter("photo.jpg")
    preview = drive.dialog("photo.jpg")
    image = preview.get_by_role("img", name="photo.jpg")
    expect(image).to_have_js_property("naturalWidth", 1600)

    for _ in range(3):
        preview.get_by_role("button", name="Zoom in").click()

    expect(image).to_have_js_property("naturalWidth", 2000)


def test_what_cannot_be_read_says_why(drive: DrivePage) -> None:
    put(drive, "broken.jpg", b"\xff\xd8\xff\xe0" + uuid4().bytes * 100)

    expect(details(drive)).to_contain_text("The picture is damaged")
    expect(drive.item("broken.jpg")).to_contain_text("The picture is damaged")
    drive.enter("broken.jpg")
    expect(drive.dialog("broken.jpg")).to_contain_text("The picture is damaged")


def test_a_film_is_made_into_a_stream_and_watched(drive: DrivePage, film: Path) -> None:
    put(drive, "film.mkv", film.read_bytes())
    make_streams(drive)
    expect(drive.item("film.mkv")).to_contain_text("0:08")

    video = watch(drive, "film.mkv")
    drive.press("k")
    assert grave_findings(drive.page) == []
    drive.push("Captions")
    drive.choose("German")
    expect(drive.page.locator(".player-caption")).to_have_text("Guten Tag")
    drive.push("Quality")
    drive.choose("240p")
    seek(drive, 0.8)
    drive.push("Play")

    moves_past(video, 6.5)
    expect(video).to_have_js_property("videoHeight", 240)
    drive.page.locator(".player-seek").hover(position={"x": 20, "y": 8})
    expect(drive.page.locator(".player-peek > div")).to_be_visible()


def test_an_encrypted_film_is_watched(drive: DrivePage, complaints: Complaints, film: Path) -> None:
    put(drive, "secret.mkv", film.read_bytes() + uuid4().bytes)
    make_streams(drive, "Encrypt it")
    expect(drive.item("secret.mkv")).to_contain_text("Plays as an encrypted stream")

    complaints.expect(500)
    drive.page.route("**/api/key/*", lambda route: route.fulfill(status=500))
    drive.enter("secret.mkv")
    expect(drive.dialog("secret.mkv")).to_contain_text("does not give the key")
    drive.page.unroute("**/api/key/*")
    drive.press("Escape")

    with drive.page.expect_response(re.compile("/api/key/")) as key:
        video = watch(drive, "secret.mkv")

    assert key.value.status == 200
    expect(video).to_have_js_property("error", None)
    seek(drive, 0.8)
    moves_past(video, 6.5)


def test_beside_the_film_stands_what_was_made_of_it_with_links(
    drive: DrivePage, film: Path
) -> None:
    put(drive, "linked.mkv", film.read_bytes() + uuid4().bytes)
    make_streams(drive, "Encrypt it")
    drive.enter("linked.mkv")
    preview = drive.dialog("linked.mkv")
    expect(preview).to_be_visible()

    drive.press("i")
    made = preview.get_by_role("region", name="Media")
    expect(made).to_contain_text("240p to 360p")
    for item, ending in (("Copy HLS link", "/master.m3u8"), ("Copy DASH link", "/stream.mpd")):
        made.get_by_role("button", name="Links to the stream").click()
        drive.choose(item)
        drive.expect_toast("Link copied")
        assert copied(drive).endswith(ending)
        drive.push("Dismiss")
    made.get_by_role("button", name="Links to the stream").click()
    drive.choose("Copy playback token")
    drive.expect_toast("Playback token copied")
    token = {"Authorization": f"Bearer {copied(drive)}"}
    known = drive.program.call("GET", f"/api/media/{made.locator('code').inner_text()}")
    stream = next(each["facts"] for each in known["renditions"] if each["kind"] == "stream")
    key = drive.program.http.get(stream["encryption"]["key_endpoint"], headers=token)
    assert (key.status_code, len(key.content)) == (200, 16)


def test_a_text_that_is_called_a_picture_is_said_to_be_none(drive: DrivePage) -> None:
    put(drive, "notes.jpg", f"Guten Tag {uuid4()}".encode())
    drive.enter("notes.jpg")
    preview = drive.dialog("notes.jpg")

    expect(preview).to_contain_text("Its content is not what its name says")
    preview.get_by_role("button", name="Show as text").click()
    expect(preview.get_by_role("group", name="notes.jpg")).to_contain_text("Guten Tag")


def test_failed_work_on_a_file_says_which_stage_and_is_tried_again(
    drive: DrivePage, drive_database: str
) -> None:
    put(drive, "photo.jpg", photograph(400, 300))
    expect(details(drive)).to_contain_text("Thumbnail (webp)")
    with psycopg.connect(drive_database, autocommit=True) as database:
        row = database.execute(FAIL, {"hash": hash_of(drive)}).fetchone()
        assert row is not None
        database.execute(FAIL_STAGE, {"job": row[0]})
    drive.page.reload()
    drive.click("photo.jpg")

    expect(details(drive)).to_contain_text("thumb.webp: the disk was full")
    details(drive).get_by_role("button", name="Try again").click()

    expect(details(drive)).not_to_contain_text("the disk was full")
    expect(details(drive).get_by_role("button", name="Try again")).to_have_count(0)


def test_all_that_was_made_of_a_file_is_removed_and_made_again(drive: DrivePage) -> None:
    put(drive, "photo.jpg", photograph(400, 300))
    expect(details(drive)).to_contain_text("Thumbnail (webp)")
    expect(thumbnail(drive, "photo.jpg")).to_be_attached()
    media = hash_of(drive)

    details(drive).get_by_role("button", name="More").click()
    drive.choose("Remove all renditions…")
    drive.push_in("Remove all renditions?", "Remove")

    drive.expect_toast("All renditions were removed")
    expect(details(drive)).to_contain_text("Nothing has been made of this file yet")
    assert renditions(drive, media) == []
    details(drive).get_by_role("button", name="More").click()
    drive.choose("Look into the file again")
    expect(details(drive)).to_contain_text("Thumbnail (webp)")
    expect(thumbnail(drive, "photo.jpg")).to_have_attribute("src", re.compile("^/thumb/"))
