"""What each store is compared with, and how what is found is put right.

Nothing of which there is doubt is deleted: an object that nobody tells of becomes a file of
its drive, is given back to the repository that needs it or to the collector, and goes only
where it can be made again.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from keyshelf.database.pool import Database
from keyshelf.drive.backfill.service import backfill
from keyshelf.drive.content.noticing import notice
from keyshelf.drive.expected import service as drive_rows
from keyshelf.drive.parts import DriveParts
from keyshelf.layout.backups import parse_backup_key
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.probes import PROBE_PREFIX
from keyshelf.layout.repository import parse_chunk_key, parse_repository_key
from keyshelf.media.expected import repairing as media_repairing
from keyshelf.media.expected import service as media_rows
from keyshelf.operations.reconcile.listing import STRIDE
from keyshelf.operations.reconcile.values import Finding, Kind, Ledger, Repair
from keyshelf.repositories.expected import repairing as repository_repairing
from keyshelf.repositories.expected import service as repository_rows
from keyshelf.repositories.mirroring import mirror
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.rebuild.service import rebuild
from keyshelf.repositories.unlocking import Unlocking
from keyshelf.store.base import ObjectStore
from keyshelf.store.expected import Expected, Look
from keyshelf.store.primary import primary_of

SOURCE, MEDIA, REPOSITORY = "source", "media", "repository"


def drive_ledger(parts: DriveParts, *, asked_by: str) -> Ledger:
    """Return the source store with its files."""

    async def repair(findings: Sequence[Finding]) -> Mapping[ObjectKey, str]:
        orphans = [each.key for each in findings if each.kind is Kind.ORPHAN]
        done: dict[ObjectKey, str] = {}
        if orphans:
            await backfill(parts, asked_by=asked_by, keys=orphans)
            rows = await drive_rows.look(parts, orphans)
            done = {key: "registered" for key in orphans if key in rows}
        for each in findings:
            is_other = each.kind is Kind.WRONG_SIZE
            if is_other and await notice(parts, each.key, asked_by=asked_by):
                done[each.key] = "noticed"
        return done

    return Ledger(
        SOURCE,
        parts.store,
        expected=partial(drive_rows.expected, parts),
        look=_with_own(partial(drive_rows.look, parts)),
        landmarks=partial(drive_rows.landmarks, parts, stride=STRIDE),
        repair=repair,
    )


def media_ledger(database: Database, store: ObjectStore) -> Ledger:
    """Return the media store with its renditions."""

    async def repair(findings: Sequence[Finding]) -> Mapping[ObjectKey, str]:
        orphans = [each.key for each in findings if each.kind is Kind.ORPHAN]
        missing = [each.key for each in findings if each.kind is Kind.MISSING]
        removed = await media_repairing.remove_orphans(database, store, orphans)
        forgotten = await media_repairing.forget_missing(database, missing)
        return dict.fromkeys(removed, "deleted") | dict.fromkeys(forgotten, "forgotten")

    return Ledger(
        MEDIA,
        store,
        expected=partial(media_rows.expected, database),
        look=_with_own(partial(media_rows.look, database)),
        repair=repair,
    )


def repository_ledger(parts: RepositoryParts, *, unlocking: Unlocking | None = None) -> Ledger:
    """Return the repository store with its chunks, commits and documents.

    With `unlocking`, repairing tells which chunks an encrypted repository needs; without, all
    of its key count as needed.
    """
    primary = parts.of_primary

    async def repair(findings: Sequence[Finding]) -> Mapping[ObjectKey, str]:
        missing = [each.key for each in findings if each.kind is Kind.MISSING]
        forgotten = await repository_repairing.forget_missing(primary, missing)
        done = dict.fromkeys(forgotten, "forgotten")
        for key in missing:
            if repository := parse_repository_key(key):
                await mirror(primary, repository)
                done[key] = "written again"
        return done

    async def repair_at_end() -> Repair:
        # Only a walk through all commits tells for sure that nobody needs a chunk.
        await rebuild(primary, unlockings=[unlocking] if unlocking else [])
        return became

    async def became(findings: Sequence[Finding]) -> Mapping[ObjectKey, str]:
        rows = await repository_rows.look(primary, [each.key for each in findings])
        return {
            key: "registered" if row.is_required else "handed to the collector"
            for key, row in rows.items()
        }

    return Ledger(
        REPOSITORY,
        primary_of(parts.store),
        expected=partial(repository_rows.expected, primary),
        look=_with_own(partial(repository_rows.look, primary)),
        landmarks=partial(repository_rows.landmarks, primary, stride=STRIDE),
        repair=repair,
        is_deferred=_is_orphan_chunk,
        repair_at_end=repair_at_end,
    )


def _is_orphan_chunk(finding: Finding) -> bool:
    return finding.kind is Kind.ORPHAN and parse_chunk_key(finding.key) is not None


def _with_own(look: Look) -> Look:
    """Know Keyshelf's own area as well, in any store: backups and probes."""

    async def known(keys: Sequence[ObjectKey]) -> Mapping[ObjectKey, Expected]:
        own = {
            key: Expected(key, None, is_required=False)
            for key in keys
            if key.startswith(PROBE_PREFIX) or parse_backup_key(key) is not None
        }
        return {**own, **await look(keys)}

    return known
