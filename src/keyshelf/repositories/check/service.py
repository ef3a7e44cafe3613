"""Checking: is everything there that the commits need, and is it what it must be?"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from blake3 import blake3

from keyshelf.errors import InvalidInputError
from keyshelf.layout.repository import ChunkId, CommitHash
from keyshelf.repositories.carrier import Carrier
from keyshelf.repositories.check.hurting import MOST_PATH_BYTES, Hurt, note_hurt_nodes
from keyshelf.repositories.check.judging import (
    NOT_THERE,
    Unread,
    Wrong,
    is_possible,
    read_chunks,
    read_manifest,
)
from keyshelf.repositories.check.ledger import Ledger, NeededChunk, ledger
from keyshelf.repositories.check.values import (
    MOST_NAMED,
    DamagedObject,
    Fault,
    Report,
)
from keyshelf.repositories.formats.nodes import DamagedNodeError
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.references import Named, named_by, root_of, walk

_CHUNKS_AT_ONCE = 128
"""How many chunks are read together; each has at most 256 KiB."""

OnProgress = Callable[[int, int | None], Awaitable[None]]
"""Told how many chunks were looked at, and of how many when that is known."""


async def check(
    carrier: Carrier,
    *,
    read_data: bool = False,
    sample: float | None = None,
    seed: bytes = b"",
    most_path_bytes: int = MOST_PATH_BYTES,
    on_progress: OnProgress | None = None,
) -> Report:
    """Look at all that branches and tags lead to, and report what is wrong and whom it hurts.

    Manifests and nodes are read and verified; of the chunks of files it is looked whether
    they are there and as long as they were. `read_data` verifies every byte of those too,
    `sample` a part of them (between 0 and 1), which `seed` chooses. What is committed or
    collected meanwhile may be told as missing: check again then. Raises `WrongKeyError`
    without the keys of an encrypted repository, and what the carrier raises.
    """
    if sample is not None and not 0 < sample <= 1:
        raise InvalidInputError("a sample is a part between 0 and 1")
    part = 1.0 if read_data else sample or 0.0
    with ledger() as pages:
        run = _Check(carrier, pages, part, seed, on_progress or _silent)
        await run.commits()
        async for stored in carrier.stored_chunks():
            pages.note_stored(stored)
        await run.nodes()
        await run.data()
        await run.hurt(most_path_bytes)
        return run.report()


@dataclass(slots=True)
class _Check:
    carrier: Carrier
    ledger: Ledger
    part: float
    """Of the chunks of files, which are read."""
    seed: bytes
    on_progress: OnProgress
    roots: dict[CommitHash, Named] = field(default_factory=dict[CommitHash, Named])
    lost: dict[CommitHash, Wrong] = field(default_factory=dict[CommitHash, Wrong])
    hurt_commits: list[CommitHash] = field(default_factory=list[CommitHash])
    hurt_commits_count: int = 0
    is_cut_short: bool = False
    looked_at: int = 0
    read: int = 0
    bytes_read: int = 0
    unread: int = 0

    async def commits(self) -> None:
        waiting = list(dict.fromkeys(ref.commit for ref in await self.carrier.refs()))
        while waiting:
            commit = waiting.pop()
            if commit in self.roots or commit in self.lost:
                continue
            found = await read_manifest(self.carrier, commit)
            if isinstance(found, Wrong):
                self.lost[commit] = found
            else:
                self.roots[commit] = root_of(found)
                waiting += found.parents

    async def nodes(self) -> None:
        async def claim(named: Sequence[Named]) -> Sequence[Named]:
            return self.ledger.claim(named)

        await walk(list(self.roots.values()), claim=claim, open_nodes=self._open_nodes)

    async def data(self) -> None:
        total = self.ledger.count_needed()
        after = b""
        while some := self.ledger.needed_after(after, limit=_CHUNKS_AT_ONCE):
            wanted: list[ChunkId] = []
            for each in some:
                if each.stored_size is None:
                    self.ledger.note_wrong(each.id, NOT_THERE)
                elif self._is_chosen(each) or _is_suspect(each):
                    wanted.append(ChunkId(each.id.hex()))
            sizes = {each.id: each for each in some}
            for chunk, wrong in await self._read_all(wanted):
                self.ledger.note_wrong(chunk, _sharper(sizes[chunk], wrong))
            after = some[-1].id
            await self._on_looked(len(some), total)

    async def hurt(self, most_path_bytes: int) -> None:
        self.hurt_commits_count = len(self.lost)
        self.hurt_commits = list(self.lost)[:MOST_NAMED]
        for commit in self.lost:
            self.ledger.note_hurt([b"/"], commit)
        if not self.ledger.count_wrong():
            return
        reader = Reader(self.carrier)
        await note_hurt_nodes(reader, self.ledger)
        hurt = Hurt(reader, self.ledger, most_path_bytes)
        for commit, root in self.roots.items():
            if self.ledger.is_hurt(root):
                self.ledger.note_hurt([path async for path in hurt.files(root)], commit)
                self.hurt_commits_count += 1
                self.hurt_commits += [commit] if len(self.hurt_commits) < MOST_NAMED else []
        self.is_cut_short = hurt.is_cut_short

    def report(self) -> Report:
        manifests = [
            DamagedObject("manifest", commit, wrong.fault, wrong.detail)
            for commit, wrong in list(self.lost.items())[:MOST_NAMED]
        ]
        return Report(
            commits=len(self.roots) + len(self.lost),
            chunks=self.ledger.count_needed(),
            chunks_read=self.read,
            bytes_read=self.bytes_read,
            damaged_count=len(self.lost) + self.ledger.count_wrong(),
            damaged=manifests + self.ledger.wrong(MOST_NAMED - len(manifests)),
            hurt_files_count=self.ledger.count_hurt(),
            hurt_files=self.ledger.hurt(MOST_NAMED),
            hurt_commits_count=self.hurt_commits_count,
            hurt_commits=self.hurt_commits,
            is_cut_short=self.is_cut_short,
            need_restore=self.unread,
        )

    async def _open_nodes(self, batch: Sequence[Named]) -> Sequence[Named]:
        found: list[Named] = []
        results = await read_chunks(self.carrier, [node.chunk for node in batch])
        for node, result in zip(batch, results, strict=True):
            if isinstance(result, Wrong):
                self.ledger.note_wrong(node.id, result)
                continue
            if isinstance(result, Unread):
                self.unread += 1
                continue
            self._count(result.stored_size)
            try:
                found += named_by(result.content, node)
            except DamagedNodeError as error:
                self.ledger.note_wrong(node.id, Wrong(Fault.UNREADABLE, error.detail))
        await self._on_looked(len(batch), None)
        return found

    async def _read_all(self, chunks: Sequence[ChunkId]) -> list[tuple[bytes, Wrong]]:
        if not chunks:
            return []
        wrong: list[tuple[bytes, Wrong]] = []
        for chunk, result in zip(chunks, await read_chunks(self.carrier, chunks), strict=True):
            if isinstance(result, Wrong):
                wrong.append((bytes.fromhex(chunk), result))
            elif isinstance(result, Unread):
                self.unread += 1
            else:
                self._count(result.stored_size)
        return wrong

    def _is_chosen(self, chunk: NeededChunk) -> bool:
        if not 0 < self.part < 1:
            return self.part > 0
        number = int.from_bytes(blake3(self.seed + chunk.id).digest(length=8), "big")
        return number < self.part * 2**64

    def _count(self, stored_size: int) -> None:
        self.read += 1
        self.bytes_read += stored_size

    async def _on_looked(self, count: int, total: int | None) -> None:
        self.looked_at += count
        await self.on_progress(self.looked_at, max(total, self.looked_at) if total else None)


def _is_suspect(chunk: NeededChunk) -> bool:
    """Say whether a chunk is not as long as it was, or cannot be as long as it is."""
    if chunk.stored_size is None or not is_possible(chunk.stored_size, chunk.size):
        return True
    return chunk.recorded_size not in (None, chunk.stored_size)


def _sharper(chunk: NeededChunk, wrong: Wrong) -> Wrong:
    is_shorter = (
        chunk.recorded_size and chunk.stored_size and (chunk.stored_size < chunk.recorded_size)
    )
    if wrong.fault is Fault.CHANGED and is_shorter:
        return Wrong(Fault.TRUNCATED, f"it has {chunk.stored_size} of {chunk.recorded_size} bytes")
    return wrong


async def _silent(_done: int, _total: int | None) -> None:
    return None
