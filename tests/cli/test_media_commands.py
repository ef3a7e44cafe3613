"""`keyshelf media`, on a service."""

from pathlib import Path
from uuid import uuid4

import pytest

from tests.cli.conftest import Keyshelf
from tests.media_clips import MediaClips

pytestmark = pytest.mark.services


def test_a_cover_is_made_shown_and_deleted(keyshelf: Keyshelf, clips: MediaClips) -> None:
    folder, name = f"/{uuid4().hex}", uuid4().hex
    assert keyshelf("put", "-p", clips["silent.mp4"], f"{folder}/film.mp4").code == 0

    film = f"{folder}/film.mp4"
    made = keyshelf("media", "make", "video:cover", film, "--hash", name, "--wait", "-q")
    assert made.code == 0, made.err
    assert made.out.startswith("video:cover ")
    assert made.out.endswith(" succeeded\n")

    listed = keyshelf("jobs", "list", "--hash", name, "--json").json["items"]
    assert [job["hash"] for job in listed] == [name]
    shown = keyshelf("media", "show", name)
    assert "thumbnail" in shown.out
    assert "/thumb/" in shown.out

    assert keyshelf("media", "delete", name, "--dry-run").out.startswith(
        "would be removed: 2 renditions"
    )
    assert keyshelf("media", "delete", name).code == 2
    assert keyshelf("media", "delete", "-y", name).out == "removed 2 objects\n"
    assert keyshelf("media", "show", name, "--json").json["renditions"] == []


def test_files_are_looked_at_anew(keyshelf: Keyshelf, clips: MediaClips) -> None:
    folder = f"/{uuid4().hex}"
    film = f"{folder}/film.mp4"
    assert keyshelf("put", "-p", clips["silent.mp4"], film).code == 0

    looked = keyshelf("media", "inspect", film, "--wait", "-q", "--json")

    assert looked.code == 0, looked.err
    assert [(job["kind"], job["state"]) for job in looked.json] == [("inspect", "succeeded")]
    assert looked.json[0]["result"]["kind"] == "video"
    refused = keyshelf("media", "inspect", folder)
    assert refused.code != 0


def test_options_that_are_no_object_are_refused(keyshelf: Keyshelf, tmp_path: Path) -> None:
    for options in ("[1]", "{"):
        ran = keyshelf("media", "make", "video:cover", "/x", "--hash", "x", "--options", options)
        assert (ran.code, ran.out) == (2, "")
        assert "--options" in ran.err
