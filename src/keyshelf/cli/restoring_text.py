"""What a version needs restored, as people and programs read it."""

from collections.abc import Sequence
from datetime import timedelta

from keyshelf.cli.output import count_text, size_text
from keyshelf.jobs.values import Payload
from keyshelf.operations.restoring.values import Choice, Wait
from keyshelf.repositories.paths import path_shown
from keyshelf.workflows import restore_shown
from keyshelf.workflows.restore_chunks import RestoreOptions, VersionPlan

_SHOWN = 20


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
        more, named = len(planned.paths) - _SHOWN, restore_shown.NAMED
        found.append(f"  and {more:,} more: --json names up to {named:,}")
    if planned.is_partial:
        found.append("and what folders and lists among these lead to, which is known afterwards")
    found += [_choice(each, options, currency) for each in plan.choices]
    return found


def document(planned: VersionPlan, options: RestoreOptions, currency: str) -> Payload:
    """Return a plan as a document."""
    return restore_shown.document(planned, days=options.days, currency=currency)


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
