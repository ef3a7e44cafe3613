"""How much a commit that was interrupted at the worst moment sends again: less than 64 MiB."""

import os
from collections.abc import Sequence
from pathlib import Path

import anyio
import pytest

from keyshelf.database.pool import Database
from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.check.service import check
from keyshelf.repositories.commit.service import commit
from keyshelf.repositories.commit.values import Commit
from keyshelf.repositories.direct.carrier import DirectCarrier
from keyshelf.repositories.formats.manifest import Author
from keyshelf.repositories.sending import SendingOptions
from keyshelf.store.base import NewObject, PutResult
from keyshelf.store.memory import MemoryStore
from tests.integration.repositories.shelf import MAIN, open_shelf

pytestmark = pytest.mark.anyio
MEBIBYTE = 2**20
PROJECT_BYTES = 160 * MEBIBYTE


class SilentStore(MemoryStore):
    """Counts the bytes that it is sent, and from some on does what it is asked without a word."""

    sent_bytes = 0
    silent_after: float = PROJECT_BYTES / 2

    def __init__(self) -> None:
        super().__init__()
        self.unanswered = 0
        self.is_stuck = anyio.Event()

    async def put_many(self, objects: Sequence[NewObject]) -> Sequence[PutResult]:
        results = await super().put_many(objects)
        self.sent_bytes += sum(len(each.body) for each in objects)
        if self.sent_bytes >= self.silent_after:
            self.unanswered += 1
            if self.unanswered == SendingOptions().rounds_at_once:
                self.is_stuck.set()
            await anyio.sleep_forever()
        return results


async def commit_folder(carrier: DirectCarrier, folder: Path, cache: FolderCache) -> Commit:
    return await commit(
        carrier,
        bytes(folder),
        branch=MAIN,
        message="",
        author=Author("Anna"),
        at=carrier.parts.clock(),
        cache=cache,
    )


async def test_an_interrupted_commit_sends_little_again(database: Database, tmp_path: Path) -> None:
    store, cache = SilentStore(), FolderCache.in_memory()
    shelf = open_shelf(database, store)
    carrier = shelf.carrier(await shelf.repository())
    (tmp_path / "take.mov").write_bytes(os.urandom(PROJECT_BYTES))

    # All that is under way was sent, and none of it was taken: nothing worse can be.
    async with anyio.create_task_group() as group:
        group.start_soon(commit_folder, carrier, tmp_path, cache)
        await store.is_stuck.wait()
        group.cancel_scope.cancel()
    store.silent_after = float("inf")
    made = await commit_folder(carrier, tmp_path, cache)

    assert made.manifest.root.size == PROJECT_BYTES
    sent_again = store.sent_bytes - PROJECT_BYTES
    assert 32 * MEBIBYTE < sent_again < 64 * MEBIBYTE
    assert (await check(carrier)).is_clean
