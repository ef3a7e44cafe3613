"""Which parts of an upload the store has answered for: what a resumed upload may trust.

What a store lists is not enough: some keep what they have of a request that broke
off as a part of full length, its end filled with zeros.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import anyio

from keyshelf.client.transfers.records import Records, SentPart, UploadRecord

WRITTEN_EVERY = 1.0
"""Seconds between two writes of the record: a kill costs the parts of so long."""


class Acknowledged:
    """The parts of one upload that this client saw the store take; one PUT is part 1."""

    def __init__(self, records: Records, name: str, record: UploadRecord) -> None:
        self._records = records
        self._name = name
        self._record = record
        self._etags = {part.number: part.etag for part in record.parts}
        self._written_at = -WRITTEN_EVERY
        self._is_written = True

    @property
    def etags(self) -> Mapping[int, str]:
        """The ETag by part number; empty where the store tells none."""
        return self._etags

    @property
    def stated(self) -> Mapping[int, str] | None:
        """The ETags in the order of the parts; None where the store does not tell them all."""
        return dict(sorted(self._etags.items())) if all(self._etags.values()) else None

    def add(self, number: int, etag: str) -> None:
        """Note that the store took a part; on disk at once, or soon when many come."""
        self._etags[number] = etag
        self._is_written = False
        if anyio.current_time() - self._written_at >= WRITTEN_EVERY:
            self.write()

    def forget(self, numbers: Sequence[int]) -> None:
        """Note that parts must be sent again."""
        for number in numbers:
            self._is_written &= self._etags.pop(number, None) is None
        self.write()

    def write(self) -> UploadRecord:
        """Bring the record on disk up to date and return it."""
        if not self._is_written:
            parts = tuple(SentPart(number, etag) for number, etag in self._etags.items())
            self._record = replace(self._record, parts=parts)
            self._records.write(self._name, self._record)
            self._written_at = anyio.current_time()
            self._is_written = True
        return self._record
