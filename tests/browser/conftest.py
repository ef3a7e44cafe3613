"""The page in Debian's Chromium, on the real service with its production settings."""

import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from uuid import uuid4

import httpx2
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    StorageState,
    expect,
    sync_playwright,
)

from keyshelf.api.page import static_folder
from tests.api.conftest import Program
from tests.browser.complaints import Complaints
from tests.browser.drive_page import DrivePage
from tests.database import NewDatabase
from tests.patience import PATIENCE
from tests.served import Served, serve

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = PATIENCE * 1000

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def drive_database(new_database: NewDatabase) -> Iterator[str]:
    """The database of the service, for rows that are planted by SQL."""
    with new_database() as url:
        yield url


@pytest.fixture(scope="session")
def served(drive_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(drive_database, tmp_path_factory.mktemp("page")) as service:
        yield service


# Of the package, not of the session: Playwright keeps an event loop on this thread,
# beside which the async tests of other folders could not run theirs.
@pytest.fixture(scope="package")
def chromium(served: Served) -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("Chromium is not installed here")
    if not (static_folder() / "index.html").exists():
        pytest.skip("the page is not built: run `npm run build` in web/")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def signed_in(chromium: Browser, served: Served) -> StorageState:
    """The cookies of a person who has signed in."""
    context = chromium.new_context(base_url=served.url)
    answer = context.request.post("/api/session", data={"token": served.token})
    assert answer.status == 201
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """What the browser has to complain about; a test fails for any that it does not expect."""
    kept = Complaints()
    yield kept
    assert kept.unexpected() == []


@pytest.fixture
def stranger(chromium: Browser, served: Served, complaints: Complaints) -> Iterator[Page]:
    """A browser in which nobody has signed in."""
    context = chromium.new_context(base_url=served.url, locale="en-GB", reduced_motion="reduce")
    yield _page(context, complaints)
    context.close()


@pytest.fixture
def page(
    chromium: Browser, served: Served, signed_in: StorageState, complaints: Complaints
) -> Iterator[Page]:
    """A browser of its own for the person who is signed in."""
    context = chromium.new_context(
        base_url=served.url,
        storage_state=signed_in,
        locale="en-GB",
        reduced_motion="reduce",
        permissions=["clipboard-read", "clipboard-write"],
    )
    yield _page(context, complaints)
    context.close()


def _page(context: BrowserContext, complaints: Complaints) -> Page:
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    complaints.listen_to(page)
    # Whoever waits for a chooser only then might be late for one that a key opens.
    page.on("filechooser", lambda _: None)
    return page


@pytest.fixture
def program(served: Served) -> Iterator[Program]:
    """A program that arranges what the page is to show, in a folder of the test's own."""
    with program_in_new_folder(served) as made:
        yield made


@contextmanager
def program_in_new_folder(served: Served) -> Generator[Program]:
    """A program in a folder that nothing else uses."""
    headers = {"Authorization": f"Bearer {served.token}"}
    with httpx2.Client(base_url=served.url, headers=headers, timeout=PATIENCE) as http:
        made = http.post("/api/folders", json={"name": f"Test {uuid4().hex[:8]}"})
        yield Program(http, made.json()["folder"]["id"])


@pytest.fixture
def drive(page: Page, program: Program) -> DrivePage:
    """The drive in the browser, with a folder of the test's own."""
    return DrivePage(page, program)
