"""Work on media over HTTP: asking, looking, retrying, deleting."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx2
import pytest
from blake3 import blake3

from keyshelf.jobs.values import JobKind
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import WORK, media_hash
from keyshelf.layout.media import prefixes as prefixes_of
from keyshelf.media.source_versions import SourceVersion
from keyshelf.media.work.options import canonical
from keyshelf.media.work.replacing import targets
from keyshelf.media.work.values import MediaType, Work
from tests.api.conftest import Json, Program
from tests.database import NewDatabase
from tests.media_clips import MediaClips
from tests.patience import PATIENCE
from tests.served import Served, serve

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def served(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service that makes nothing by itself: what is there was asked for."""
    folder = tmp_path_factory.mktemp("asked")
    settings = {"KEYSHELF_INSPECT": "none"}
    with new_database() as database_url, serve(database_url, folder, settings) as service:
        yield service


@pytest.fixture(scope="module")
def film(clips: MediaClips) -> bytes:
    return clips["silent.mp4"].read_bytes()


@pytest.fixture
def source(program: Program, film: bytes) -> str:
    """The key of a film in the drive."""
    return program.upload(f"film {uuid4()}.mp4", film)["key"]


@pytest.fixture
def name() -> str:
    return f"film-{uuid4().hex}"


def ask(program: Program, *, status: int = 202, **body: Json) -> Json:
    return program.call("POST", "/api/jobs", json=body, status=status)


def until_final(program: Program, job_id: str) -> Json:
    with program.http.stream("GET", f"/api/jobs/{job_id}/events", timeout=60) as events:
        for _ in events.iter_lines():
            pass  # the stream ends with the job
    return program.call("GET", f"/api/jobs/{job_id}", status=200)


def made_by(kind: str, name: str, options: Json) -> frozenset[ObjectKey]:
    """What work of a kind says that it makes, and so replaces."""
    wish, version = canonical(MediaType(kind), options), SourceVersion("", 0)
    return targets(Work(MediaType(kind), media_hash(name), ObjectKey("film"), version, wish))


def test_a_cover_is_made_shown_and_removed(
    program: Program, served: Served, source: str, film: bytes
) -> None:
    content = blake3(film).hexdigest()
    made = ask(program, type="video:cover", hash=content, source=source)
    assert made["job"]["hash"] == content
    assert made["media"]["options"] == {"timestamp_sec": None}
    done = until_final(program, made["job"]["id"])
    assert done["job"]["state"] == "succeeded", done
    cover = done["media"]["results"]["cover"]
    assert (cover["width"], cover["height"], cover["format"]) == (320, 180, "jpg")
    assert [each["status"] for each in done["media"]["stages"]] == ["ready", "ready"]
    again = ask(program, type="video:cover", hash=content, source=source, status=200)
    assert again["job"]["id"] == made["job"]["id"]

    known = program.call("GET", f"/api/media/{content}")
    kinds = {each["key"].rpartition("/")[2]: each["kind"] for each in known["renditions"]}
    assert kinds == {"cover.jpg": "cover", "thumb.webp": "thumbnail"}
    assert all(f"{served.url}/thumb/" in each["url"] for each in known["renditions"])
    assert made["job"]["id"] in [job["id"] for job in known["jobs"]]

    gone = program.call("DELETE", f"/api/media/{content}", status=200)
    assert gone["complete"]
    assert gone["removed_objects"] >= 2
    assert program.call("GET", f"/api/media/{content}")["renditions"] == []
    assert program.call("DELETE", f"/api/media/{content}")["removed_objects"] == 0
    program.call("GET", f"/api/jobs/{made['job']['id']}", status=404)


