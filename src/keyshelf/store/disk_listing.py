"""The pages of a disk store's listing, one at a time."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import ListPage, ObjectMeta
from keyshelf.store.disk_records import Records, object_meta
from keyshelf.store.disk_tree import Tree
from keyshelf.store.disk_walk import Located, Walk
from keyshelf.store.local_rules import Folder, fold, listing_bytes, page_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingOptions:
    """What is listed."""

    prefix: str
    start_after: str | None
    delimiter: str | None
    page_limit: int
    window: int


class DiskListing:
    """A listing under way. It holds no open file between two pages."""

    def __init__(self, tree: Tree, records: Records, options: ListingOptions) -> None:
        self._tree = tree
        self._records = records
        self._limit = options.page_limit
        start = options.start_after
        self._walk = Walk(
            tree,
            prefix=listing_bytes(options.prefix),
            start_after=None if start is None else listing_bytes(start),
            folded=options.delimiter == "/",
            window=options.window,
        )
        found = self._described()
        if options.delimiter in {None, "/"}:
            self._entries = found
        else:
            self._entries = _folded(found, options.prefix, options.delimiter)

    def next_page(self) -> ListPage | None:
        """Return the next page, or None at the end. Blocks."""
        try:
            entries = list(islice(self._entries, self._limit))
        finally:
            self._walk.release()
        return page_of(entries) if entries else None

    def _described(self) -> Iterator[ObjectMeta | Folder]:
        for found in self._walk:
            if isinstance(found, Folder):
                yield found
                continue
            meta = self._meta(found)
            if meta is not None:
                yield meta

    def _meta(self, found: Located) -> ObjectMeta | None:
        while (opened := self._tree.open_in(found.folder, found.segment)) is not None:
            try:
                record = self._records.read_settled(opened.file, opened.stat)
            finally:
                os.close(opened.file)
            if record is not None:
                key = ObjectKey(found.key.decode())
                return object_meta(key, opened.stat, record, with_attributes=False)
        return None


def _folded(
    found: Iterator[ObjectMeta | Folder], prefix: str, delimiter: str | None
) -> Iterator[ObjectMeta | Folder]:
    objects = (entry for entry in found if isinstance(entry, ObjectMeta))
    return fold(objects, prefix=prefix, delimiter=delimiter)
