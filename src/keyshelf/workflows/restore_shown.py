"""What a version needs restored, as a document for programs."""

from keyshelf.jobs.values import Payload
from keyshelf.operations.restoring.values import Choice
from keyshelf.repositories.paths import path_text
from keyshelf.workflows.restore_chunks import VersionPlan

NAMED = 1000
"""How many chunks and files a document names; all are counted."""


def document(planned: VersionPlan, *, days: int, currency: str, names: bool = True) -> Payload:
    """Return a plan as a document; without `names` it counts files, and names none."""
    plan = planned.plan
    return {
        "objects": plan.objects,
        "bytes": plan.bytes,
        "asked": plan.asked,
        "restored": planned.restored,
        "restored_bytes": planned.restored_bytes,
        "looked_at": planned.looked_at,
        "is_partial": planned.is_partial,
        "days": days,
        "currency": currency,
        "classes": [
            {
                "class": each.of.storage_class.value,
                "name": each.of.name,
                "objects": each.objects,
                "bytes": each.bytes,
                "asked": each.asked,
            }
            for each in plan.totals
        ],
        "choices": [choice(each) for each in plan.choices],
        "chunks": [each.key.rpartition("/")[2] for each in planned.objects[:NAMED]],
        "files_count": len(planned.paths),
        "files": [path_text(each) for each in planned.paths[:NAMED]] if names else [],
    }


def choice(of: Choice) -> Payload:
    """Return one way to restore things as a document."""
    return {
        "tier": of.tier.value,
        "seconds": [of.wait.least.total_seconds(), of.wait.most.total_seconds()],
        "cost": None if of.cost is None else float(of.cost),
    }
