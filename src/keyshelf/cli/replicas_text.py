"""How the comparison of a replica is printed."""

from typing import TYPE_CHECKING

from keyshelf.cli import output
from keyshelf.cli.output import count_text, size_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from keyshelf.operations.replicas.values import Report

_SHOWN = 20
_DAMAGED: "Mapping[str | None, str]" = {
    None: "",
    "store": "damaged in the store",
    "replica": "damaged in the replica",
    "both": "damaged on both sides",
    "unknown": "damaged on one side",
}


def lines(report: "Report") -> "Sequence[str]":
    """Tell how far a replica is behind, naming the first of what it lacks."""
    return [_head(report), *_findings(report), *_problems(report)]


def _head(report: "Report") -> str:
    direction = "from" if report.is_back else "to"
    place = f"{direction} replica {report.replica} ({report.region})"
    compared = f"{count_text(report.objects, 'object')}, {size_text(report.bytes)}"
    words = [f"{place}: {compared} compared"]
    if report.copied:
        copied = count_text(report.copied, "object")
        words.append(f"{copied} ({size_text(report.copied_bytes)}) copied")
    words += [
        f"{count:,} {word}"
        for count, word in (
            (report.missing, f"missing ({size_text(report.missing_bytes)})"),
            (report.older, "older"),
            (report.different, "different"),
            (report.extra, f"extra ({size_text(report.extra_bytes)})"),
        )
        if count
    ]
    if not report.behind:
        words.append("nothing is missing")
    elif report.lag:
        words.append(f"behind by {_duration(report.lag.total_seconds())}")
    return ", ".join(words)


def _findings(report: "Report") -> list[str]:
    rows = [
        [each.kind, output.printable(each.key), size_text(each.size), _DAMAGED[each.damaged]]
        for each in report.findings[:_SHOWN]
    ]
    lines = [f"  {line}".rstrip() for line in output.table(rows, right=[2])]
    left = report.behind + report.extra - len(rows)
    if left:
        lines.append(f"  and {left:,} more: --json names up to 1,000")
    return lines


def _problems(report: "Report") -> list[str]:
    lines: list[str] = []
    if report.incomplete:
        manifests = count_text(report.incomplete, "manifest")
        lines.append(f"  {manifests} there may need chunks that are missing there")
    if report.extra and not report.is_back:
        lines.append("  what is extra stays: nothing is deleted from a replica")
    if report.unproved:
        lines.append("  a chunk or manifest only gives way to one that is proved right")
    if not report.is_back and any(each.damaged == "store" for each in report.findings):
        back = f"keyshelf replication backfill --from {report.replica}"
        lines.append(f"  what is damaged in the store: `{back}` brings what is proved right")
    if report.is_back and report.older + report.different > report.unproved and not report.dry_run:
        lines.append("  what differs stayed as it is, unless --replace was said")
    lines += [
        output.printable(f"  NOT copied: {each.key}: {each.detail}")
        for each in report.problems[:_SHOWN]
    ]
    if report.held_back:
        lines.append("  manifests and metadata wait until all chunks can be copied")
    return lines


def _duration(seconds: float) -> str:
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= 2 * length:
            return f"{int(seconds // length)} {unit}s"
    return f"{int(seconds)} seconds"
