"""Backfill: objects that no row knows become files of their drives."""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from keyshelf.concurrency import for_each, map_each, read_ahead
from keyshelf.database.failures import TransactionConflictError, UniqueViolationError
from keyshelf.database.transactions import ReadTransaction, Transaction
from keyshelf.drive.backfill import queries
from keyshelf.drive.backfill.plan import (
    Entry,
    KeyReader,
    Node,
    Path,
    Plan,
    decide,
    error_of,
    forget_passed,
    levels,
)
from keyshelf.drive.mimetypes import UNKNOWN_MIMETYPE
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.settle.schedule import follow
from keyshelf.drive.tree.queries import lock_drives
from keyshelf.errors import ConflictError, Error
from keyshelf.layout import drive as layout
from keyshelf.layout.drive import UnreadableKeyError
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import Attributes, ListPage, ObjectMeta
from keyshelf.store.errors import ObjectNotFoundError

MAX_ERRORS = 1000
"""How many keys with their reasons an answer names; a last entry counts the rest."""
_PAGES_AHEAD = 10
_ASKED_AT_ONCE = 1000
_TRIES = 3
_STATED = re.compile(r"[\x21-\x7e]+/[\x20-\x7e]{1,200}")
_SAYS_NOTHING = frozenset({UNKNOWN_MIMETYPE, "binary/octet-stream"})

OnProgress = Callable[[int], Awaitable[None]]
"""Told how many objects have been looked at; raising ends the run between two transactions."""


class BackfillRunningError(ConflictError):
    """A backfill of this drive is running already: wait until it ends."""

    code = "backfill-running"


@dataclass(slots=True)
class BackfillResult:
    """What a backfill found and did, or with `dry_run` would do."""

    dry_run: bool
    scanned: int = 0
    already_registered: int = 0
    folders_created: int = 0
    files_created: int = 0
    errors: list[str] = field(default_factory=list[str])
    """`key: reason` of each object that is no file or folder of any drive."""
    _errors_left_out: int = 0

    def add_errors(self, found: Sequence[str]) -> None:
        """Add errors as long as there is room, then count them."""
        room = MAX_ERRORS - len(self.errors)
        self.errors.extend(found[:room])
        self._errors_left_out += max(0, len(found) - room)

    def close(self) -> None:
        """Say how many errors there was no room for."""
        if self._errors_left_out:
            self.errors.append(f"and {self._errors_left_out} more")


async def backfill(
    parts: DriveParts,
    *,
    asked_by: str,
    prefix: str = "",
    keys: Sequence[ObjectKey] | None = None,
    dry_run: bool = False,
    on_progress: OnProgress | None = None,
) -> BackfillResult:
    """Make rows for all objects under a prefix that no row knows, with the folders above them.

    With `keys` it looks at the objects of these alone.

    One pass over the listing. A few pages are one transaction with rows and folder
    sizes, so that a run that is cut short has done some of them whole, and the next
    run goes on. What is no file of a drive, or whose name another has, is told in
    `errors` and left as it is. Keyshelf's own area is passed over. Meanwhile objects
    that wait for deletion go on waiting.

    Raises `BackfillRunningError` while another runs, and what listing raises.
    """
    async with parts.database.transaction() as lock:
        if not await queries.try_lock(lock):
            raise BackfillRunningError("a backfill is running already")
        # What is deleted after it was listed would be taken for a file without a row.
        await queries.hold_off_deletions(lock)
        run = _Run(parts, asked_by, BackfillResult(dry_run=dry_run))
        # While some pages are written, the next are read and those after them listed.
        async with (
            read_ahead(_objects(parts, prefix, keys), items=_PAGES_AHEAD) as listed,
            read_ahead(_Reading(parts).read(listed), items=2) as batches,
        ):
            async for batch in batches:
                await queries.confirm_lock(lock)
                await run.take(batch)
                if on_progress is not None:
                    await on_progress(run.result.scanned)
        run.result.close()
        return run.result


async def _objects(
    parts: DriveParts, prefix: str, keys: Sequence[ObjectKey] | None
) -> AsyncIterator[ListPage]:
    if keys is None:
        async for page in parts.store.list(prefix):
            yield page
        return
    ordered = sorted(keys)

    async def ask(key: ObjectKey) -> ObjectMeta | None:
        try:
            return await parts.store.head(key)
        except ObjectNotFoundError:
            return None

    for start in range(0, len(ordered), _ASKED_AT_ONCE):
        some = ordered[start : start + _ASKED_AT_ONCE]
        found = await map_each(some, ask, at_once=parts.options.copies_at_once)
        yield ListPage([meta for meta in found if meta is not None])


@dataclass(slots=True)
class _Batch:
    """Some pages of the listing, read: what needs rows, and what does not."""

    scanned: int
    registered: int
    entries: list[Entry]
    errors: list[str]