def test_a_whole_film_is_made_played_and_removed(
    program: Program, served: Served, clips: MediaClips, name: str
) -> None:
    key = program.upload(f"film {uuid4()}.mp4", clips["plain.mp4"].read_bytes())["key"]
    options = {
        "transcode": {"codecs": ["h264"], "encrypt": True},
        "preview": {"duration": 1, "width": 160, "fps": 5},
    }
    made = ask(program, type="video:full", hash=name, source=key, options=options)
    done = until_final(program, made["job"]["id"])
    assert done["job"]["state"] == "succeeded", done
    assert [stage["status"] for stage in done["media"]["stages"]] == ["ready"] * 4
    streamed = done["media"]["results"]["transcode"]
    assert streamed["streaming"]["encrypted"]
    known = program.call("GET", f"/api/media/{name}")
    links = {each["kind"]: each["url"] for each in known["renditions"]}
    assert set(links) == {"cover", "thumbnail", "preview", "stream"}
    assert {each["key"] for each in known["renditions"]} == made_by("video:full", name, options)
    assert links["stream"] == f"{served.url}/stream/{name}/master.m3u8"
    assert httpx2.get(links["stream"], timeout=PATIENCE).text.startswith("#EXTM3U")

    gone = program.call("DELETE", f"/api/media/{name}", status=200)
    assert gone["complete"]
    assert (gone["removed_rows"]["encodes"], gone["removed_rows"]["content_keys"]) == (1, 1)
    assert httpx2.get(links["stream"], timeout=PATIENCE).status_code == 404
    assert served.portal.call(keys_left, served, name) == []


def test_an_encode_is_paused_told_of_and_cancelled(
    program: Program, clips: MediaClips, name: str
) -> None:
    key = program.upload(f"film {uuid4()}.mp4", clips["lines718.mp4"].read_bytes())["key"]
    wish: dict[str, Json] = {"type": "video:transcode", "hash": name, "source": key}
    job_id = ask(program, **wish)["job"]["id"]
    with program.http.stream("GET", f"/api/jobs/{job_id}/events", timeout=60) as events:
        for line in events.iter_lines():
            if '"message":"transcode"' in line:
                program.call("POST", f"/api/jobs/{job_id}/pause", status=202)
            if '"state":"paused"' in line:
                break
    paused = ask(program, status=200, **wish)["job"]
    assert (paused["id"], paused["state"], paused["attempts"]) == (job_id, "paused", 0)
    program.call("POST", f"/api/jobs/{job_id}/pause", status=202)

    log = program.call("GET", f"/api/jobs/{job_id}/log")
    assert log["state"] == "paused"
    told = [line["text"] for line in log["lines"]]
    assert told[0].startswith("queued by ")
    assert [text.partition(",")[0] for text in told].count("attempt 1") == 1
    assert "transcode: began" in told
    assert told[-1] == "stopped at a safe place, paused"
    last = max(line["number"] for line in log["lines"])
    assert program.call("GET", f"/api/jobs/{job_id}/log?after={last}")["lines"] == []

    program.call("POST", f"/api/jobs/{job_id}/cancel", status=202)
    refused = program.call("POST", f"/api/jobs/{job_id}/pause", status=409)
    assert refused["code"] == "job-ended"
    program.call("POST", f"/api/jobs/{job_id}/resume", status=409)
    program.call("DELETE", f"/api/media/{name}", status=200)


def test_deleting_ends_an_encode_and_leaves_nothing(
    program: Program, served: Served, clips: MediaClips, name: str
) -> None:
    key = program.upload(f"film {uuid4()}.mp4", clips["lines718.mp4"].read_bytes())["key"]
    job_id = ask(program, type="video:transcode", hash=name, source=key)["job"]["id"]
    with program.http.stream("GET", f"/api/jobs/{job_id}/events", timeout=60) as events:
        for line in events.iter_lines():
            if '"message":"transcode"' in line:
                break

    gone = program.call("DELETE", f"/api/media/{name}", status=200)

    assert (gone["complete"], gone["cancelled_jobs"], gone["removed_rows"]["jobs"]) == (True, 1, 1)
    program.call("GET", f"/api/jobs/{job_id}", status=404)
    assert served.portal.call(keys_left, served, name) == []
    scratch = served.service.media.scratch.path
    assert [each.name for each in scratch.iterdir() if not each.name.startswith("render-")] == []


async def keys_left(served: Served, name: str) -> list[str]:
    prefixes = [*prefixes_of(media_hash(name)), WORK]
    store = served.service.stores["media"]
    return [
        each.key
        for prefix in prefixes
        async for page in store.list(prefix)
        for each in page.objects
    ]


