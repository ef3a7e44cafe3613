"""Asking again: only for what passes, only so often, with growing waits."""

from dataclasses import replace

import pytest

from keyshelf.client.failures import (
    RemoteConflictError,
    RemoteLimitError,
    RemoteUnavailableError,
    ServiceUnreachableError,
    UnexpectedAnswerError,
)
from keyshelf.client.retrying import RetryOptions, retrying
from keyshelf.errors import Error, NotFoundError

OPTIONS = RetryOptions(
    attempts=4, first_wait=1.0, longest_wait=3.0, longest_asked_wait=10.0, patience=0
)


class Failing:
    """Fails with each of the errors in turn, then succeeds."""

    def __init__(self, *errors: Error) -> None:
        self.left = list(errors)
        self.waits: list[float] = []

    async def action(self) -> str:
        if self.left:
            raise self.left.pop(0)
        return "done"

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    async def run(self, options: RetryOptions = OPTIONS) -> str:
        return await retrying(
            self.action,
            options=options,
            sleep=self.sleep,
            spread=lambda: 1.0,
            now=lambda: sum(self.waits),
        )


def away(**extras: object) -> Error:
    return ServiceUnreachableError("away", **extras)


def broken() -> Error:
    return RemoteUnavailableError("no database", code="database-unavailable", status=503)


@pytest.mark.anyio
async def test_why_a_request_failed_is_told_although_it_is_still_held_as_running() -> None:
    running = RemoteConflictError("running", code="request-in-progress", status=409)

    with pytest.raises(RemoteUnavailableError, match="no database"):
        await Failing(broken(), *[running] * 3).run()


@pytest.mark.anyio
async def test_what_passes_is_asked_again_after_growing_waits() -> None:
    failing = Failing(away(), away(), away())

    assert await failing.run() == "done"
    assert failing.waits == [1.0, 2.0, 3.0]


@pytest.mark.anyio
async def test_it_is_asked_only_so_often() -> None:
    failing = Failing(*(away() for _ in range(4)))

    with pytest.raises(ServiceUnreachableError):
        await failing.run()


@pytest.mark.anyio
async def test_what_went_away_is_waited_for_however_many_attempts_that_takes() -> None:
    failing, told = Failing(*(away() for _ in range(10))), list[Error]()
    patient = replace(OPTIONS, patience=30.0, on_wait=told.append)

    assert await failing.run(patient) == "done"
    assert failing.waits == [1.0, 2.0, *[3.0] * 8]
    assert len(told) == 1


@pytest.mark.anyio
async def test_patience_ends() -> None:
    failing = Failing(*(away() for _ in range(99)))

    with pytest.raises(ServiceUnreachableError):
        await failing.run(replace(OPTIONS, patience=30.0))
    assert 30.0 <= sum(failing.waits) <= 33.0


@pytest.mark.anyio
async def test_what_answers_that_it_cannot_is_asked_only_so_often() -> None:
    failing = Failing(*(broken() for _ in range(99)))

    with pytest.raises(RemoteUnavailableError):
        await failing.run(replace(OPTIONS, patience=30.0))
    assert len(failing.waits) == OPTIONS.attempts - 1


@pytest.mark.anyio
async def test_a_wait_that_was_asked_for_is_kept() -> None:
    failing = Failing(RemoteLimitError("slow", code="rate-limited", status=429, retry_after=7))

    assert await failing.run() == "done"
    assert failing.waits == [7.0]


@pytest.mark.anyio
async def test_the_first_sending_still_running_is_waited_for() -> None:
    failing = Failing(RemoteConflictError("running", code="request-in-progress", status=409))

    assert await failing.run() == "done"


@pytest.mark.anyio
@pytest.mark.parametrize(
    "error",
    [
        NotFoundError("gone"),
        UnexpectedAnswerError("a page of somebody else"),
        RemoteConflictError("taken", code="name-taken", status=409),
        RemoteLimitError("too large", code="too-large", status=413),
        away(retry_after=3600),
        RemoteUnavailableError("full", code="store-full", status=503, retry_after=5),
    ],
)
async def test_what_does_not_pass_is_not_asked_again(error: Error) -> None:
    failing = Failing(error)

    with pytest.raises(type(error)):
        await failing.run()
    assert failing.waits == []
