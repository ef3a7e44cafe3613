"""What a setting is."""

from collections.abc import Callable
from dataclasses import dataclass

ROLES = ("source", "media", "repository")
"""What a store is for. Each is configured by itself."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that can be set."""

    name: str
    help: str
    default: str | None = None
    secret: bool = False
    check: Callable[[str], object] = str
    """Turns the text into a value; a ValueError says why it cannot be."""
