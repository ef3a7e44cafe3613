"""Making, opening and rotating content keys."""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from keyshelf.database.pool import Database
from keyshelf.database.transactions import ReadTransaction, Transaction
from keyshelf.delivery.key_ring import KeyRing
from keyshelf.layout.media import MediaHash
from keyshelf.media.keys import queries
from keyshelf.media.keys.values import (
    KEY_BYTES,
    KID_BYTES,
    ContentKey,
    ContentKeyNotFoundError,
    ContentKeyUnreadableError,
    WrappedKey,
)
from keyshelf.media.keys.wrapping import unwrap, wrap

_BATCH = 500


@dataclass(slots=True)
class Rotation:
    """What wrapping all keys anew came to."""

    rewrapped: int = 0
    unreadable: list[MediaHash] = field(default_factory=list[MediaHash])
    """The media of each key that could not be opened, and so is as it was."""


async def keks_lacking(tx: ReadTransaction, names: Collection[str]) -> Mapping[str, int]:
    """Return how many content keys each key-encryption key wrapped that is not one of `names`.

    The one that wraps new keys counts, with 0 of them too.
    """
    used = await queries.keks_in_use(tx)
    return {name: count for name, count in used.items() if name not in names}


@dataclass(frozen=True, slots=True)
class ContentKeys:
    """The content keys of one service, opened by one ring of key-encryption keys."""

    database: Database
    ring: KeyRing

    async def of_encode(self, tx: Transaction, media: MediaHash, encode_id: UUID) -> ContentKey:
        """Return the key of an encode, made the first time.

        An encode keeps its key whatever happens to an attempt at it, so that pieces
        from before a crash and after fit together. A new one is wrapped by the key-encryption
        key that the last rotation named, by whatever process. Raises `KekNotSetError`.
        """
        there = await queries.of_encode(tx, encode_id)
        if there is not None:
            return unwrap(self.ring, there)
        key = ContentKey(uuid4(), media, encode_id, os.urandom(KID_BYTES), os.urandom(KEY_BYTES))
        present = await queries.present_kek(tx, first=self.ring.current)
        await queries.insert(tx, wrap(self.ring, key, present))
        return key

    async def get(self, key_id: UUID) -> ContentKey:
        """Return a key. Raises `ContentKeyNotFoundError`, `ContentKeyUnreadableError`."""
        async with self.database.read() as tx:
            wrapped = await queries.find(tx, key_id)
        if wrapped is None:
            raise ContentKeyNotFoundError("there is no such content key", id=str(key_id))
        return unwrap(self.ring, wrapped)

    async def rotate(self) -> Rotation:
        """Wrap every key anew by the ring's current key; those that the ring does not open stay.

        Streams and the keys inside stay as they are: nothing is encoded again, and
        players notice nothing. Before the first, every process wraps new keys by that key, or
        refuses to. Each batch is one transaction, so that a crash leaves some done, and the
        next call does the others.
        """
        async with self.database.transaction() as tx:
            await queries.replace_present_kek(tx, self.ring.current)
        rotation, after = Rotation(), UUID(int=0)
        while True:
            async with self.database.transaction() as tx:
                batch = await queries.wrapped_by_others(
                    tx, self.ring.current, after=after, limit=_BATCH
                )
                unreadable = [each.hash for each in batch if not await self._wrap_anew(tx, each)]
            if not batch:
                return rotation
            rotation.rewrapped += len(batch) - len(unreadable)
            rotation.unreadable += unreadable
            after = batch[-1].id

    async def _wrap_anew(self, tx: Transaction, wrapped: WrappedKey) -> bool:
        try:
            key = unwrap(self.ring, wrapped)
        except ContentKeyUnreadableError:
            return False
        await queries.rewrap(tx, wrap(self.ring, key, self.ring.current))
        return True
