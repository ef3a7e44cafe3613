"""What a browser complains about while it shows the page."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Page

_REFUSED = re.compile(r"responded with a status of (\d+)")


@dataclass
class Complaints:
    """Errors on the console, violations of the content security policy among them.

    The browser itself reports every request that was refused. A test says which
    refusals it provokes; anything else is a fault of the page.
    """

    messages: list[str] = field(default_factory=list[str])
    _expected: set[int] = field(default_factory=set[int])
    _is_cut_off: bool = False

    def listen_to(self, page: Page) -> None:
        """Note what this page complains about."""
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.messages.append(f"uncaught: {error}"))

    def expect(self, *statuses: int) -> None:
        """Let requests be refused with these statuses."""
        self._expected.update(statuses)

    def expect_no_network(self) -> None:
        """Let requests be lost because the test takes the network away."""
        self._is_cut_off = True

    def unexpected(self) -> list[str]:
        """Return what was noted and not expected."""
        return [each for each in self.messages if not self._is_expected(each)]

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.messages.append(f"{message.text} ({message.location['url']})")

    def _is_expected(self, message: str) -> bool:
        if self._is_cut_off and "ERR_INTERNET_DISCONNECTED" in message:
            return True
        refused = _REFUSED.search(message)
        return refused is not None and int(refused[1]) in self._expected
