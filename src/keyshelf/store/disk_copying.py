"""A copy of an object under way, in steps."""

import os

from keyshelf.store.disk_records import Record
from keyshelf.store.disk_tree import OpenFile
from keyshelf.store.disk_writing import FreshFile, copy_range


class Copying:
    """Both ends of a copy, open: the source as it was when the copy began."""

    def __init__(self, source: OpenFile, record: Record, fresh: FreshFile) -> None:
        self.record = record
        self.fresh = fresh
        self._source = source
        self._done = 0

    def step(self, max_bytes: int) -> bool:
        """Copy the next bytes; say whether there are more."""
        end = min(self._done + max_bytes, self._source.stat.st_size)
        self.fresh.refuse_without_room(end - self._done)
        copy_range(self._source.file, self.fresh.file, self._done, end, self._done)
        self._done = self.fresh.size = end
        return end < self._source.stat.st_size

    def close(self) -> None:
        """Let go of both ends; an unfinished copy is thrown away."""
        os.close(self._source.file)
        self.fresh.discard()
