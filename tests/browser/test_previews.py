"""Looking at files without leaving the list."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser import samples
from tests.browser.drive_page import DrivePage

pytestmark = pytest.mark.browser


def look_at(drive: DrivePage, name: str, content: bytes) -> Locator:
    """Put a file into the folder and open its preview."""
    drive.program.upload(name, content)
    drive.open()
    drive.enter(name)
    return drive.dialog(name)


def test_a_picture(drive: DrivePage) -> None:
    preview = look_at(drive, "picture.png", samples.picture(120, 80))

    image = preview.get_by_role("img", name="picture.png")
    expect(image).to_have_js_property("naturalWidth", 120)
    level = preview.get_by_text(re.compile(r"^\d+ %$"))
    before = level.inner_text()
    preview.get_by_role("button", name="Zoom in").click()
    expect(level).not_to_have_text(before)


def test_a_text(drive: DrivePage) -> None:
    preview = look_at(drive, "verse.txt", "Füße\n".encode() * 3)

    expect(preview.get_by_role("group", name="verse.txt")).to_have_text("Füße\nFüße\nFüße\n")


def test_what_a_page_holds_is_shown_as_text_and_never_run(drive: DrivePage) -> None:
    script = b"<script>window.parent.document.title = 'taken'</script>"
    preview = look_at(drive, "evil.html", script)

    expect(preview.get_by_role("group", name="evil.html")).to_contain_text("<script>")
    assert "taken" not in drive.page.title()


def test_a_pdf(drive: DrivePage) -> None:
    with drive.page.expect_response(lambda answer: "/signed/" in answer.url) as sent:
        preview = look_at(drive, "document.pdf", samples.document())

    expect(preview.locator("iframe[title='document.pdf']")).to_be_visible()
    assert sent.value.headers["content-type"] == "application/pdf"
    assert sent.value.status in {200, 206}


@pytest.mark.parametrize("kind", ["audio", "video"])
def test_a_player(drive: DrivePage, kind: str) -> None:
    content = samples.sound() if kind == "audio" else samples.film(drive.page)
    name = "sound.wav" if kind == "audio" else "film.webm"

    preview = look_at(drive, name, content)
    player = preview.locator("video")

    expect(player).to_have_js_property("error", None)
    player.evaluate("player => player.play()")
    expect(player).to_have_js_property("ended", True)
    preview.get_by_role("button", name="Playback speed").click()
    drive.choose("2\N{MULTIPLICATION SIGN}")
    expect(player).to_have_js_property("playbackRate", 2)


def test_a_kind_that_no_browser_shows_can_be_downloaded(drive: DrivePage) -> None:
    preview = look_at(drive, "model.blend", b"BLENDER")

    expect(preview).to_contain_text("No preview for this type of file")
    with drive.page.expect_download() as started:
        preview.get_by_role("button", name="Download").last.click()
    assert started.value.suggested_filename == "model.blend"
    preview.get_by_role("button", name="Show as text").click()
    expect(preview.get_by_role("group", name="model.blend")).to_have_text("BLENDER")


def test_a_broken_picture_says_so(drive: DrivePage) -> None:
    preview = look_at(drive, "broken.png", b"this is no picture")

    expect(preview).to_contain_text("The preview could not be loaded")


def test_the_next_the_previous_and_escape(drive: DrivePage) -> None:
    drive.put("a.txt", "b.txt", "c.txt")
    drive.open()
    drive.enter("b.txt")
    expect(drive.dialog("b.txt")).to_contain_text("2 of 3")

    drive.press("ArrowRight")
    expect(drive.dialog("c.txt")).to_contain_text("3 of 3")
    expect(drive.page.get_by_role("button", name="Next file")).to_have_count(0)
    drive.press("ArrowLeft", "ArrowLeft")
    expect(drive.dialog("a.txt")).to_contain_text("1 of 3")
    drive.push("Next file")
    expect(drive.dialog("b.txt")).to_be_visible()
    drive.press("Escape")

    expect(drive.page.get_by_role("dialog")).to_have_count(0)
    expect(drive.grid).to_be_focused()


def test_a_preview_has_an_address_and_the_browsers_back_closes_it(drive: DrivePage) -> None:
    drive.put("a.txt")
    drive.open()
    drive.enter("a.txt")
    expect(drive.dialog("a.txt")).to_be_visible()

    drive.page.reload()
    expect(drive.dialog("a.txt")).to_be_visible()
    drive.page.go_back()

    expect(drive.dialog("a.txt")).to_have_count(0)
    expect(drive.item("a.txt")).to_be_visible()
