"""Whether every part that the service stands on answers."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from time import monotonic

import anyio

from keyshelf.access.single_flight import SingleFlight
from keyshelf.errors import Error
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)

_OK = "ok"
_KEPT_SECONDS = 2.0
_PATIENCE_SECONDS = 8.0

Ask = Callable[[], Awaitable[None]]
"""Asks one part for something; raises an `Error` when it does not answer as it should."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the service can work, and what each part said: `ok`, or what is wrong."""

    checks: Mapping[str, str]

    @property
    def is_ready(self) -> bool:
        """Whether every part is well."""
        return not self.failures

    @property
    def failures(self) -> Mapping[str, str]:
        """What is wrong, by part."""
        return {name: said for name, said in self.checks.items() if said != _OK}


class ReadinessCheck:
    """Asks all parts at once; however many want to know, the parts are asked every two seconds.

    What changed since the answer before is logged.
    """

    def __init__(self, parts: Mapping[str, Ask], *, clock: Callable[[], float] = monotonic) -> None:
        self._parts = parts
        self._clock = clock
        self._flight = SingleFlight[Readiness]()
        self._known = Readiness(dict.fromkeys(parts, _OK))
        self._known_until = float("-inf")

    async def __call__(self) -> Readiness:
        """Return how all parts are, as asked now or less than two seconds ago."""
        if self._clock() < self._known_until:
            return self._known
        return await self._flight.run("parts", self._look)

    async def _look(self) -> Readiness:
        said: dict[str, str] = {}

        async def ask(name: str) -> None:
            said[name] = await _said(self._parts[name])

        async with anyio.create_task_group() as group:
            for name in self._parts:
                group.start_soon(ask, name)
        found = Readiness({name: said[name] for name in self._parts})
        self._tell(self._known, found)
        self._known, self._known_until = found, self._clock() + _KEPT_SECONDS
        return found

    def _tell(self, before: Readiness, now: Readiness) -> None:
        for name, said in now.failures.items():
            if name not in before.failures:
                _log.warning("not ready", part=name, error=said)
        for name in before.failures.keys() - now.failures.keys():
            _log.warning("ready again", part=name)


async def _said(ask: Ask) -> str:
    try:
        with anyio.fail_after(_PATIENCE_SECONDS):
            await ask()
    except Error as error:
        return error.detail
    except TimeoutError:
        return f"no answer within {_PATIENCE_SECONDS:.0f} s"
    return _OK
