"""Making sure, by their bytes, of copies that listings leave in doubt."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from keyshelf.concurrency import for_each
from keyshelf.operations.replicas.comparing import is_doubtful, is_named_by_content
from keyshelf.operations.replicas.values import Difference, Kind, Pair, Proof
from keyshelf.store.base import MAX_SMALL_BYTES, ByteRange, ObjectMeta, ObjectStore
from keyshelf.store.errors import NeedsRestoreError, ObjectNotFoundError

_READS_AT_ONCE = 16
_READ_AT_MOST = 2 * MAX_SMALL_BYTES
"""More than any object has that is named by its content: one that is cut here is damaged."""


@dataclass(slots=True)
class Proving:
    """Reads both sides of what differs, where that says more, for the length of one run."""

    pair: Pair
    etags_tell: bool = True
    """Whether other ETags were other bytes so far. Keys of KMS give equal bytes another ETag:
    the first such chunk keeps all others from being read."""

    async def certain(self, found: Sequence[Difference]) -> list[Difference]:
        """Leave out copies that are right, and say which side is damaged of the others.

        Raises what reading raises.
        """
        sure: list[Difference] = []

        async def one(difference: Difference) -> None:
            proved = await self._proved(difference)
            if proved is not None:
                sure.append(proved)

        await for_each(found, one, at_once=_READS_AT_ONCE)
        return sure

    async def _proved(self, difference: Difference) -> Difference | None:
        source, target = difference.source, difference.target
        if source is None or target is None:
            return difference
        try:
            if is_named_by_content(source.key):
                return await self._judged(difference, source, target)
            is_same = is_doubtful(difference) and await self._read(source, target) is None
        except ObjectNotFoundError:
            return None  # it goes just now, and the next look tells
        return None if is_same else difference

    async def _judged(
        self, difference: Difference, source: ObjectMeta, target: ObjectMeta
    ) -> Difference | None:
        is_of_one_size = source.size == target.size
        if is_of_one_size and not self.etags_tell:
            return None
        read = await self._read(source, target)
        if is_of_one_size and (read is None or None in read):
            self.etags_tell = False
            return None
        sides = [
            None if each is None else self.pair.is_sound(source.key, each) for each in read or ()
        ]
        if all(sides):
            return None  # one content may be compressed in more than one way
        return replace(difference, kind=Kind.DIFFERENT, proof=Proof(*sides))

    async def _read(self, source: ObjectMeta, target: ObjectMeta) -> Sequence[bytes | None] | None:
        """Return the bytes of both, of each None until it is restored; None if they are equal."""
        found = [
            await _bytes(self.pair.source, source),
            await _bytes(self.pair.target, target),
        ]
        return None if found[0] is not None and found[0] == found[1] else found


async def _bytes(store: ObjectStore, meta: ObjectMeta) -> bytes | None:
    """Return what an object holds, as far as that is wanted; None until it is restored."""
    cut = ByteRange(0, _READ_AT_MOST) if meta.size > _READ_AT_MOST else None
    try:
        async with await store.get(meta.key, byte_range=cut) as reader:
            return await reader.read()
    except NeedsRestoreError:
        return None