@dataclass(slots=True)
class _Reading:
    parts: DriveParts
    keys: KeyReader = field(default_factory=KeyReader)

    async def read(self, pages: AsyncIterator[ListPage]) -> AsyncGenerator[_Batch]:
        objects: list[ObjectMeta] = []
        async for page in pages:
            objects += [meta for meta in page.objects if not layout.is_system(meta.key)]
            if len(objects) >= self.parts.options.backfilled_at_once:
                yield await self._batch(objects)
                objects = []
        if objects:
            yield await self._batch(objects)

    async def _batch(self, objects: Sequence[ObjectMeta]) -> _Batch:
        texts = {meta.key for meta in objects if _is_text(meta.key)}
        errors = [
            error_of(meta.key, "its key is not valid text")
            for meta in objects
            if meta.key not in texts
        ]
        async with self.parts.database.read() as tx:
            unknown = await queries.unknown_keys(tx, sorted(texts))
        storable = [meta for meta in objects if meta.key in texts]
        entries, registered = self._read(storable, unknown, errors)
        entries = await self._with_types(entries, errors)
        return _Batch(len(objects), registered, entries, errors)

    def _read(
        self, objects: Sequence[ObjectMeta], unknown: set[str], errors: list[str]
    ) -> tuple[list[Entry], int]:
        """Read the unknown keys; returns them with the number of objects that need no row."""
        entries: list[Entry] = []
        registered = 0
        for meta in objects:
            try:
                entry = self.keys.read(meta) if meta.key in unknown else None
            except UnreadableKeyError as error:
                errors.append(error_of(meta.key, error.detail))
                continue
            if entry is None:
                registered += 1
            else:
                entries.append(entry)
        return entries, registered

    async def _with_types(self, entries: list[Entry], errors: list[str]) -> list[Entry]:
        """Find the types, asking the store only where the name does not tell."""
        silent = [entry for entry in entries if not entry.mimetype]
        if not silent:
            return entries
        stated: dict[str, str] = {}

        async def ask(entry: Entry) -> None:
            key = entry.meta.key
            try:
                meta = await self.parts.store.head(key)
            except Error as error:
                # One object that cannot be read does not stop the others.
                errors.append(error_of(key, f"its type cannot be read: {error.detail}"))
            else:
                stated[key] = _usable(meta.attributes)

        await for_each(silent, ask, at_once=self.parts.options.copies_at_once)
        errors.sort()
        return [
            entry if entry.mimetype else entry._replace(mimetype=stated[entry.meta.key])
            for entry in entries
            if entry.mimetype or entry.meta.key in stated
        ]


@dataclass(slots=True)
class _Run:
    parts: DriveParts
    asked_by: str
    result: BackfillResult
    made: dict[Path, Node] = field(default_factory=dict[Path, Node])
    """What a dry run would have made by now."""

    async def take(self, batch: _Batch) -> None:
        plan = await self._write(batch.entries) if batch.entries else Plan()
        result = self.result
        result.scanned += batch.scanned
        result.already_registered += batch.registered + plan.registered
        result.folders_created += len(plan.folders)
        result.files_created += len(plan.files)
        result.add_errors(batch.errors + plan.errors)

    async def _write(self, entries: Sequence[Entry]) -> Plan:
        if self.result.dry_run:
            async with self.parts.database.read() as tx:
                existing = await _existing(tx, entries)
            plan = decide(entries, existing, self.made, new_id=self.parts.new_id)
            forget_passed(self.made, entries[-1].meta.key)
            return plan
        for _ in range(_TRIES - 1):
            try:
                return await self._write_once(entries)
            except (UniqueViolationError, TransactionConflictError):
                # Somebody changed the same rows this very moment: look again.
                continue
        return await self._write_once(entries)

    async def _write_once(self, entries: Sequence[Entry]) -> Plan:
        parts = self.parts
        owners = sorted({entry.path[0] for entry in entries})
        async with parts.database.transaction() as tx:
            await queries.commit_lazily(tx)
            await lock_drives(tx, owners)
            # Looked at again under the lock: an upload may have come in between.
            unknown = await queries.unknown_keys(tx, [entry.meta.key for entry in entries])
            fresh = [entry for entry in entries if entry.meta.key in unknown]
            existing = await _existing(tx, fresh)
            plan = decide(fresh, existing, {}, new_id=parts.new_id)
            plan.registered += len(entries) - len(fresh)
            await self._insert(tx, plan)
        return plan

    async def _insert(self, tx: Transaction, plan: Plan) -> None:
        if plan.folders:
            aside = await queries.insert_folders(tx, plan.folders, at=self.parts.clock())
            owners = {folder.path[0] for folder in plan.folders if folder.id in aside}
            if owners:
                await follow(tx, self.parts, sorted(owners), asked_by=self.asked_by)
        if plan.files:
            await queries.insert_files(tx, plan.files)
        if changes := plan.size_changes:
            await queries.add_sizes(tx, changes)


async def _existing(tx: ReadTransaction, entries: Sequence[Entry]) -> dict[Path, Node]:
    """Return what is at the paths of entries and above them, a query for each level."""
    found: dict[Path, Node] = {}
    for depth, level in enumerate(levels(entries)):
        above = {(owner, names): found.get((owner, names[:-1])) for owner, names in level}
        paths = [path for path, folder in above.items() if depth == 0 or _is_folder(folder)]
        if not paths:
            break
        parents = [folder.id if (folder := above[path]) else None for path in paths]
        found |= await queries.nodes_at(tx, paths, parents)
    return found


def _is_folder(node: Node | None) -> bool:
    return node is not None and node.is_folder


def _usable(attributes: Attributes | None) -> str:
    stated = attributes.content_type if attributes else UNKNOWN_MIMETYPE
    return stated if _STATED.fullmatch(stated) and stated not in _SAYS_NOTHING else UNKNOWN_MIMETYPE


def _is_text(key: str) -> bool:
    """Say whether the database can hold a key."""
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in key
