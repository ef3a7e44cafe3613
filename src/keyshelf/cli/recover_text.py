"""How what was recovered is printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keyshelf.cli import output
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.output import count_text, size_text, time_text

if TYPE_CHECKING:
    from keyshelf.operations.versions.values import Recovered
    from keyshelf.workflows.recover_drive import RecoveredDrive
    from keyshelf.workflows.recover_repository import RecoveredRepository

_SHOWN = 20
_SIGNS = {"undelete": "+", "revert": "~", "remove": "-"}


@dataclass(frozen=True, slots=True)
class Told:
    """What is printed, and how the command ends."""

    lines: Sequence[str]
    code: ExitCode = ExitCode.OK
    is_nothing: bool = False
    """Whether there is nothing to do."""


def objects(done: "Recovered") -> Told:
    """Tell of objects: `+` was deleted, `~` was overwritten or damaged, `-` is younger."""
    would = "would be " if done.dry_run else ""
    rows = [
        [
            _SIGNS[each.action],
            output.printable(each.key),
            size_text(each.size),
            time_text(each.since),
        ]
        for each in done.changes[:_SHOWN]
    ]
    lines = output.table(rows, right=[2])
    if done.changed > _SHOWN:
        lines.append(f"and {done.changed - _SHOWN:,} more: --json names up to 1,000")
    counts = [
        f"{count:,} {would}{verb}"
        for count, verb in (
            (done.undeleted, "undeleted"),
            (done.reverted, "reverted"),
            (done.removed, "removed"),
        )
        if count
    ]
    looked = f"looked at {count_text(done.looked_at, 'object')}"
    what = f"{', '.join(counts)} ({size_text(done.bytes)})" if counts else "nothing to bring back"
    lines.append(f"{looked}: {what}")
    if done.newer:
        stay = "is younger and stays" if done.newer == 1 else "are younger and stay"
        lines.append(f"{count_text(done.newer, 'object')} {stay}")
    lines += [
        output.printable(f"NOT brought back: {each.key}: {each.detail}")
        for each in done.problems[:_SHOWN]
    ]
    code = ExitCode.SOME_FAILED if done.problems_count else ExitCode.OK
    return Told(lines, code, is_nothing=not done.changed)


def drive(done: "RecoveredDrive") -> Told:
    """Tell of files of a drive."""
    told = objects(done.objects)
    lines = list(told.lines)
    registered = done.registered
    if registered is not None and registered.files_created + registered.folders_created:
        folders = count_text(registered.folders_created, "folder")
        lines.append(
            f"in the drive again: {folders} and {count_text(registered.files_created, 'file')}"
        )
    return Told(lines, told.code, told.is_nothing)


def repository(done: "RecoveredRepository") -> Told:
    """Tell of a repository: its objects, its refs, and whether all of it is sound."""
    told = objects(done.objects)
    would = "would lead" if done.dry_run else "leads"
    lines = list(told.lines)
    for ref in done.refs:
        line = f"{ref.kind} {ref.name} {would} to {ref.commit[:12]} again"
        if ref.kept_as is not None:
            line += f"; what it led to is kept as the tag {ref.kept_as}"
        lines.append(output.printable(line))
    if not done.refs:
        lines.append(f"the refs of {done.name} lead to where they led then")
    if done.rebuilt is not None:
        lines += [
            output.printable(f"could not be read: {each.key}: {each.detail}")
            for each in done.rebuilt.problems[:_SHOWN]
        ]
    code = told.code
    if done.report is not None:
        is_sound = done.report.is_clean
        lines.append(
            f"checked: {count_text(done.report.commits, 'commit')},"
            f" {count_text(done.report.chunks, 'chunk')}, "
            + ("sound" if is_sound else f"{done.report.damaged_count:,} DAMAGED: `keyshelf check`")
        )
        code = code if is_sound else ExitCode.INTEGRITY
    return Told(lines, code, is_nothing=told.is_nothing and not done.refs)
