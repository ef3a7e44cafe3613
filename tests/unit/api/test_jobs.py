"""What of a job its reader sees."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from keyshelf.access.identity import ALL_SCOPES, Identity, Scope
from keyshelf.api.routes.jobs import shown
from keyshelf.jobs.values import Job, JobFailure, JobState, Progress
from keyshelf.layout.drive import owner_id
from keyshelf.repositories.scheduling import CHECK, COLLECT

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ANNA = Identity(
    id=owner_id("anna"),
    name="Anna",
    email=None,
    is_admin=False,
    scopes=ALL_SCOPES,
    credential="token",
)
BOSS = replace(ANNA, id=owner_id("boss"), is_admin=True)
FOR_THE_DRIVE = replace(ANNA, scopes=ALL_SCOPES - {Scope.REPOSITORY_READ})
DONE = Job(
    id=uuid4(),
    kind=CHECK.name,
    queue="large",
    owner_id="anna",
    payload={},
    state=JobState.FAILED,
    run_at=NOW,
    attempts=1,
    max_attempts=3,
    cancel_requested=False,
    progress=Progress(1, 1, "objects"),
    error=JobFailure("broken-history", "'secret.mov' names nothing in a folder"),
    result={"hurt_files": [{"path": "secret.mov"}]},
    created_at=NOW,
    started_at=NOW,
    finished_at=NOW,
)


@pytest.mark.parametrize("kind", [CHECK.name, COLLECT.name])
def test_what_was_found_in_a_repository_is_shown_to_who_asked_and_may_read_it(kind: str) -> None:
    job = replace(DONE, kind=kind)

    assert shown(ANNA, job).result == DONE.result
    for other in (FOR_THE_DRIVE, BOSS):
        told = shown(other, job)
        assert "secret.mov" not in told.model_dump_json()
        assert told.error is not None
        assert (told.state, told.error.code) == (JobState.FAILED, "broken-history")


def test_an_administrator_sees_what_other_work_came_to() -> None:
    assert shown(BOSS, replace(DONE, kind="settle")).result == DONE.result
