"""What an administrator is shown of checks, backups and rules."""

from datetime import UTC, datetime
from uuid import UUID

from keyshelf.api.operations_schemas import BackupOut, CheckedOut, StoreRulesOut
from keyshelf.app.bucket_rules import PlannedKind, PlannedStore
from keyshelf.app.overview import LastBackup
from keyshelf.operations.reconcile.values import Counts, Report
from keyshelf.operations.rules.applying import Comparison
from keyshelf.operations.rules.comparing import Change, ChangeKind, FieldChange
from keyshelf.store.control import RuleKind

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def compared(*changes: Change, is_asked_for: bool = True) -> Comparison:
    return Comparison(
        RuleKind.LIFECYCLE, is_asked_for, None, None, changes, ["theirs"], ["careful"]
    )


def test_a_difference_comes_with_the_command_that_applies_it() -> None:
    added = Change("TransitionToWarm", ChangeKind.ADDED, [FieldChange("Days", None, 30)])
    store = PlannedStore("repository", "s3://b", [PlannedKind(RuleKind.LIFECYCLE, compared(added))])

    [shown] = StoreRulesOut.of(store).kinds

    assert (shown.state, shown.kept, shown.warnings) == ("differs", ["theirs"], ["careful"])
    assert shown.changes[0].fields[0].after == 30
    assert shown.command == "keyshelf lifecycle apply --store repository"


def test_what_does_not_differ_needs_no_command() -> None:
    kinds = [
        PlannedKind(RuleKind.LIFECYCLE, compared()),
        PlannedKind(RuleKind.LOGGING, compared(is_asked_for=False)),
        PlannedKind(RuleKind.ENCRYPTION, problem="no right to look", is_unknown=False),
    ]

    shown = StoreRulesOut.of(PlannedStore("source", "s3://b", kinds)).kinds

    assert [each.state for each in shown] == ["as-wanted", "not-asked-for", "unknown"]
    assert [each.command for each in shown] == [None, None, None]
    assert shown[2].problem == "no right to look"


def test_a_reconciliation_tells_what_was_found_and_repaired() -> None:
    counts = Counts(orphans=2, missing=1, repaired=2)
    report = Report(UUID(int=1), "source", True, NOW, NOW, "z", counts)

    shown = CheckedOut.of_store(report)

    assert (shown.name, shown.findings, shown.repaired, shown.at) == ("source", 3, 2, NOW)


def test_where_backups_cannot_be_listed_the_reason_is_told() -> None:
    shown = BackupOut.of(LastBackup("source", 24, problem="no answer"))

    assert (shown.name, shown.problem, shown.hours) == (None, "no answer", 24)
