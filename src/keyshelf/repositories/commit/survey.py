"""Before a commit: what need not be looked at again, and how much there is to read."""

from dataclasses import dataclass

import anyio.to_thread

from keyshelf.layout.repository import CommitHash
from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.carrier import Carrier
from keyshelf.repositories.commit.fingerprints import Fingerprints
from keyshelf.repositories.commit.walk import File, Same, Step, Walk
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.scanning import join

_FOLDERS_AT_ONCE = 50_000
_COMMITS_BACK = 100


@dataclass(slots=True)
class Extent:
    """How much a commit has to do."""

    files: int = 0
    """Files in the folder."""
    bytes_to_read: int = 0
    """Bytes of the files that are read, those for certain that changed."""

    def count(self, steps: list[Step]) -> None:
        """Add what steps say."""
        for step in steps:
            match step:
                case File():
                    self.files += 1
                    self.bytes_to_read += 0 if step.known else step.found.size
                case Same():
                    self.files += step.entry.files
                case _:
                    continue


async def changed_folders(base: bytes, cache: FolderCache, vouchers: set[CommitHash]) -> set[bytes]:
    """Return the folders that changed since they were remembered, with those above them.

    What is not remembered at all is in none of them, or below one of them.
    """
    changed: set[bytes] = set()
    for block in cache.summaries(at_once=_FOLDERS_AT_ONCE):
        look = Fingerprints(
            [join(base, path) for path, _ in block], sum(each.entries for _, each in block)
        ).look
        fingerprints = await anyio.to_thread.run_sync(look, abandon_on_cancel=True)
        for (path, before), fingerprint in zip(block, fingerprints, strict=True):
            is_same = fingerprint and fingerprint == before.fingerprint
            if not is_same or before.has_links or before.vouched not in vouchers:
                _add_with_those_above(changed, path)
    return changed


async def extent(walk: Walk) -> Extent:
    """Return how much there is to do, listing what changed and reading nothing."""
    found = Extent()
    while steps := await anyio.to_thread.run_sync(walk.next_batch, abandon_on_cancel=True):
        found.count(steps)
    return found


async def vouchers_that_count(
    carrier: Carrier, reader: Reader, vouchers: set[CommitHash], head: CommitHash | None
) -> set[CommitHash]:
    """Return which commits a branch or tag still leads to, so that nothing of them is gone.

    One that lies far back may be left out. The refs are read after the push was opened:
    what they lead to stays until it ends.
    """
    if not vouchers:
        return set()
    counting = vouchers & ({head} if head else set())
    if counting != vouchers:
        counting |= vouchers & {ref.commit for ref in await carrier.refs()}
    back = head
    for _ in range(_COMMITS_BACK):
        if counting == vouchers or back is None:
            break
        parents = (await reader.manifest(back)).parents
        counting |= vouchers & set(parents)
        back = parents[0] if parents else None
    return counting


def _add_with_those_above(changed: set[bytes], path: bytes) -> None:
    while path not in changed:
        changed.add(path)
        path = path.rpartition(b"/")[0]
