"""Chunks that must be restored, over HTTP: what is refused, planned, asked for and there again."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid4

import anyio
import httpx2
import pytest

from keyshelf.client.asynchronous import AsyncClient
from keyshelf.client.operations import ChecksStarted, RestorePlan
from keyshelf.client.values import Job
from keyshelf.store.opening import StoreOptions
from tests.api.conftest import Json, Program
from tests.api.repositories.test_history import Committed
from tests.api.test_operations_reconcile import until_final
from tests.cold_service import cold_service, freeze
from tests.database import NewDatabase
from tests.patience import PATIENCE
from tests.served import Served
from tests.servers.s3 import S3Server

RESTORES = "/api/operations/restores"
SCENE, NOTES = b"a scene, which is cold" * 100, b"notes, at hand"


class Cold(NamedTuple):
    """A commit of which one file cannot be read."""

    program: Program
    repository: str
    served: Served

    def wish(self, **more: Json) -> Json:
        return {"repository": self.repository, "ref": "main", **more}

    def started(self, **more: Json) -> str:
        job = self.program.call("POST", RESTORES, json=self.wish(**more), status=202)["job"]
        return job["id"]

    def until_it_is_there(self) -> None:
        """Ask until the store has restored everything, as it does once it was asked often."""
        while self.program.call("GET", f"{RESTORES}/plan", params=self.wish())["objects"]:
            pass

    def read(self, path: str) -> httpx2.Response:
        address = f"/api/repositories/{self.repository}/file/main"
        return self.program.http.get(address, params={"path": path})


@pytest.fixture(scope="module")
def service(
    new_database: NewDatabase, strict_s3_server: S3Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Served, StoreOptions]]:
    folder = tmp_path_factory.mktemp("cold")
    with new_database() as url, cold_service(url, folder, strict_s3_server) as made:
        yield made


@pytest.fixture
def cold(service: tuple[Served, StoreOptions], tmp_path: Path) -> Iterator[Cold]:
    served, bucket = service
    headers = {"Authorization": f"Bearer {served.token}"}
    with httpx2.Client(base_url=served.url, headers=headers, timeout=PATIENCE) as http:
        program = Program(http, "")
        made = program.call("POST", "/api/repositories", json={"name": f"film-{uuid4()}"})
        shelf = Committed(program, made["id"], None)
        shelf.folder, shelf.url, shelf.token = tmp_path, served.url, served.token
        scene = SCENE + uuid4().bytes
        shelf.commit({"scene.mov": scene, "notes.txt": NOTES})
        freeze(bucket, scene)
        yield Cold(program, made["id"], served)


def test_a_refused_read_says_how_long_at_what_price_and_where_the_plan_is(cold: Cold) -> None:
    refused = cold.read("scene.mov")
    told = refused.json()
    plan = cold.program.call("GET", told["restore"]["plan"])

    assert (refused.status_code, told["code"], told["path"]) == (409, "needs-restore", "scene.mov")
    assert (told["storage_class"], told["size"]) == ("GLACIER", len(SCENE) + 16)
    assert [each["tier"] for each in told["restore"]["choices"]] == [
        "expedited",
        "standard",
        "bulk",
    ]
    assert told["restore"]["choices"][1]["seconds"] == [3 * 3600, 5 * 3600]
    assert all(each["cost"] > 0 for each in told["restore"]["choices"])
    assert (plan["objects"], plan["files"]) == (1, ["scene.mov"])
    assert plan["chunks"] == [told["chunk"]]
    assert plan["classes"][0]["class"] == "cold"
    assert cold.read("notes.txt").status_code == 200


def test_a_dry_run_is_the_plan_and_asks_for_nothing(cold: Cold) -> None:
    job = until_final(cold.program, cold.started(days=3))
    planned = cold.program.call("GET", f"{RESTORES}/plan", params=cold.wish(path="notes.txt"))

    assert (job["result"]["objects"], job["result"]["asked"], job["result"]["days"]) == (1, 0, 3)
    assert (planned["objects"], planned["looked_at"] > 0) == (0, True)
    listed = cold.program.call("GET", RESTORES)["items"]
    assert cold.repository not in {each["repository"] for each in listed}


def until_waiting(cold: Cold, job_id: str) -> Json:
    ends = time.monotonic() + PATIENCE
    while True:
        job = cold.program.call("GET", f"/api/jobs/{job_id}")["job"]
        if job["error"] or time.monotonic() > ends:
            return job


def test_what_was_restored_can_be_read_once_it_is_there(cold: Cold) -> None:
    wish = {"dry_run": False, "tier": "bulk"}

    waits = until_waiting(cold, cold.started(**wish))
    cold.until_it_is_there()
    done = until_final(cold.program, cold.started(**wish))
    listed = cold.program.call("GET", RESTORES)["items"]

    assert waits["error"]["code"] == "job-waiting"
    assert waits["error"]["detail"] == "1 chunk is being restored, 0 are there"
    assert (done["id"], done["state"]) == (waits["id"], "succeeded")
    assert (done["result"]["objects"], done["result"]["restored"]) == (0, 1)
    assert cold.read("scene.mov").status_code == 200
    mine = [each for each in listed if each["repository"] == cold.repository]
    assert [(each["tier"], each["ref"]) for each in mine] == [("bulk", "main")]


def test_what_is_not_there_is_refused_before_there_is_a_job(cold: Cold) -> None:
    unknown = cold.program.call(
        "POST", RESTORES, json={"repository": str(uuid4()), "ref": "main"}, status=404
    )
    no_ref = cold.program.call("POST", RESTORES, json=cold.wish(ref="nowhere"), status=404)

    assert (unknown["code"], no_ref["code"]) == ("repository-not-found", "ref-not-found")


def test_a_path_that_is_not_there_ends_the_job(cold: Cold) -> None:
    job = until_final(cold.program, cold.started(dry_run=False, paths=["gone.txt"]))

    assert (job["state"], job["error"]["code"]) == ("failed", "path-not-in-commit")


def test_the_client_of_python_plans_checks_and_brings_in(cold: Cold) -> None:
    async def use() -> tuple[RestorePlan, list[str], ChecksStarted, Job]:
        async with AsyncClient(cold.served.url, token=cold.served.token) as client:
            repository, of = UUID(cold.repository), client.operations
            return (
                await of.restore_plan(repository, "main", ["scene.mov"], days=3),
                [each.name async for each in of.checks() if each.id == repository],
                await of.start_checks(repository, sample=0.5),
                await of.start_backfill(prefix="nothing/begins/so"),
            )

    planned, named, started, brings = anyio.run(use)

    assert (planned.objects, planned.files, planned.days) == (1, ("scene.mov",), 3)
    assert (len(named), len(started.jobs), started.locked) == (1, 1, 0)
    assert until_final(cold.program, str(brings.id))["result"]["scanned"] == 0
