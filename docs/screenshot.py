"""Takes the picture of the page that the README shows.

    make setup-tests && .venv/bin/python docs/screenshot.py [--dark] [FILE]

Runs a service of its own in a temporary folder, with the sample of `make demo` in
it, and opens the page in Debian's Chromium.
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

from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs/images/page.png"
FOLDER = ("Sample", "Photos", "Summer 2026")
SHOWN = "Dawn over the hills.png"


def main() -> None:
    """Take the picture."""
    arguments = [each for each in sys.argv[1:] if each != "--dark"]
    target = Path(arguments[0]) if arguments else PICTURE
    with served_sample() as link, sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(
            viewport={"width": 1360, "height": 720},
            device_scale_factor=1.5,
            color_scheme="dark" if "--dark" in sys.argv else "light",
        )
        page.goto(link)
        show_folder(page)
        page.screenshot(path=target)
        browser.close()


def show_folder(page: Page) -> None:
    """Go to the folder of pictures, as a grid, with the details of one."""
    for name in FOLDER:
        page.get_by_text(name, exact=True).first.dblclick()
        expect(page.get_by_text(name, exact=True).first).to_be_visible()
    page.get_by_role("button", name="Grid view").click()
    page.get_by_role("button", name="Show details").click()
    page.get_by_text(SHOWN, exact=True).first.click()
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