def test_a_recording_becomes_a_stream_files_and_a_drawing(
    program: Program, clips: MediaClips, name: str
) -> None:
    key = program.upload(f"sound {uuid4()}.m4a", clips["sound.m4a"].read_bytes())["key"]

    made = ask(program, type="audio:transcode", hash=name, source=key)
    done = until_final(program, made["job"]["id"])

    assert done["job"]["state"] == "succeeded", done
    results = done["media"]["results"]
    assert list(results) == ["probe", "waveform", "mp3", "flac", "hls"]
    assert results["probe"]["streams"][0]["channels"] == 2
    renditions = program.call("GET", f"/api/media/{name}")["renditions"]
    assert {each["key"] for each in renditions} == made_by("audio:transcode", name, {})
    kinds = [each["kind"] for each in renditions]
    assert sorted(kinds) == ["download", "download", "stream", "waveform"]


def test_what_is_no_film_fails_and_its_retry_is_planned(program: Program, name: str) -> None:
    key = program.upload(f"film {uuid4()}.mp4", b"no film at all")["key"]

    made = ask(program, type="video:cover", hash=name, source=key)
    done = until_final(program, made["job"]["id"])

    assert done["job"]["state"] == "failed"
    assert done["media"]["retry_plan"] == {"allowed": True, "stages": ["cover"]}
    [_, cover] = done["media"]["stages"]
    assert (cover["status"], cover["error"]) == ("failed", done["job"]["error"])
    retried = program.call("POST", f"/api/jobs/{made['job']['id']}/retry", status=202)
    assert retried["job"]["id"] == made["job"]["id"]
    assert until_final(program, made["job"]["id"])["job"]["state"] == "failed"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"colour": "red"}, "invalid-input", id="unknown-field"),
        pytest.param({"type": "video:paint"}, "invalid-input", id="unknown-type"),
        pytest.param({"hash": "../x"}, "illegal-media-hash", id="hash-with-a-path"),
        pytest.param({"hash": ""}, "illegal-media-hash", id="empty-hash"),
        pytest.param({"hash": "ä"}, "illegal-media-hash", id="hash-with-an-umlaut"),
        pytest.param({"options": {"at": 1}}, "bad-media-options", id="unknown-option"),
        pytest.param({"options": [1]}, "invalid-input", id="no-options"),
        pytest.param({"callback_url": "http://127.0.0.1:1/"}, "callback-refused", id="loopback"),
        pytest.param({"callback_url": "http://[::1]/"}, "callback-refused", id="loopback-6"),
        pytest.param(
            {"callback_url": "http://[::ffff:169.254.169.254]/"}, "callback-refused", id="mapped"
        ),
        pytest.param({"callback_url": "ftp://example.com/"}, "callback-refused", id="ftp"),
        pytest.param({"source": "admin/my-files/none"}, "source-not-found", id="no-source"),
    ],
)
def test_a_bad_wish_is_refused(
    program: Program, source: str, name: str, change: Json, code: str
) -> None:
    body = {"type": "video:cover", "hash": name, "source": source, **change}

    assert ask(program, status=422, **body)["code"] == code


def test_an_idempotency_key_gives_the_first_answer_again(
    program: Program, source: str, name: str
) -> None:
    body = {"type": "video:cover", "hash": name, "source": source}
    headers = {"Idempotency-Key": str(uuid4())}

    first = program.http.post("/api/jobs", json=body, headers=headers)
    second = program.http.post("/api/jobs", json=body, headers=headers)

    assert (first.status_code, second.status_code) == (202, 202)
    assert second.headers["idempotency-replayed"] == "true"
    assert second.json() == first.json()


def test_jobs_are_listed_by_type_and_hash(program: Program, source: str, name: str) -> None:
    cover = ask(program, type="video:cover", hash=name, source=source)["job"]["id"]
    preview = ask(program, type="video:preview", hash=name, source=source)["job"]["id"]

    def listed(**filters: str) -> list[str]:
        items = program.call("GET", "/api/jobs", params=filters)["items"]
        return [job["id"] for job in items]

    assert listed(hash=name) == [preview, cover]
    assert listed(hash=name, kind="video:cover") == [cover]
    assert listed(hash=f"{name}x") == []


