"""`repo proxies`: on this machine's stores, and over HTTP."""

import os
from functools import partial
from pathlib import Path
from uuid import uuid4

import anyio
import pytest

from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.probe import probe
from tests.cli.conftest import Keyshelf
from tests.media_clips import MediaClips
from tests.served import Served

pytestmark = pytest.mark.services


@pytest.fixture(params=["here", pytest.param("over-http", marks=pytest.mark.long)])
def environment(
    request: pytest.FixtureRequest, served: Served, database_url: str, tmp_path: Path
) -> dict[str, str]:
    """The settings of the program: a database and a folder as store, or a service."""
    home = tmp_path / "home"
    if request.param == "over-http":
        return served.environment(home)
    return {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "KEYSHELF_DATA": str(tmp_path / "data"),
        "DATABASE_URL": database_url,
    }


@pytest.fixture
def stored(request: pytest.FixtureRequest, served: Served, tmp_path: Path) -> Path:
    """Where the repository store is."""
    is_here = request.node.callspec.params["environment"] == "here"
    data = tmp_path / "data" if is_here else served.bucket.parents[1]
    return data / "stores" / "repository"


@pytest.fixture
def repo(keyshelf: Keyshelf, tmp_path: Path, clips: MediaClips) -> str:
    """A repository with a large film, a small one twice, and what only is called a film."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "large.mp4").write_bytes(clips["lines718.mp4"].read_bytes())
    (folder / "small.mp4").write_bytes(clips["plain.mp4"].read_bytes())
    (folder / "the same.mp4").write_bytes(clips["plain.mp4"].read_bytes())
    (folder / "broken.mov").write_bytes(os.urandom(2000))
    (folder / "notes.txt").write_text("hello\n")
    name = f"film-{uuid4().hex[:8]}"
    assert keyshelf("repo", "create", name).code == 0
    assert keyshelf("commit", folder, "--repo", name, "-m", "a version").code == 0
    return name


def found(stored: Path, asset: str) -> dict[str, Path]:
    return {path.name: path for path in stored.glob(f"v1/proxies/*/{asset}/*")}


def test_what_videos_lack_is_made_once(
    keyshelf: Keyshelf, repo: str, stored: Path, media_tools: Tools, tmp_path: Path
) -> None:
    lacking = keyshelf("repo", "proxies", "main", "--repo", repo, "--dry-run", "--json")
    assert lacking.code == 0
    assert {item["path"]: item["wanted"] for item in lacking.json["items"]} == {
        name: ["1080p.mp4", "720p.mp4", "thumbnail.jpg"]
        for name in ("broken.mov", "large.mp4", "small.mp4")
    }

    told = keyshelf("repo", "proxies", "main", "small.mp4", "--repo", repo, "--dry-run").out
    sizes = "of 1080p.mp4 and 720p.mp4 those that it is large enough for"
    assert told == f"small.mp4: lacks thumbnail.jpg, {sizes}\n"

    made = keyshelf("repo", "proxies", "main", "--repo", repo, "--json")
    assert (made.code, made.err) == (6, "")  # some failed, which the result tells
    by_path = {item["path"]: item for item in made.json["items"]}
    assert set(by_path["large.mp4"]["made"]) == {"720p.mp4", "thumbnail.jpg"}
    assert set(by_path["small.mp4"]["made"]) == {"thumbnail.jpg"}
    assert by_path["broken.mov"]["error"]["code"] == "media-unreadable"

    proxies = found(stored, by_path["large.mp4"]["asset"])
    assert set(proxies) == {"720p.mp4", "thumbnail.jpg"}
    told = anyio.run(partial(probe, media_tools, proxies["720p.mp4"], folder=tmp_path))
    assert told.video is not None
    assert (told.video.codec, told.video.width, told.video.height) == ("h264", 1278, 718)
    head = proxies["720p.mp4"].read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")  # it plays while it is fetched
    assert proxies["thumbnail.jpg"].read_bytes()[:2] == b"\xff\xd8"

    again = keyshelf("repo", "proxies", "main", "large.mp4", "small.mp4", "--repo", repo, "--json")
    assert again.code == 0
    assert [item["made"] for item in again.json["items"]] == [{}, {}]


def test_an_encrypted_repository_gets_none(keyshelf: Keyshelf, tmp_path: Path) -> None:
    name = f"film-{uuid4().hex[:8]}"
    key = {"KEYSHELF_REPOSITORY_KEY": "11" * 32}
    (tmp_path / "project").mkdir()
    assert keyshelf("repo", "create", name, "--encrypt", **key).code == 0
    commit = keyshelf("commit", tmp_path / "project", "--repo", name, "-m", "a version", **key)
    assert commit.code == 0, commit.err

    refused = keyshelf("repo", "proxies", "main", "--repo", name, **key)

    assert refused.code == 2
    assert "encrypted" in refused.err
