"""Whether all parts answer: asked seldom, told truly."""

import anyio
import pytest

from keyshelf.app.readiness import ReadinessCheck
from keyshelf.errors import UnavailableError

pytestmark = pytest.mark.anyio


class Part:
    """A part that counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.error: UnavailableError | None = None

    async def ask(self) -> None:
        self.asked += 1
        await anyio.lowlevel.checkpoint()
        if self.error:
            raise self.error


async def test_however_many_ask_the_part_is_asked_once() -> None:
    part = Part()
    readiness = ReadinessCheck({"store": part.ask})

    async with anyio.create_task_group() as group:
        for _ in range(50):
            group.start_soon(readiness)

    assert part.asked == 1


async def test_an_answer_is_kept_for_two_seconds() -> None:
    part, now = Part(), [0.0]
    readiness = ReadinessCheck({"store": part.ask}, clock=lambda: now[0])

    await readiness()
    part.error = UnavailableError("refused by 10.0.0.1")
    now[0] = 1.9
    kept = await readiness()
    now[0] = 2.1
    fresh = await readiness()

    assert (kept.is_ready, fresh.is_ready) == (True, False)
    assert fresh.failures == {"store": "refused by 10.0.0.1"}


async def test_one_part_that_fails_hides_no_other() -> None:
    bad, good = Part(), Part()
    bad.error = UnavailableError("away")

    found = await ReadinessCheck({"bad": bad.ask, "good": good.ask})()

    assert found.checks == {"bad": "away", "good": "ok"}
