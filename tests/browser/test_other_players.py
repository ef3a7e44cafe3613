"""A player that is not ours, on a page of another origin: Shaka Player over HLS and DASH."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.conftest import Json, Program
from tests.browser.conftest import PATIENCE_MS, program_in_new_folder
from tests.media_clips import MediaClips
from tests.served import Served

pytestmark = pytest.mark.browser

SCRIPT = Path(__file__).parents[2] / "web/node_modules/shaka-player/dist/shaka-player.compiled.js"
PAGE = "<!doctype html><title>Player</title><script src=/shaka.js></script><video muted></video>"
PLAY = """async ({ manifest, token, clearKeys }) => {
    const player = new shaka.Player();
    await player.attach(document.querySelector("video"));
    player.configure({ drm: { clearKeys } });
    player.getNetworkingEngine().registerRequestFilter((type, request) => {
        if (!request.uris[0].includes("/api/key/")) return;
        request.headers.Authorization = `Bearer ${token}`;
    });
    await player.load(manifest).catch(({ code, data }) => {
        throw new Error(`Shaka Player: ${code} ${JSON.stringify(data)}`);
    });
    await player.getMediaElement().play();
}"""
PAST_A_SECOND = "() => document.querySelector('video').currentTime > 1"


@dataclass(frozen=True)
class Stream:
    """A stream, and what opens it."""

    master: str
    token: str
    keys: dict[str, str]

    def manifest(self, protocol: str) -> str:
        return (
            self.master if protocol == "hls" else self.master.replace("master.m3u8", "stream.mpd")
        )


@pytest.fixture(scope="module")
def program(served: Served) -> Iterator[Program]:
    with program_in_new_folder(served) as made:
        yield made


@pytest.fixture(scope="module", params=["clear", "encrypted"])
def stream(program: Program, clips: MediaClips, request: pytest.FixtureRequest) -> Stream:
    """The stream of a short film."""
    file = program.upload(f"{request.param}.mp4", clips["plain.mp4"].read_bytes())
    media = f"shaka-{uuid4().hex}"
    options = {"encrypt": request.param == "encrypted", "codecs": ["h264"]}
    wish = {"type": "video:transcode", "hash": media, "source": file["key"], "options": options}
    job = program.call("POST", "/api/jobs", json=wish, status=202)["job"]
    with program.http.stream("GET", f"/api/jobs/{job['id']}/events", timeout=60) as events:
        assert any('"succeeded"' in line for line in events.iter_lines())
    known = program.call("GET", f"/api/media/{media}")["renditions"]
    made = next(each for each in known if each["kind"] == "stream")
    token = program.call("POST", "/api/playback-tokens", json={"hash": media})["token"]
    return Stream(made["url"], token, keys_of(program, made["facts"].get("encryption"), token))


def keys_of(program: Program, encryption: Json, token: str) -> dict[str, str]:
    """Fetch the key as a player would that is told of it in some other way."""
    if encryption is None:
        return {}
    headers = {"Authorization": f"Bearer {token}"}
    answer = program.http.get(encryption["key_endpoint"], headers=headers)
    assert (answer.status_code, len(answer.content)) == (200, 16)
    return {encryption["kid"]: answer.content.hex()}


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a page with the player is, which is not where the streams are."""
    if not SCRIPT.exists():
        pytest.skip("Shaka Player is not installed: run `npm ci` in web/")
    folder = tmp_path_factory.mktemp("player")
    (folder / "index.html").write_text(PAGE)
    shutil.copy(SCRIPT, folder / "shaka.js")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name it has there
        """Say nothing."""


@pytest.fixture
def elsewhere(chromium: Browser, origin: str) -> Iterator[Page]:
    """A page of another origin that has the player, and where nobody signed in."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(origin)
    yield page
    context.close()


@pytest.mark.parametrize("protocol", ["hls", "dash"])
def test_shaka_player_plays_streams_from_elsewhere(
    elsewhere: Page, stream: Stream, protocol: str
) -> None:
    # DASH has no word for where a key is: the player is given it.
    keys = stream.keys if protocol == "dash" else {}
    wish = {"manifest": stream.manifest(protocol), "token": stream.token, "clearKeys": keys}

    elsewhere.evaluate(PLAY, wish)

    elsewhere.wait_for_function(PAST_A_SECOND, timeout=PATIENCE_MS)
    expect(elsewhere.locator("video")).to_have_js_property("error", None)
