"""Every view of a repository, in the light and in the dark, has no grave finding of axe."""

from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser import samples
from tests.browser.accessibility import grave_findings
from tests.browser.complaints import Complaints
from tests.browser.project import Project, new_project
from tests.served import Served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def film(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project of two versions with changes of every kind."""
    project = new_project(served, tmp_path_factory.mktemp("film") / "film")
    old = {"a/gone.txt": b"gone", "b/moved.png": samples.picture(), "same.txt": b"same"}
    project.tag("v1", project.commit("First\n\nExplained.", old))
    new = {"moved.png": samples.picture(), "c/new.txt": b"new", "same.txt": b"other"}
    project.commit("Second", new, gone=("a/gone.txt", "b/moved.png"))
    return project


def show(page: Page, address: str) -> None:
    """Open an address and wait for all that it shows."""
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".skeleton, .bone")).to_have_count(0)


@pytest.mark.long
def test_the_views(page: Page, film: Project) -> None:
    for view in ("", "?path=c", "/history", "/changes", "/changes?view=files&from=v1&to=main"):
        show(page, film.address + view)
        expect(page.locator("[data-index]").first).to_be_visible()

        assert grave_findings(page) == [], view


@pytest.mark.long
def test_the_list_and_what_opens_over_it(page: Page, film: Project) -> None:
    show(page, "/repositories")
    expect(page.locator("[data-index]").first).to_be_visible()
    assert grave_findings(page) == []

    page.get_by_role("button", name="New repository").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert grave_findings(page) == []
    page.keyboard.press("Escape")

    show(page, film.address)
    page.get_by_role("button", name="On the command line").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert grave_findings(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Branch or tag").click()
    expect(page.get_by_role("menuitemradio").first).to_be_visible()
    assert grave_findings(page) == []


def test_what_is_chosen_has_the_keyboard_or_is_looked_at(page: Page, film: Project) -> None:
    show(page, f"{film.address}/history")
    page.get_by_role("grid").focus()
    for key in ("ArrowDown", "Space", "ArrowDown", "Space"):
        page.keyboard.press(key)
    expect(page.get_by_role("button", name="Compare", exact=True)).to_be_visible()
    assert grave_findings(page) == []

    page.goto(f"{film.address}/changes?preview=same.txt")
    expect(page.get_by_role("dialog").get_by_text("other")).to_be_visible()
    assert grave_findings(page) == []


def test_where_there_is_nothing_to_show(
    page: Page, served: Served, tmp_path_factory: pytest.TempPathFactory, complaints: Complaints
) -> None:
    complaints.expect(404)
    vault = new_project(served, tmp_path_factory.mktemp("vault") / "vault", key=bytes(32))
    page.goto(f"/repositories/{uuid4()}")
    expect(page.get_by_text("There is no such repository")).to_be_visible()
    assert grave_findings(page) == []

    vault.commit("Secret", {"a.txt": b"a"})
    show(page, vault.address)
    expect(page.get_by_text("This repository is encrypted")).to_be_visible()
    assert grave_findings(page) == []


def test_a_phone(page: Page, film: Project) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    for address in ("/repositories", film.address, f"{film.address}/changes"):
        show(page, address)
        expect(page.locator("[data-index]").first).to_be_visible()

        assert grave_findings(page) == [], address
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width == 390, address