def test_without_the_right_nothing_is_asked_for(
    program: Program, served: Served, source: str, name: str
) -> None:
    token = program.call(
        "POST", "/api/tokens", json={"name": name, "scopes": ["drive:read"], "expires_in_days": 1}
    )
    headers = {"Authorization": f"Bearer {token['token']}"}
    body = {"type": "video:cover", "hash": name, "source": source}
    made = program.call("POST", "/api/jobs", json=body, status=202)["job"]["id"]

    with httpx2.Client(base_url=served.url, headers=headers, timeout=PATIENCE) as reader:
        assert reader.post("/api/jobs", json=body).json()["code"] == "insufficient-scope"
        assert reader.delete(f"/api/media/{name}").json()["code"] == "insufficient-scope"
        assert reader.get(f"/api/jobs/{made}").status_code == 200
    with httpx2.Client(base_url=served.url, timeout=PATIENCE) as nobody:
        assert nobody.post("/api/jobs", json=body).status_code == 401


def test_a_job_that_goes_on_has_no_webhook_to_send_again(
    program: Program, source: str, name: str
) -> None:
    made = ask(program, type="video:cover", hash=name, source=source)["job"]["id"]

    refused = program.call("POST", f"/api/jobs/{made}/webhook", status=404)

    assert refused["code"] == "webhook-not-found"


def test_media_that_nobody_named_are_empty_for_an_administrator(program: Program) -> None:
    known = program.call("GET", f"/api/media/{uuid4().hex}")

    assert (known["asset"], known["renditions"], known["jobs"]) == (None, [], [])
    assert program.call("GET", "/api/media/..%2F..", status=404)
    assert program.call("GET", "/api/media/a.b", status=422)["code"] == "illegal-media-hash"


@pytest.fixture(scope="module")
def slow_down(
    new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """A service that takes two jobs a minute."""
    folder = tmp_path_factory.mktemp("slow")
    settings = {"KEYSHELF_MEDIA_JOBS_PER_MINUTE": "2"}
    with new_database() as database_url, serve(database_url, folder, settings) as service:
        yield service


def test_one_identity_asks_so_often_and_no_more(slow_down: Served, name: str) -> None:
    headers = {"Authorization": f"Bearer {slow_down.token}"}
    body = {"type": "video:cover", "hash": name, "source": "admin/my-files/none"}
    with httpx2.Client(base_url=slow_down.url, headers=headers, timeout=PATIENCE) as http:
        codes = [http.post("/api/jobs", json=body).status_code for _ in range(3)]
        job_id = slow_down.portal.call(add_job, slow_down, "admin")
        codes.append(http.post(f"/api/jobs/{job_id}/webhook").status_code)

    assert codes == [422, 422, 429, 429]


async def add_job(served: Served, owner: str) -> UUID:
    """Add a job of somebody that nobody comes to do."""
    later = datetime.now(UTC) + timedelta(days=1)
    async with served.service.database.transaction() as tx:
        jobs = served.service.jobs
        job = await jobs.enqueue(
            tx, JobKind("later"), {"owner": owner}, owner_id=owner, run_at=later
        )
    return job.id


def test_jobs_of_others_are_an_administrators_with_the_scope(
    program: Program, served: Served
) -> None:
    job_id = served.portal.call(add_job, served, "ann")
    scopes = {"name": uuid4().hex, "scopes": ["drive:read"], "expires_in_days": 1}
    weak = program.call("POST", "/api/tokens", json=scopes)["token"]
    headers = {"Authorization": f"Bearer {weak}"}

    assert program.call("GET", f"/api/jobs/{job_id}", status=200)["job"]["id"] == str(job_id)
    answer = httpx2.get(f"{served.url}/api/jobs/{job_id}", headers=headers, timeout=PATIENCE)
    assert (answer.status_code, answer.json()["code"]) == (404, "job-not-found")
