"""Getting files of the drive back from the versions of its bucket."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from keyshelf.drive.backfill.service import BackfillResult, backfill
from keyshelf.drive.content.noticing import notice
from keyshelf.drive.parts import DriveParts
from keyshelf.errors import NotFoundError
from keyshelf.layout.keys import ObjectKey
from keyshelf.operations.versions.service import OnProgress, Wanted, recover
from keyshelf.operations.versions.values import Action, Change, Recovered
from keyshelf.store.versions import VersionedStore


class NothingThereError(NotFoundError):
    """The bucket has nothing of a file or folder, nor ever had: see how it is spelled."""

    code = "nothing-to-recover"


@dataclass(frozen=True, slots=True)
class RecoveredDrive:
    """What a recovery of files did, or with `dry_run` would do."""

    prefix: str
    at: datetime | None
    dry_run: bool
    objects: Recovered
    registered: BackfillResult | None
    """The files that have rows again; None in a dry run."""


async def recover_drive(
    parts: DriveParts,
    versions: VersionedStore,
    prefix: str,
    *,
    at: datetime | None,
    asked_by: str,
    dry_run: bool = False,
    on_progress: OnProgress | None = None,
) -> RecoveredDrive:
    """Bring back a deleted file, or all below a folder; with `at`, also what files held then.

    `prefix` is the key of the file or folder, or the root of a drive.

    Objects first, rows after them. A file that was overwritten tells of its older bytes and
    keeps its id; one that was purged is a new file. What was made later stays, and so does
    a file that has another name since: it is then there under both. A crash leaves some files
    done; twice is once.

    Raises `NothingThereError`, `VersionsOffError`, `BackfillRunningError`, and what listing raises.
    """

    async def changed(changes: Sequence[Change]) -> None:
        for change in changes:
            if change.action is not Action.REMOVE:
                await notice(parts, change.key, asked_by=asked_by)

    below = f"{prefix.removesuffix('/')}/"
    wanted = Wanted(
        prefix,
        at=at,
        role="source",
        keeps=lambda key: key == prefix or key.startswith(below),
    )
    objects = await recover(
        versions, wanted, dry_run=dry_run, on_progress=on_progress, on_changed=changed
    )
    if not objects.looked_at and prefix != below:
        above = prefix[: prefix.rindex("/") + 1]
        raise NothingThereError(
            f"the bucket has no {prefix}, nor ever had: `keyshelf recover list '{above}'` tells"
            " what can come back near it, `keyshelf trash` what is in the trash"
        )
    registered = None
    if not dry_run:
        registered = await backfill(parts, asked_by=asked_by, prefix=below)
        if prefix != below:
            # A listing by the key of a file would have those that only begin alike.
            alone = await backfill(parts, asked_by=asked_by, keys=[ObjectKey(prefix)])
            registered = _sum(registered, alone)
    return RecoveredDrive(prefix, at, dry_run, objects, registered)


def _sum(one: BackfillResult, other: BackfillResult) -> BackfillResult:
    return BackfillResult(
        dry_run=False,
        scanned=one.scanned + other.scanned,
        already_registered=one.already_registered + other.already_registered,
        folders_created=one.folders_created + other.folders_created,
        files_created=one.files_created + other.files_created,
        errors=[*one.errors, *other.errors],
    )
