"""Who reads what in the log of a job, and who may pause it."""

from uuid import uuid4

import httpx2
import pytest

from keyshelf.jobs.values import Job
from keyshelf.repositories.scheduling import schedule_check
from tests.api.conftest import Program
from tests.patience import PATIENCE
from tests.served import Served

pytestmark = pytest.mark.services


def check_of_nothing(served: Served, owner: str) -> Job:
    """Have a repository checked that is not there: the job fails, and says why."""

    async def make() -> Job:
        service = served.service
        async with service.database.transaction() as tx:
            return await schedule_check(
                tx, service.jobs, uuid4(), read_data=False, sample=None, asked_by=owner
            )

    return served.portal.call(make)


@pytest.mark.parametrize("owner", ["admin", "somebody"])
def test_what_a_job_found_in_a_repository_is_told_to_its_owner_only(
    served: Served, program: Program, owner: str
) -> None:
    job = check_of_nothing(served, owner)
    with program.http.stream("GET", f"/api/jobs/{job.id}/events", timeout=PATIENCE) as events:
        for _ in events.iter_lines():
            pass  # the stream ends with the job

    log = program.call("GET", f"/api/jobs/{job.id}/log")

    assert log["state"] == "failed"
    assert log["lines"][0]["text"] == f"queued by {owner}"
    (failed,) = [line for line in log["lines"] if line["level"] == "error"]
    assert failed["code"] == "repository-not-found"
    assert (failed["detail"] is None) == (owner != "admin")


def test_a_token_that_only_reads_sees_the_log_and_pauses_nothing(
    served: Served, program: Program
) -> None:
    job = check_of_nothing(served, "admin")
    wish = {"name": "reader", "scopes": ["repository:read"], "expires_in_days": 1}
    token = program.call("POST", "/api/tokens", json=wish)["token"]
    headers = {"Authorization": f"Bearer {token}"}

    with httpx2.Client(base_url=served.url, headers=headers, timeout=PATIENCE) as reader:
        assert reader.get(f"/api/jobs/{job.id}/log").status_code == 200
        for verb in ("pause", "resume"):
            assert reader.post(f"/api/jobs/{job.id}/{verb}").status_code == 403
