"""The repositories of the page: what was committed, when, and what changed."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from keyshelf.repositories.formats import ids
from tests.browser import samples
from tests.browser.complaints import Complaints
from tests.browser.project import Project, client_of, new_project
from tests.served import Served

pytestmark = pytest.mark.browser

_FOOTAGE = bytes(range(256)) * 2000


@pytest.fixture(scope="module")
def film(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project of three versions; these tests look, and change nothing."""
    project = new_project(served, tmp_path_factory.mktemp("film") / "film")
    first = project.commit(
        "Import\n\nAll of day one.",
        {
            "audio/voice.wav": samples.sound(),
            "footage/take.mov": _FOOTAGE,
            "footage/select/plate.png": samples.picture(),
            "README.md": "Füße\n".encode(),
        },
    )
    project.tag("first-cut", first)
    project.commit("A poster", {"poster.png": samples.picture(60, 40)})
    changed = {"README.md": b"shorter", "footage/plates/plate.png": samples.picture()}
    changed |= {f"frames/{number:04}.txt": b"%d" % number for number in range(150)}
    project.commit("Sorted", changed, gone=("footage/select/plate.png", "audio/voice.wav"))
    return project


def row(page: Page, name: str) -> Locator:
    """The row of a file, folder, commit or repository."""
    named = page.locator(".item-name").filter(has_text=re.compile(f"^{re.escape(name)}$"))
    return page.locator("[data-index]").filter(has=named)


def grid(page: Page) -> Locator:
    return page.get_by_role("grid")


def expect_names(page: Page, *names: str) -> None:
    expect(page.locator(".item-name")).to_have_text(list(names))


def go_to(page: Page, view: str) -> None:
    page.get_by_role("navigation", name="Views of the repository").get_by_text(view).click()


def test_the_way_from_the_list_to_what_changed(page: Page, film: Project) -> None:
    page.goto("/")
    page.get_by_role("link", name="Repositories").click()
    listed = row(page, film.name)
    expect(listed).to_contain_text("Mine")
    expect(listed.get_by_role("img", name="saved")).to_be_visible()
    listed.click()

    expect(page.get_by_role("heading", name=film.name)).to_be_visible()
    expect_names(page, "footage", "frames", "poster.png", "README.md")
    row(page, "footage").click()
    expect_names(page, "plates", "take.mov")
    go_to(page, "History")
    expect_names(page, "Sorted", "A poster", "Import")
    expect(row(page, "Import")).to_contain_text("first-cut")
    expect(row(page, "A poster")).to_contain_text("1 added")
    row(page, "Sorted").click()

    expect(page.get_by_role("heading", name="Sorted")).to_be_visible()
    expect(row(page, "README.md")).to_contain_text("Changed")
    expect(row(page, "audio")).to_contain_text("Removed")
    expect(row(page, "frames")).to_contain_text("150 added")
    expect(row(page, "frames")).to_contain_text("340 B Really new")
    row(page, "footage").click()
    expect_names(page, "plates", "select")


def test_a_file_is_looked_at_and_taken(page: Page, film: Project) -> None:
    page.goto(film.address)
    row(page, "poster.png").click()
    preview = page.get_by_role("dialog")
    image = preview.get_by_role("img", name="poster.png")
    expect(image).to_have_js_property("naturalWidth", 60)

    page.keyboard.press("ArrowRight")
    text = preview.get_by_role("group", name="README.md")
    expect(text).to_have_text("shorter")
    with page.expect_download() as started:
        preview.get_by_role("button", name="Download").click()
    assert Path(started.value.path()).read_bytes() == b"shorter"
    assert started.value.suggested_filename == "README.md"

    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    row(page, "footage").click(button="right")
    with page.expect_download() as started:
        page.get_by_role("menuitem", name="Download as zip").click()
    assert started.value.suggested_filename == "footage.zip"


def test_a_double_click_opens_and_selects_no_text(page: Page, film: Project) -> None:
    page.goto("/repositories")

    row(page, film.name).dblclick()

    expect(grid(page)).to_be_visible()
    expect(page.get_by_role("navigation", name="Views of the repository")).to_be_visible()
    assert page.evaluate("getSelection().toString()") == ""


def test_an_older_version_is_chosen_and_back_leaves_it(page: Page, film: Project) -> None:
    page.goto(f"{film.address}?path=footage")
    expect_names(page, "plates", "take.mov")

    page.get_by_role("button", name="Branch or tag: main").click()
    expect(page.get_by_role("menuitemradio", name="main")).to_be_focused()
    page.get_by_role("menuitemradio", name="first-cut").click()
    expect_names(page, "select", "take.mov")
    page.reload()
    expect(page.get_by_role("button", name="Branch or tag: first-cut")).to_be_visible()
    expect_names(page, "select", "take.mov")

    page.go_back()
    expect_names(page, "plates", "take.mov")


