"""Every function that spells a key has an example in the golden file, which pins it."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from uuid import UUID

from keyshelf import layout
from keyshelf.layout import backups, drive, media, probes, repository
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.names import file_name
from keyshelf.layout.repository import RepositoryId
from tests.house.tree import ROOT

ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
ALICE = drive.owner_id("alice")
HARD = file_name("50% off #1?.pdf")
PATH = (file_name("Projects"), file_name("it's (2)+a&b=c"), file_name("日本語 😀.png"))
REPOSITORY = RepositoryId(ID)
CHUNK = repository.chunk_id("a1b2c3d4" * 8)
COMMIT = repository.commit_hash("00ff" * 16)
ASSET = repository.asset_hash("0123456789abcdef" * 4)
MEDIA = media.media_hash("abcdef1234")
RENDERED = media.processing_hash("89abcdef" * 8)

EXAMPLES: list[tuple[Callable[..., str], str]] = [
    (drive.root, drive.root(ALICE)),
    (drive.root, drive.root(drive.SHARED)),
    (drive.key, drive.key(ALICE, (HARD,), is_folder=False)),
    (drive.key, drive.key(ALICE, PATH, is_folder=False)),
    (drive.key, drive.key(ALICE, PATH[:2], is_folder=True)),
    (drive.key, drive.key(drive.SHARED, PATH, is_folder=False)),
    (drive.key, drive.key(drive.SHARED, PATH[:1], is_folder=True)),
    (drive.aside_key, drive.aside_key(ID, HARD)),
    (drive.aside_key, drive.aside_key(ID, PATH[0], is_folder=True)),
    (probes.probe_key, probes.probe_key(ID)),
    (backups.backup_key, backups.backup_key("20261123T041500Z")),
    (repository.chunk_key, repository.chunk_key(CHUNK)),
    (repository.manifest_key, repository.manifest_key(REPOSITORY, COMMIT)),
    (repository.proxy_key, repository.proxy_key(REPOSITORY, ASSET, "1080p.mp4")),
    (repository.proxy_key, repository.proxy_key(REPOSITORY, ASSET, "thumb-01.jpg")),
    (repository.repository_key, repository.repository_key(REPOSITORY)),
    (repository.bloom_key, repository.bloom_key(REPOSITORY)),
    (repository.stats_key, repository.stats_key(REPOSITORY)),
    (media.image_key, media.image_key(MEDIA, "thumb", "webp")),
    (media.video_key, media.video_key(MEDIA, "cover.jpg")),
    (media.video_key, media.video_key(MEDIA, "video/r720_h264/seg_1.m4s")),
    (media.audio_key, media.audio_key(MEDIA, "hls/aac_128/playlist.m3u8")),
    (media.cache_key, media.cache_key(RENDERED, "avif")),
    (media.work_key, media.work_key(ID, "piece_1/r720_h264.mp4")),
]


def test_keys_are_spelled_as_ever() -> None:
    golden = (ROOT / "tests/golden/keys.txt").read_text("utf-8").splitlines()
    spelled = [f"{_name(function)}\t{key}" for function, key in EXAMPLES]

    # A difference orphans objects that are already written: mend the code, not the file.
    assert [line for line in golden if not line.startswith("#")] == spelled


def test_every_function_that_spells_a_key_has_an_example() -> None:
    spelling = {drive.root}
    for found in pkgutil.iter_modules(layout.__path__, "keyshelf.layout."):
        module = importlib.import_module(found.name)
        for _, function in inspect.getmembers(module, inspect.isfunction):
            if inspect.signature(function).return_annotation is ObjectKey:
                spelling.add(function)

    assert spelling == {function for function, _ in EXAMPLES}


def _name(function: Callable[..., str]) -> str:
    return f"{function.__module__.removeprefix('keyshelf.layout.')}.{function.__name__}"
