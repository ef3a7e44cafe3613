"""Which handler does which kind of job."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from keyshelf.errors import InvalidInputError
from keyshelf.jobs.context import JobContext
from keyshelf.jobs.values import JobKind, Payload


class Handler(Protocol):
    """Does one attempt at a job and returns its result.

    It may run twice for one job, even at the same time when a worker was taken for
    dead, and must come to the same end.
    """

    async def __call__(self, context: JobContext, payload: Payload) -> Payload | None:
        """Work; raising `InvalidInputError`, `NotFoundError` or `IntegrityError` is final.

        `JobWaitingError` has it run again later without counting the attempt.
        """
        ...


@dataclass(frozen=True, slots=True)
class Registration:
    """A kind and its handler."""

    kind: JobKind
    handler: Handler


class Registry:
    """The kinds that this process can run."""

    def __init__(self, registrations: Iterable[Registration]) -> None:
        self._by_name: dict[str, Registration] = {}
        for each in registrations:
            if self._by_name.setdefault(each.kind.name, each) is not each:
                raise InvalidInputError(f"two handlers for jobs of the kind {each.kind.name}")

    def find(self, kind: str) -> Registration | None:
        """Return the registration of a kind, or None for one that is unknown here."""
        return self._by_name.get(kind)
