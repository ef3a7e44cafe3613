"""Compares a bucket with its replica, and copies what one of them lacks."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import anyio

from keyshelf.clock import Clock, system_clock
from keyshelf.concurrency import for_each, read_ahead
from keyshelf.errors import Error
from keyshelf.layout.backups import BACKUP_PREFIX
from keyshelf.layout.repository import CHUNKS, MANIFESTS, METADATA, PROXIES, parse_chunk_key
from keyshelf.operations.reconcile.merging import Window, windows
from keyshelf.operations.replicas.comparing import differences
from keyshelf.operations.replicas.copying import copy
from keyshelf.operations.replicas.proving import Proving
from keyshelf.operations.replicas.values import Difference, Kind, OnProgress, Pair, Report
from keyshelf.store.base import ObjectMeta, ObjectStore

_PREFIXES_AT_ONCE = 8
_COPIES_AT_ONCE = 16
_MANY = 100_000
"""So many chunks are worth the requests that listing them in several places adds."""


class _Section(NamedTuple):
    """Objects that are copied before those of the next section."""

    prefixes: Sequence[str]
    names: bool = False
    """Whether they name what earlier sections hold: bytes come before names."""


_MANIFESTS = _Section([MANIFESTS], names=True)
AFTER_CHUNKS = (
    _MANIFESTS,
    _Section([METADATA], names=True),
    _Section([PROXIES]),
    _Section([BACKUP_PREFIX]),
)
"""What is compared beside chunks: the same that the rules of a bucket copy."""


async def _silent(_report: Report) -> None:
    return None


async def compare(
    pair: Pair, *, clock: Clock = system_clock, on_progress: OnProgress = _silent
) -> Report:
    """Return how far a copy is behind, and change nothing.

    All objects that Keyshelf writes there are listed on both sides, in bounded memory; what is
    written meanwhile is left out. Raises what listing raises.
    """
    run = _Run(pair, _begun(pair, clock, dry_run=True), on_progress, Proving(pair))
    return await run.all()


async def backfill(
    pair: Pair,
    *,
    replace: bool = True,
    clock: Clock = system_clock,
    on_progress: OnProgress = _silent,
) -> Report:
    """Copy what is missing, and with `replace` what is older or different; delete nothing.

    What is named by its content is replaced, with `replace` or not, only where that is proved
    damaged, and by what is proved right.
    Chunks are copied first, then manifests, then metadata; the latter two only when all
    chunks could be. Twice is once, so after a crash or Ctrl-C another run goes on. An object
    that cannot be copied is a problem of the report. Raises what listing raises.
    """
    report = _begun(pair, clock, dry_run=False)
    run = _Run(pair, report, on_progress, Proving(pair), replace=replace)
    return await run.all()


def _begun(pair: Pair, clock: Clock, *, dry_run: bool) -> Report:
    return Report(pair.replica, pair.region, clock(), is_back=pair.is_back, dry_run=dry_run)


@dataclass(slots=True)
class _Run:
    pair: Pair
    report: Report
    on_progress: OnProgress
    proving: Proving
    replace: bool = True
    copies: anyio.CapacityLimiter = field(
        default_factory=lambda: anyio.CapacityLimiter(_COPIES_AT_ONCE)
    )
    chunks_behind_since: datetime | None = None
    """When the oldest chunk was written that its copies lack."""

    async def all(self) -> Report:
        chunks = _Section(await _chunk_prefixes(self.pair.source))
        for section in (chunks, *AFTER_CHUNKS):

            async def one(prefix: str, section: _Section = section) -> None:
                await self._prefix(section, prefix)

            if section is _MANIFESTS:
                self.chunks_behind_since = self.report.behind_since
                self.report.held_back = self.report.problems_count > 0
            await for_each(section.prefixes, one, at_once=_PREFIXES_AT_ONCE)
        self.report.findings.sort(key=lambda each: each.key)
        return self.report

    async def _prefix(self, section: _Section, prefix: str) -> None:
        async with (
            read_ahead(_listed(self.pair.target, prefix), items=2) as copies,
            read_ahead(_listed(self.pair.source, prefix), items=2) as objects,
        ):
            async for window in windows(copies, objects):
                await self._window(section, window)
                await self.on_progress(self.report)

    async def _window(self, section: _Section, window: Window[ObjectMeta]) -> None:
        self.report.objects += len(window.expected)
        self.report.bytes += sum(each.size for each in window.expected)
        seen = differences(window, before=self.report.started_at)
        found = await self.proving.certain(seen)
        if section is _MANIFESTS:
            self._note_incomplete(window)
        is_held_back = section.names and self.report.held_back
        if self.report.dry_run or is_held_back:
            for each in found:
                self.report.note(each)
        else:
            await for_each(found, self._settle, at_once=_COPIES_AT_ONCE)

    def _note_incomplete(self, window: Window[ObjectMeta]) -> None:
        """Tell of manifests that are there and may need a chunk that is not.

        A chunk is written before what first needs it, so older manifests need none of them.
        """
        since = self.chunks_behind_since
        if since is None:
            return
        there = {each.key for each in window.listed}
        for each in window.expected:
            if each.key in there and each.modified_at >= since:
                self.report.note_incomplete(each.key)

    def _is_copied(self, difference: Difference) -> bool:
        if difference.proof is not None:
            return difference.is_proved
        return difference.kind is Kind.MISSING or (
            self.replace and difference.kind is not Kind.EXTRA
        )

    async def _settle(self, difference: Difference) -> None:
        if not self._is_copied(difference):
            self.report.note(difference)
            return
        async with self.copies:
            try:
                size = await copy(self.pair, difference)
            except Error as error:
                self.report.note_problem(difference.shown.key, error.detail)
                self.report.note(difference)
                return
        if size is not None:
            self.report.copied += 1
            self.report.copied_bytes += size
        await self.on_progress(self.report)


async def _listed(store: ObjectStore, prefix: str) -> AsyncGenerator[Sequence[ObjectMeta]]:
    async for page in store.list(prefix):
        yield page.objects


async def _chunk_prefixes(store: ObjectStore) -> Sequence[str]:
    """Return what to list chunks by: one prefix, or many beside each other for many chunks.

    Ids are spread evenly, so the first page says by its last one how many there may be.
    """
    async with aclosing(_listed(store, CHUNKS)) as pages:
        page = await anext(pages, None) or ()
    last = parse_chunk_key(page[-1].key) if page else None
    share = 1.0 if last is None else (int(last[:4], 16) + 1) / 0x10000
    if len(page) / share < _MANY:
        return [CHUNKS]
    return [f"{CHUNKS}{digit:x}" for digit in range(16)]
