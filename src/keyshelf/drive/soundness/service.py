"""Looking at a sample of the tree."""

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
    """Return what is wrong with the folders that changed last; changes nothing."""
    return Findings(
        cycles=await queries.folders_in_cycles(tx, sample),
        wrong_sizes=await queries.wrong_folder_sizes(tx, sample),
    )
