"""What one commit changed of another, in numbers."""

from dataclasses import dataclass, fields

from keyshelf.repositories.formats.entries import FolderEntry
from keyshelf.repositories.history.by_folder import changes_by_folder
from keyshelf.repositories.reading import Reader


@dataclass(slots=True)
class CommitSummary:
    """How many files something happened to, and their bytes; as `FolderChanges` counts."""

    added: int = 0
    changed: int = 0
    touched: int = 0
    removed: int = 0
    renamed: int = 0
    others: int = 0
    bytes_added: int = 0
    bytes_changed: int = 0
    bytes_removed: int = 0


async def summarize(
    reader: Reader, before: FolderEntry | None, after: FolderEntry | None
) -> CommitSummary:
    """Return the changes from one root to another; None is an empty root.

    A file that went from one thing in the root to another is removed and added. Raises
    what reading raises.
    """
    total = CommitSummary()
    async for line in changes_by_folder(reader, before, after):
        for each in fields(total):
            setattr(total, each.name, getattr(total, each.name) + getattr(line, each.name))
    return total
