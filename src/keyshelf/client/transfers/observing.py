"""What a caller can hear of transfers while they go on."""

from dataclasses import dataclass
from typing import Literal

from keyshelf.client.values import File
from keyshelf.errors import Error

State = Literal["transferred", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one file of a transfer ended.

    `source` and `target` are a local path and a drive path, or the other way
    round. `skipped` means that it was there already.
    """

    state: State
    source: str
    target: str
    size: int = 0
    file: File | None = None
    error: Error | None = None


class Observer:
    """Hears of transfers; override what you want to hear.

    Methods are called in the event loop's thread, often, and must return soon.
    `name` is the source of the file as the outcome will give it.
    """

    def began(self, name: str, *, size: int, already: int) -> None:
        """A file of `size` bytes begins; `already` of them need not be moved again."""

    def moved(self, name: str, count: int) -> None:
        """`count` more bytes were moved; negative where they must be moved again."""

    def noticed(self, name: str, text: str) -> None:
        """Something that a person should know and that stops nothing."""

    def ended(self, outcome: Outcome) -> None:
        """A file ended, well or not."""
