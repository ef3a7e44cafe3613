"""Looking at the tree as a whole, and at a sample of its sizes."""

from collections.abc import Sequence
from dataclasses import dataclass

from keyshelf.database.transactions import ReadTransaction
from keyshelf.drive.soundness import queries
from keyshelf.drive.soundness.values import FolderInCycle, Sample, WrongSize


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong with a tree."""

    cycles: Sequence[FolderInCycle]
    wrong_sizes: Sequence[WrongSize]


async def look(tx: ReadTransaction, sample: Sample) -> Findings:
    """Return which folders are in cycles, and which that changed last have a wrong size."""
    return Findings(
        cycles=await queries.folders_in_cycles(tx, sample),
        wrong_sizes=await queries.wrong_folder_sizes(tx, sample),
    )
