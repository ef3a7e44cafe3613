"""The drive page in the words of a person: rows, buttons, menus, dialogs."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import CDPSession, Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from tests.api.conftest import Program

Modifier = Literal["Alt", "Control", "ControlOrMeta", "Meta", "Shift"]


@dataclass(frozen=True)
class DrivePage:
    """A browser at the drive, and the program that arranges what lies in it."""

    page: Page
    program: Program

    def open(self, path: str | None = None) -> None:
        """Go to an address, or to the test's own folder, and wait for what is there."""
        self.page.goto(f"/folder/{self.program.folder}" if path is None else path)
        expect(self.page.get_by_role("navigation", name="Places")).to_be_visible()
        expect(self.page.get_by_role("status", name="Loading")).to_have_count(0)

    def put(self, *names: str) -> None:
        """Let files lie in the folder, each holding its own name."""
        for name in names:
            self.program.upload(name, name.encode())

    def put_folder(self, name: str, parent: str | None = None) -> str:
        """Let a folder lie in the folder, and return its id."""
        body = {"name": name, "parent_id": parent or self.program.folder}
        return self.program.call("POST", "/api/folders", json=body)["folder"]["id"]

    # What is on show

    @property
    def grid(self) -> Locator:
        return self.page.get_by_role("grid")

    def item(self, name: str) -> Locator:
        """The row or the card of a file."""
        named = self.page.get_by_text(name, exact=True)
        return self.page.locator("[data-index]").filter(has=named)

    def names(self) -> list[str]:
        """The names on show, from the top."""
        return self.page.locator(".item-name").all_inner_texts()

    def expect_names(self, *names: str) -> None:
        """Wait until these are the names on show, in this order."""
        expect(self.page.locator(".item-name")).to_have_text(list(names))

    def expect_selected(self, *names: str) -> None:
        """Wait until these and no others are selected."""
        chosen = self.page.locator("[data-index][aria-selected=true] .item-name")
        expect(chosen).to_have_text(list(names))

    def expect_focus(self, name: str) -> None:
        """Wait until the keyboard is on this item."""
        item = self.item(name)
        expect(item).to_be_visible()
        expect(self.grid).to_be_focused()
        identity = item.get_attribute("id") or ""
        expect(self.grid).to_have_attribute("aria-activedescendant", identity)

    def toast(self, text: str) -> Locator:
        return self.page.locator(".toast").filter(has_text=text)

    def expect_toast(self, text: str) -> None:
        expect(self.toast(text)).to_be_visible()

    def dialog(self, title: str) -> Locator:
        """A dialog, of either role."""
        return self.page.locator("[role=dialog], [role=alertdialog]").filter(
            has=self.page.get_by_role("heading", name=title)
        )

    # What a person does

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def click(self, name: str, *, modifiers: Sequence[Modifier] = ()) -> None:
        """Select by a click on the name."""
        named = self.item(name).locator(".item-name")
        named.click(modifiers=list(modifiers))

    def enter(self, name: str) -> None:
        """Open by a double click."""
        self.item(name).locator(".item-name").dblclick()

    def push(self, button: str) -> None:
        """Push a button by its name."""
        self.page.get_by_role("button", name=button, exact=True).click()

    def push_in(self, title: str, button: str) -> None:
        """Push a button of a dialog."""
        self.dialog(title).get_by_role("button", name=button, exact=True).click()

    def choose(self, item: str) -> None:
        """Choose from the open menu."""
        roles = ("menuitem", "menuitemradio", "menuitemcheckbox")
        found = self.page.get_by_role(roles[0], name=item, exact=True)
        for role in roles[1:]:
            found = found.or_(self.page.get_by_role(role, name=item, exact=True))
        found.click()

    def choose_for(self, name: str, command: str) -> None:
        """Choose from the context menu of a file."""
        self.item(name).locator(".item-name").click(button="right")
        self.choose(command)

    def go_to(self, place: str) -> None:
        """Go to one of the places on the left."""
        self.page.get_by_role("navigation", name="Places").get_by_role("link", name=place).click()

    @contextmanager
    def dragging_from_outside(self, *paths: Path, over: Locator | None = None) -> Generator[None]:
        """Drag files and folders of the machine over the page, and drop them at the end."""
        box = (over or self.page.get_by_role("main")).bounding_box()
        assert box is not None
        session = self.page.context.new_cdp_session(self.page)
        event = {
            "x": box["x"] + box["width"] / 2,
            "y": box["y"] + box["height"] / 2,
            "data": {"items": [], "files": [str(each) for each in paths], "dragOperationsMask": 1},
        }
        # As a hand does that waits for the page: a page that is still busy misses an event.
        welcome = self.page.get_by_text("Drop to upload").first
        for _ in range(10):
            for kind in ("dragEnter", "dragOver"):
                _dispatch(session, kind, event)
            try:
                welcome.wait_for(timeout=1000)
            except PlaywrightTimeoutError:
                if over is not None:
                    break
                _dispatch(session, "dragCancel", event)
            else:
                break
        yield
        _dispatch(session, "drop", event)
        session.detach()


def _dispatch(session: CDPSession, kind: str, event: Mapping[str, object]) -> None:
    message = {"type": kind, **event}
    session.send("Input.dispatchDragEvent", message)  # pyright: ignore[reportUnknownMemberType] -- its dicts are open
