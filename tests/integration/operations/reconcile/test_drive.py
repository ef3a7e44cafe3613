"""The source store beside its files, on a real server of S3's protocol."""

from dataclasses import replace
from functools import partial

import pytest

from keyshelf.concurrency import for_each
from keyshelf.database.pool import Database
from keyshelf.drive.changes import moves
from keyshelf.drive.expected import service as drive_rows
from keyshelf.drive.trash import service as trash
from keyshelf.drive.trash.purge import purge
from keyshelf.layout.backups import backup_key
from keyshelf.layout.keys import ObjectKey
from keyshelf.operations.reconcile import service as reconciling
from keyshelf.operations.reconcile.service import ReconcileParts, reconcile
from keyshelf.operations.reconcile.values import (
    Finding,
    Kind,
    Ledger,
    ReconcileRunningError,
    WrongBucketError,
)
from keyshelf.workflows.reconcile_store import drive_ledger
from tests.integration.drive.conftest import Drive

pytestmark = pytest.mark.anyio

ORPHAN = ObjectKey("anna/my-files/Ördner/it's (2)+a&b=c 😀.mov")


def ledger_of(drive: Drive) -> Ledger:
    return drive_ledger(drive.parts, asked_by="anna")


async def filled(drive: Drive) -> dict[Kind, ObjectKey]:
    """Fill a drive in which one thing of each kind is wrong; returns the keys of these."""
    folder = await drive.folder("Ördner")
    for number in range(6):
        await drive.file(f"right {number}", folder.id)
    gone = await drive.file("gone", folder.id)
    other = await drive.file("other")
    await drive.parts.store.delete(gone.key)
    await drive.parts.store.put(other.key, b"written by other hands")
    await drive.parts.store.put(ORPHAN, b"12345")
    await drive.parts.store.put(backup_key("20261123T041500Z"), b"a backup")
    return {Kind.ORPHAN: ORPHAN, Kind.MISSING: gone.key, Kind.WRONG_SIZE: other.key}


async def test_what_is_wrong_is_told_and_nothing_is_changed(
    drive: Drive, later: ReconcileParts
) -> None:
    wrong = await filled(drive)
    before = await drive.keys(), await drive.count("files")

    report = await reconcile(later, ledger_of(drive))

    assert {each.kind: each.key for each in report.findings} == wrong
    assert sorted(report.findings, key=lambda each: each.kind) == [
        Finding(Kind.MISSING, wrong[Kind.MISSING], expected=7),
        Finding(Kind.ORPHAN, ORPHAN, size=5),
        Finding(Kind.WRONG_SIZE, wrong[Kind.WRONG_SIZE], size=22, expected=7),
    ]
    counts = report.counts
    assert (counts.orphans, counts.orphan_bytes, counts.missing, counts.wrong_sizes) == (1, 5, 1, 1)
    assert (counts.objects, counts.rows, counts.repaired) == (len(before[0]), 8, 0)
    assert (await drive.keys(), await drive.count("files")) == before


async def test_repair_registers_orphans_and_notices_other_bytes(
    drive: Drive, later: ReconcileParts
) -> None:
    wrong = await filled(drive)

    done = await reconcile(later, ledger_of(drive), repair=True)
    again = await reconcile(later, ledger_of(drive), repair=True)

    assert {each.kind: each.repair for each in done.findings} == {
        Kind.ORPHAN: "registered",
        Kind.WRONG_SIZE: "noticed",
        Kind.MISSING: None,
    }
    assert done.counts.repaired == 2
    assert [each.key for each in again.findings] == [wrong[Kind.MISSING]]


async def test_what_is_young_or_trashed_or_being_uploaded_is_no_finding(
    drive: Drive, later: ReconcileParts, database: Database
) -> None:
    file = await drive.file("trashed")
    await trash.trash(drive.parts, drive.viewer, file.id)
    waiting = ObjectKey("anna/my-files/waits for deletion")
    await drive.parts.store.put(waiting, b"x")
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO object_deletions (s3_key) VALUES (%(key)s)", {"key": waiting})
    assert not (await reconcile(later, ledger_of(drive))).findings

    cut = await drive.file("cut")
    await drive.parts.store.put(ORPHAN, b"on its way")
    await drive.parts.store.put(cut.key, b"x")

    report = await reconcile(ReconcileParts(database), ledger_of(drive))

    assert not report.findings
    assert report.counts.young == 2


