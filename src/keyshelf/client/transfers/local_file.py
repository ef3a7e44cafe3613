"""A local file that is being sent."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from keyshelf.errors import InvalidInputError


class NotAFileError(InvalidInputError):
    """A local path that is not an ordinary file. Name a file, or send a folder with -r."""

    code = "source-not-a-file"


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A local file held open, as it was when it was opened."""

    path: Path
    descriptor: int
    size: int
    modified_ns: int

    @classmethod
    @contextmanager
    def opened(cls, path: Path) -> Generator[Self]:
        """Hold a file open. Raises `NotAFileError`, and what the system says of the path."""
        if path.exists() and not path.is_file():
            raise NotAFileError(f"{path} is not a file that can be sent")
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            facts = os.fstat(descriptor)
            yield cls(path, descriptor, facts.st_size, facts.st_mtime_ns)
        finally:
            os.close(descriptor)

    def has_changed(self) -> bool:
        """Whether the path holds another content than when it was opened."""
        try:
            facts = self.path.stat()
        except FileNotFoundError:
            return True
        return (facts.st_size, facts.st_mtime_ns) != (self.size, self.modified_ns)
