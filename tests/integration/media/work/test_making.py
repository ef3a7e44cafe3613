"""Making stages with the real tools: pictures of films, and films piece by piece."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from keyshelf.jobs.values import JobCancelledError, Payload
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import MediaHash, work_key, work_prefix
from keyshelf.media.images.pool import RenderPool
from keyshelf.media.images.values import RenderOptions
from keyshelf.media.source_versions import SourceVersion
from keyshelf.media.sources import LocalSource
from keyshelf.media.tools.failures import MediaUnreadableError
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.probe import probe
from keyshelf.media.tools.scratch import open_scratch
from keyshelf.media.video.plan import EncodePlan, plan_encode
from keyshelf.media.work.kinds import MakerName, StepOptions
from keyshelf.media.work.makers import Task
from keyshelf.media.work.making.encoding import PiecesDifferError, encode_film
from keyshelf.media.work.making.pictures import picture_makers
from keyshelf.media.work.making.sound import sound_makers
from keyshelf.media.work.making.studio import Studio
from keyshelf.media.work.options import (
    AudioOptions,
    Mp3Options,
    PreviewOptions,
    ThumbnailOutput,
    TranscodeOptions,
    WaveformOptions,
)
from keyshelf.media.work.values import MediaType, Work
from keyshelf.store.memory import MemoryStore
from tests.media_clips import MediaClips

pytestmark = [pytest.mark.anyio, pytest.mark.services]

HASH = MediaHash("film")


@dataclass
class Notes:
    """What was noted of pieces."""

    told: dict[str, Payload] = field(default_factory=dict[str, Payload])

    def done(self, name: str) -> Payload | None:
        return self.told.get(name)

    async def note(self, name: str, told: Payload) -> None:
        self.told[name] = told

    async def forget(self) -> None:
        self.told.clear()


@dataclass
class Reports:
    """What was reported; from `until` on the job is cancelled."""

    until: float = float("inf")
    seconds: list[float] = field(default_factory=list[float])

    async def __call__(self, done: float, total: float | None) -> None:
        self.seconds.append(done)
        if done > self.until:
            raise JobCancelledError("enough")


@pytest.fixture
async def making(media_tools: Tools, tmp_path: Path) -> AsyncIterator[Studio]:
    async with (
        open_scratch(tmp_path) as scratch,
        RenderPool(RenderOptions(at_once=1), folder=scratch.path) as renders,
    ):
        yield Studio(media_tools, renders, scratch, MemoryStore())


def task(
    making: Studio,
    clip: Path,
    options: StepOptions,
    *,
    pieces: Notes | None = None,
    reports: Reports | None = None,
    job_id: UUID | None = None,
) -> Task:
    local = making.scratch.path / clip.name
    local.write_bytes(clip.read_bytes())
    work = Work(MediaType.FULL, HASH, ObjectKey("film"), SourceVersion("1", 1), {})
    source = LocalSource(local, local.stat().st_size, "1", "")
    return Task(job_id or uuid4(), work, source, options, pieces or Notes(), reports or Reports())


async def test_a_preview_moves_in_both_formats(making: Studio, clips: MediaClips) -> None:
    options = PreviewOptions(duration=1.0, width=160, fps=5, formats=("webp", "gif"))

    made = await picture_makers(making)["preview"](task(making, clips["silent.mp4"], options))

    shapes = {each.key: (each.width, each.height, each.duration_ms) for each in made.renditions}
    assert shapes == {
        f"videos/fi/film/preview.{format_name}": (160, 90, 1000) for format_name in ("webp", "gif")
    }
    for rendition in made.renditions:
        assert (await making.media.head(rendition.key)).size == rendition.size


@pytest.mark.parametrize(
    ("height", "size"),
    [pytest.param(None, (80, 45), id="width"), pytest.param(80, (80, 80), id="box")],
)
async def test_a_thumbnail_is_proportional_or_fills_its_box(
    making: Studio, clips: MediaClips, tmp_path: Path, height: int | None, size: tuple[int, int]
) -> None:
    picture = tmp_path / "picture.png"
    clips.ffmpeg("-i", clips["silent.mp4"], "-frames:v", "1", picture)
    output = ThumbnailOutput(variant="small", width=80, height=height, format="webp")

    made = await picture_makers(making)["thumbnail"](task(making, picture, output))

    [rendition] = made.renditions
    assert rendition.key == "images/fi/film/small.webp"
    assert (rendition.width, rendition.height) == size
    head = await making.media.head(rendition.key)
    assert head.attributes is not None
    assert head.attributes.content_type == "image/webp"


async def test_sound_is_told_drawn_and_made_into_files(making: Studio, clips: MediaClips) -> None:
    options = AudioOptions(
        mp3=Mp3Options(bitrate_kbps=96), flac=True, waveform=WaveformOptions(bins=64), loudness=True
    )
    names: list[MakerName] = ["probe", "waveform", "mp3", "flac"]
    makers, reports = sound_makers(making), Reports()

    made = {
        name: await makers[name](task(making, clips["sound.m4a"], options, reports=reports))
        for name in names
    }

    told: Any = made["probe"].result
    assert (round(told["duration_sec"], 1), told["streams"][0]["codec"]) == (3.0, "aac")
    keys = [each.key for stage in made.values() for each in stage.renditions]
    assert keys == [
        f"audio/fi/film/{path}"
        for path in ("waveform/waveform.json", "downloads/audio.mp3", "downloads/audio.flac")
    ]
    for stage in made.values():
        for each in stage.renditions:
            assert (await making.media.head(each.key)).size == each.size
    drawn: Any = made["waveform"].result
    assert 48 <= drawn["bins"] <= 64
    assert reports.seconds


async def test_a_film_without_sound_has_none_to_make(making: Studio, clips: MediaClips) -> None:
    with pytest.raises(MediaUnreadableError):
        await sound_makers(making)["flac"](
            task(making, clips["silent.mp4"], AudioOptions(flac=True))
        )


async def plan_of(making: Studio, clip: Path) -> EncodePlan:
    async with making.scratch.folder() as folder:
        found = await probe(making.tools, clip, folder=folder)
    plan = plan_encode(found, piece_seconds=6, codecs=("h264",))
    assert len(plan.pieces) == 3
    return plan


async def encoded(making: Studio, asked: Task, plan: EncodePlan) -> dict[str, bytes]:
    async with making.scratch.folder() as folder:
        tracks = await encode_film(making, asked, plan, folder=folder)
        assert sorted(path.name for path in folder.iterdir()) == [f"{name}.mp4" for name in tracks]
        return {name: path.read_bytes() for name, path in tracks.items()}


async def test_an_encode_goes_on_with_the_piece_where_the_last_one_ended(
    making: Studio, clips: MediaClips
) -> None:
    clip, options = clips["long.mp4"], TranscodeOptions()
    plan = await plan_of(making, clip)
    at_once = await encoded(making, task(making, clip, options), plan)
    pieces, job_id = Notes(), uuid4()

    broken = Reports(until=8)
    with pytest.raises(JobCancelledError):
        await encoded(
            making, task(making, clip, options, pieces=pieces, reports=broken, job_id=job_id), plan
        )
    assert list(pieces.told) == ["piece-0"]
    again = Reports()
    gone_on = await encoded(
        making, task(making, clip, options, pieces=pieces, reports=again, job_id=job_id), plan
    )

    assert gone_on == at_once
    assert again.seconds[0] == 0
    assert all(seconds >= 6 for seconds in again.seconds[1:])


async def test_a_piece_whose_object_is_gone_is_encoded_again(
    making: Studio, clips: MediaClips
) -> None:
    clip, options = clips["long.mp4"], TranscodeOptions()
    plan = await plan_of(making, clip)
    pieces, job_id = Notes(), uuid4()
    asked = task(making, clip, options, pieces=pieces, job_id=job_id)
    whole = await encoded(making, asked, plan)
    await making.media.delete(work_key(job_id, "piece-1/r240_h264.mp4"))

    assert await encoded(making, asked, plan) == whole


async def test_pieces_of_another_encoder_are_made_again(making: Studio, clips: MediaClips) -> None:
    clip, job_id = clips["long.mp4"], uuid4()
    plan = await plan_of(making, clip)
    pieces = Notes({"piece-0": {"is_last": False, "headers": {"r240_h264": "another"}}})
    asked = task(making, clip, TranscodeOptions(), pieces=pieces, job_id=job_id)
    await making.media.put(ObjectKey(f"{work_prefix(job_id)}piece-0/r240_h264.mp4"), b"frames")

    with pytest.raises(PiecesDifferError):
        await encoded(making, asked, plan)

    assert pieces.told == {}
    assert [page.objects async for page in making.media.list() if page.objects] == []
