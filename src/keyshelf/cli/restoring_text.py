"""What a version needs restored, as people and programs read it."""

from collections.abc import Sequence
from datetime import timedelta

from keyshelf.cli.output import count_text, size_text
from keyshelf.operations.restoring.values import Choice, Wait
from keyshelf.repositories.paths import path_shown, path_text
from keyshelf.workflows.restore_chunks import RestoreOptions, VersionPlan

_SHOWN = 20
_NAMED = 1000


def lines(planned: VersionPlan, options: RestoreOptions, currency: str) -> Sequence[str]:
    """Return a plan as lines."""
    plan = planned.plan
    if not planned.looked_at:
        return ["nothing must be restored: this store has no class that must be"]
    if not planned.objects:
        return [f"nothing must be restored: {count_text(planned.looked_at, 'chunk')} looked at"]
    found = [
        f"{count_text(each.objects, 'chunk')} in {each.of.name}, {size_text(each.bytes)}"
        + (f", {each.asked:,} of them asked for already" if each.asked else "")
        for each in plan.totals
    ]
    found += [f"needed by {count_text(len(planned.paths), 'file')}"]
    found += [f"  {path_shown(each)}" for each in planned.paths[:_SHOWN]]
    if len(planned.paths) > _SHOWN:
        found.append(f"  and {len(planned.paths) - _SHOWN:,} more: --json names up to {_NAMED:,}")
    if planned.is_partial:
        found.append("and what folders and lists among these lead to, which is known afterwards")
    found += [_choice(each, options, currency) for each in plan.choices]
    return found


def document(planned: VersionPlan, options: RestoreOptions, currency: str) -> dict[str, object]:
    """Return a plan as a document."""
    plan = planned.plan
    return {
        "objects": plan.objects,
        "bytes": plan.bytes,
        "asked": plan.asked,
        "looked_at": planned.looked_at,
        "is_partial": planned.is_partial,
        "days": options.days,
        "currency": currency,
        "classes": [
            {
                "class": each.of.storage_class,
                "name": each.of.name,
                "objects": each.objects,
                "bytes": each.bytes,
                "asked": each.asked,
            }
            for each in plan.totals
        ],
        "choices": [
            {
                "tier": each.tier,
                "seconds": [each.wait.least.total_seconds(), each.wait.most.total_seconds()],
                "cost": None if each.cost is None else float(each.cost),
            }
            for each in plan.choices
        ],
        "chunks": [each.key.rpartition("/")[2] for each in planned.objects[:_NAMED]],
        "files_count": len(planned.paths),
        "files": [path_text(each) for each in planned.paths[:_NAMED]],
    }


def _choice(choice: Choice, options: RestoreOptions, currency: str) -> str:
    kept = f" with {options.days} days of copies" if choice.cost is not None else ""
    cost = "no price known" if choice.cost is None else f"{choice.cost:,.2f} {currency}"
    return f"{choice.tier}: {wait_text(choice.wait)}, {cost}{kept}"


def wait_text(wait: Wait) -> str:
    """Return how long something takes, in the unit that fits."""
    unit, noun = (timedelta(hours=1), "hour")
    if wait.most < unit:
        unit, noun = (timedelta(minutes=1), "minute")
    least, most = wait.least // unit, wait.most // unit
    return f"{least} to {most} {noun}s" if least else f"up to {count_text(most, noun)}"
