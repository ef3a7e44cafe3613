"""Takes the pictures of the page that the README shows, one light and one dark.

    make setup-tests && .venv/bin/python docs/screenshot.py

Runs a service of its own in a temporary folder, with the sample of `make demo` in
it, and opens the page in Debian's Chromium. The page speaks in the machine's own
font: the pictures were taken where that is Debian's `fonts-inter`.
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

from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs/images"
PICTURES: dict[Literal["light", "dark"], str] = {"light": "page.png", "dark": "page-dark.png"}
FOLDER = ("Sample", "Photos", "Summer 2026")
SHOWN = "Dawn over the hills.png"


def main() -> None:
    """Take the pictures."""
    with served_sample() as link, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for scheme, name in PICTURES.items():
            page = browser.new_page(
                viewport={"width": 1360, "height": 720},
                device_scale_factor=1.5,
                color_scheme=scheme,
            )
            page.goto(link)
            show_folder(page)
            page.screenshot(path=IMAGES / name)
        browser.close()


def show_folder(page: Page) -> None:
    """Go to the folder of pictures, as a grid, with the details of one."""
    for name in FOLDER:
        page.get_by_text(name, exact=True).first.dblclick()
        expect(page.get_by_text(name, exact=True).first).to_be_visible()
    page.get_by_role("button", name="Grid view").click()
    page.get_by_role("button", name="Show details").click()
    page.get_by_text(SHOWN, exact=True).first.click()
    page.mouse.move(0, 0)
    expect(page.locator(".details img[data-shown]")).to_be_visible()
    page.wait_for_load_state("networkidle")


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
