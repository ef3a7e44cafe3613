"""Takes the pictures of the page that the README shows: a folder, light and dark, and the player.

    make setup-tests && .venv/bin/python docs/screenshot.py

Runs a service of its own in a temporary folder, with the sample of `make demo` in
it, and opens the page in Debian's Chromium. The page speaks in the font of whoever
reads it; the pictures speak in Inter, which Debian has as `fonts-inter`.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs/images"
PICTURES: dict[Literal["light", "dark"], str] = {"light": "page.png", "dark": "page-dark.png"}
FOLDER = ("Sample", "Photos", "Summer 2026")
SHOWN = "Dawn over the hills.png"
FILM_FOLDER = ("Sample", "Film")
FILM = "Slowly closer.mp4"
ENCODING_MS = 180_000
FONT = "Inter"
IS_INSTALLED = """font => {
    const brush = document.createElement("canvas").getContext("2d");
    const width = (family) => (brush.font = `40px ${family}`, brush.measureText("Keys").width);
    return ["serif", "monospace"].every((other) => width(`${font}, ${other}`) !== width(other));
}"""


def main() -> None:
    """Take the pictures."""
    with served_sample() as link, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for scheme, name in PICTURES.items():
            page = open_page(browser, link, scheme)
            show_folder(page)
            page.screenshot(path=IMAGES / name)
        page = open_page(browser, link, "dark")
        show_player(page)
        page.screenshot(path=IMAGES / "player.png")
        browser.close()


def open_page(browser: Browser, link: str, scheme: Literal["light", "dark"]) -> Page:
    """Sign in with a browser of its own, which reads in Inter."""
    page = browser.new_page(
        viewport={"width": 1360, "height": 720},
        device_scale_factor=1.5,
        color_scheme=scheme,
        locale="en-GB",
        reduced_motion="reduce",
    )
    page.goto(link)
    # Chromium takes for the font of the desktop what Debian prefers, which is DejaVu
    # whatever else is installed; and it falls back to that without a word.
    page.evaluate("font => document.documentElement.style.setProperty('--font', font)", FONT)
    if not page.evaluate(IS_INSTALLED, FONT):
        raise SystemExit(f"the pictures are taken with {FONT}: install Debian's fonts-inter")
    return page


def show_folder(page: Page) -> None:
    """Go to the folder of pictures, as a grid, with the details of one."""
    enter(page, *FOLDER)
    page.get_by_role("button", name="Grid view").click()
    page.get_by_role("button", name="Show details").click()
    page.get_by_text(SHOWN, exact=True).first.click()
    page.mouse.move(0, 0)
    expect(page.locator(".details img[data-shown]")).to_be_visible()
    expect(page.locator(".card img[data-shown]")).to_have_count(page.locator(".card").count())
    page.wait_for_load_state("networkidle")


def show_player(page: Page) -> None:
    """Make streams of the film, and show it with its qualities and with what was made of it."""
    enter(page, *FILM_FOLDER)
    page.get_by_text(FILM, exact=True).first.dblclick()
    page.get_by_role("button", name="Show details of the file").click()
    made = page.get_by_role("region", name="Media")
    made.get_by_role("button", name="Make streams").click()
    page.get_by_role("dialog", name="Make streams").get_by_role(
        "button", name="Make streams"
    ).click()
    expect(made.get_by_role("button", name="Make streams again")).to_be_visible(timeout=ENCODING_MS)
    made.get_by_role("button", name="More").scroll_into_view_if_needed()
    page.get_by_role("button", name="Play").first.click()
    film = page.locator("video")
    film.evaluate("film => new Promise((done) => { film.ontimeupdate = done; })")
    film.evaluate("film => { film.pause(); film.currentTime = 2.4; }")
    page.get_by_role("button", name="Quality").click()
    expect(page.get_by_role("menuitemradio", name="Automatic (720p)")).to_be_visible()
    page.wait_for_load_state("networkidle")


def enter(page: Page, *folders: str) -> None:
    """Go down from folder to folder."""
    for name in folders:
        page.get_by_text(name, exact=True).first.dblclick()
        expect(page.get_by_role("heading", name=name)).to_be_visible()


@contextmanager
def served_sample() -> Generator[str]:
    """Run a service with the sample in its drive, and give its sign-in link."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "KEYSHELF_DATA": str(Path(folder, "keyshelf")),
            "KEYSHELF_PORT": str(free_port()),
            "KEYSHELF_ADMIN_PORT": str(free_port()),
        }
        command = [sys.executable, "-u", "examples/demo.py", "--serve"]
        demo = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )
        try:
            yield sign_in_link(demo)
        finally:
            demo.terminate()
            demo.wait(timeout=60)


def sign_in_link(demo: "subprocess.Popen[str]") -> str:
    """Read what the demo says until the sample is in the drive."""
    link = ""
    for line in demo.stdout or ():
        link = line.split()[-1] if "/sign-in#token=" in line else link
        if line.startswith("sample"):
            return link
    raise SystemExit("the service did not start")


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