def test_two_commits_are_compared(page: Page, film: Project) -> None:
    page.goto(f"{film.address}/history")
    for message in ("Sorted", "Import"):
        expect(row(page, message).locator(".check")).to_have_css("opacity", "1")
        row(page, message).locator(".check").click()
    page.get_by_role("button", name="Compare", exact=True).click()

    summary = page.locator(".change-summary")
    expect(summary).to_contain_text(re.compile(r"Added\s*152 files"))
    expect(summary).to_contain_text(re.compile(r"Removed\s*2 files"))
    expect(summary).to_contain_text("Really new")
    page.get_by_role("link", name="All files").click()
    moved = page.locator("[data-index]").filter(has_text="was footage/select/plate.png")
    expect(moved).to_contain_text("Renamed")

    row(page, "README.md").click()
    preview = page.get_by_role("dialog")
    expect(preview.get_by_role("group", name="README.md")).to_have_text("shorter")
    page.keyboard.press("ArrowLeft")
    expect(preview.get_by_role("group", name="README.md")).to_have_text("Füße\n")
    expect(preview).to_contain_text("Before")
    page.go_back()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_all_by_keyboard(page: Page, film: Project) -> None:
    page.goto(film.address)
    grid(page).focus()

    for letter in "fr":
        page.keyboard.press(letter)
    page.keyboard.press("Enter")
    expect(page.get_by_text("100+ items").or_(page.get_by_text("150 items"))).to_be_visible()
    expect(grid(page)).to_be_focused()
    page.keyboard.press("End")
    expect(row(page, "0149.txt")).to_be_in_viewport()
    identity = row(page, "0149.txt").get_attribute("id") or ""
    expect(grid(page)).to_have_attribute("aria-activedescendant", identity)
    page.keyboard.press("Backspace")

    identity = row(page, "frames").get_attribute("id") or ""
    expect(grid(page)).to_have_attribute("aria-activedescendant", identity)
    page.goto(f"{film.address}/history")
    grid(page).focus()
    for key in ("ArrowDown", "Space", "ArrowDown", "Space"):
        page.keyboard.press(key)
    expect(page.get_by_text("2 commits chosen")).to_be_visible()


def test_a_repository_is_made_here_and_an_encrypted_one_elsewhere(
    page: Page, film: Project, complaints: Complaints
) -> None:
    complaints.expect(409)
    page.goto("/repositories")
    page.get_by_role("button", name="New repository").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(film.name)
    dialog.get_by_role("button", name="Create").click()
    expect(dialog.get_by_text("already")).to_be_visible()
    expect(dialog).to_contain_text(f"keyshelf repo create {film.name} --encrypt")

    name = f"new-{uuid4().hex[:8]}"
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    line = f'keyshelf commit DIR --repo {name} -m "First version"'
    expect(page.get_by_text(line)).to_be_visible()
    page.get_by_role("button", name="Copy: Commit a folder to it").click()
    expect(page.locator(".toast").filter(has_text="Command copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == line


def test_what_only_its_passphrase_opens_says_so_kindly(
    page: Page, served: Served, tmp_path: Path
) -> None:
    vault = new_project(served, tmp_path / "vault", key=bytes(32))
    vault.commit("Secret", {"a.txt": b"a"})

    page.goto(vault.address)

    expect(page.get_by_text("This repository is encrypted")).to_be_visible()
    expect(page.get_by_text(f"keyshelf checkout main DIR --repo {vault.name}")).to_be_visible()
    refs = page.get_by_role("region", name="Branches and tags")
    expect(refs).to_contain_text("main")
    expect(page.locator(".sizes")).to_contain_text(re.compile(r"All versions\s*1 B"))


def test_damage_is_named_and_nothing_wrong_shown(
    page: Page, served: Served, tmp_path: Path, complaints: Complaints
) -> None:
    complaints.expect(500)
    hurt = new_project(served, tmp_path / "hurt")
    content = uuid4().bytes * 100
    hurt.commit("One", {"a.txt": content})

    hurt.damage(content)
    page.goto(f"{hurt.address}?preview=a.txt")
    preview = page.get_by_role("dialog")
    expect(preview).to_contain_text("The preview could not be loaded")
    expect(preview).to_contain_text(ids.chunk_id(content, None)[:8])

    hurt.damage()
    page.goto(hurt.address)
    expect(page.get_by_text("This part of the repository is damaged")).to_be_visible()
    expect(page.get_by_text(f"keyshelf check --repo {hurt.name} --read-data")).to_be_visible()


def test_what_is_not_there(page: Page, film: Project, complaints: Complaints) -> None:
    complaints.expect(404)
    page.goto(f"/repositories/{uuid4()}")
    expect(page.get_by_text("There is no such repository")).to_be_visible()

    page.goto(f"{film.address}?ref=mian")
    expect(page.get_by_text("did you mean main?")).to_be_visible()
    page.goto(f"{film.address}?path=nowhere")
    page.get_by_role("link", name="Go to the latest version").click()
    expect(row(page, "README.md")).to_be_visible()


def test_a_commit_that_comes_while_the_page_is_open_is_seen_after_a_reload(
    page: Page, served: Served, tmp_path: Path
) -> None:
    project = new_project(served, tmp_path / "project")
    page.goto(project.address)
    expect(page.get_by_text("Nothing was committed yet")).to_be_visible()

    project.commit("One", {"a.txt": b"a"})
    page.reload()

    expect_names(page, "a.txt")
    with client_of(served) as client:
        assert client.get(f"/api{project.address}").json()["commits"] == 1
