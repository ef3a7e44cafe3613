"""Which version is to be there of an object whose name tells what its bytes are."""

from collections.abc import Awaitable, Callable, Sequence
from enum import Enum, auto

from keyshelf.errors import IntegrityError
from keyshelf.operations.versions.choosing import Step, objects_of, return_to
from keyshelf.operations.versions.values import NothingSoundError
from keyshelf.store.versions import ObjectVersion


class Verdict(Enum):
    """What can be said of the bytes of a version."""

    SOUND = auto()
    DAMAGED = auto()
    """They are not what the name says."""
    UNTOLD = auto()
    """Nothing speaks against them; it takes a key that is not at hand to be sure."""


Judge = Callable[[ObjectVersion], Awaitable[Verdict]]
"""Reads a version as far as it takes to judge it; may raise what reading does."""


class UntoldVersionsError(IntegrityError):
    """Versions of an object differ, and only the key of its repository tells which is sound."""

    code = "untold-versions"


async def healing(history: Sequence[ObjectVersion], judge: Judge) -> Step | None:
    """Return how the newest sound version comes to be there; None when it is there.

    Without a key, the only version that nothing speaks against is taken for sound. Raises
    `NothingSoundError`, `UntoldVersionsError`, and what the judge does.
    """
    untold: list[ObjectVersion] = []
    objects = objects_of(history)
    for version in objects:
        verdict = await judge(version)
        if verdict is Verdict.SOUND:
            return return_to(history, version)
        if verdict is Verdict.UNTOLD:
            untold.append(version)
    if len(untold) == 1:
        return return_to(history, untold[0])
    if not objects:
        raise NothingSoundError("no version of it is left in the bucket")
    if not untold:
        raise NothingSoundError("it is damaged, and so is every version of it in the bucket")
    times = ", ".join(f"{each.modified_at.isoformat()} ({each.size:,} bytes)" for each in untold)
    raise UntoldVersionsError(
        f"its versions differ: {times}. Which is sound is told with the repository's key"
        " (KEYSHELF_PASSPHRASE or KEYSHELF_REPOSITORY_KEY); without it, `keyshelf recover prefix"
        f" {history[0].key} --store repository --at TIME` takes one by its time"
    )