async def test_a_run_that_was_killed_goes_on_where_it_was(
    drive: Drive, later: ReconcileParts
) -> None:
    wrong = await filled(drive)
    whole = await reconcile(later, ledger_of(drive))

    async def die(done: int) -> None:
        if done >= 4:
            raise KeyError("killed")

    with pytest.raises(KeyError):
        await reconcile(later, ledger_of(drive), on_progress=die)
    (cut, *_) = await reconciling.find_all(later)
    went_on = await reconcile(later, ledger_of(drive))

    assert cut.finished_at is None
    assert cut.compared_to > ""
    assert went_on.id == cut.id
    assert went_on.finished_at is not None
    assert (went_on.counts, went_on.findings) == (whole.counts, whole.findings)
    assert {each.key for each in went_on.findings} == set(wrong.values())


async def test_two_at_once_do_not_compare_the_same_store(
    drive: Drive, later: ReconcileParts
) -> None:
    await filled(drive)
    refused = 0

    async def another(_done: int) -> None:
        nonlocal refused
        with pytest.raises(ReconcileRunningError):
            await reconcile(later, ledger_of(drive))
        refused += 1

    await reconcile(later, ledger_of(drive), on_progress=another)

    assert refused > 1


async def test_a_living_drive_has_no_findings(drive: Drive, later: ReconcileParts) -> None:
    files = [await drive.file(f"file {number}") for number in range(10)]
    steps = iter(range(100))

    async def live(_done: int) -> None:
        number = next(steps)
        await drive.file(f"new {number}")
        if files:
            renamed, gone = files.pop(), files.pop(0)
            wanted = moves.Move(filename=f"a {number}")
            await drive.finish(await moves.move(drive.parts, drive.viewer, renamed.id, wanted))
            await trash.trash(drive.parts, drive.viewer, gone.id)
            await purge(drive.parts, None, later.clock())

    report = await reconcile(later, ledger_of(drive), on_progress=live)

    assert next(steps) > 3
    assert not report.findings


async def test_a_bucket_listed_in_many_places_is_the_same(
    drive: Drive, later: ReconcileParts
) -> None:
    wrong = await filled(drive)
    landmarks = partial(drive_rows.landmarks, drive.parts, stride=2)

    report = await reconcile(later, replace(ledger_of(drive), landmarks=landmarks))

    assert report.counts.objects == len(await drive.keys())
    assert {each.key for each in report.findings} == set(wrong.values())


async def test_nothing_is_repaired_by_a_wrong_bucket(drive: Drive, later: ReconcileParts) -> None:
    file = await drive.file("the only one")
    await drive.parts.store.delete(file.key)

    with pytest.raises(WrongBucketError, match="the right one"):
        await reconcile(later, ledger_of(drive), repair=True)

    await drive.parts.store.put(ORPHAN, b"something else is there")
    assert (await reconcile(later, ledger_of(drive), repair=True)).counts.missing == 1


async def test_many_findings_are_looked_at_again_at_once(
    drive: Drive, later: ReconcileParts
) -> None:
    strange = [ObjectKey(f"anna/my-files/{number:02} of many") for number in range(60)]
    await for_each(strange, lambda key: drive.parts.store.put(key, b"12345"), at_once=16)
    file = await drive.file("gone")
    await drive.parts.store.delete(file.key)

    at_once = replace(later, objects_at_once=1000)
    report = await reconcile(at_once, ledger_of(drive))

    assert [each.key for each in report.findings] == sorted([*strange, file.key])
    assert (report.counts.orphans, report.counts.orphan_bytes, report.counts.missing) == (
        60,
        300,
        1,
    )
