"""An FFmpeg that succeeds and makes nothing, as for some broken films, is no success."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from keyshelf.media.tools.failures import MediaUnreadableError
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.probe import probe
from keyshelf.media.tools.probed import Probe
from keyshelf.media.video.cover import make_cover
from keyshelf.media.video.encode import encode_piece
from keyshelf.media.video.fragments import BrokenFragmentsError
from keyshelf.media.video.plan import plan_encode
from keyshelf.media.video.preview import make_preview
from keyshelf.media.video.sprites import make_sprites
from keyshelf.media.video.subtitles import extract_subtitles
from tests.media_clips import MediaClips

pytestmark = pytest.mark.anyio

Making = Callable[[Tools, Path, Probe, Path], Awaitable[object]]


def ffmpeg_that(folder: Path, script: str) -> Path:
    """Return a program in FFmpeg's place; `$outputs` are the MP4 files that it was to write."""
    program = folder / "ffmpeg"
    names = 'for each; do case "$each" in -*|*:*) ;; *.mp4) outputs="$outputs $each";; esac; done'
    program.write_text(f"#!/bin/sh\noutputs=\n{names}\n{script}\n")
    program.chmod(0o755)
    return program


async def cover(tools: Tools, source: Path, film: Probe, folder: Path) -> None:
    await make_cover(tools, source, film, folder=folder)


async def preview(tools: Tools, source: Path, film: Probe, folder: Path) -> None:
    await make_preview(tools, source, film, folder=folder)


async def sprites(tools: Tools, source: Path, film: Probe, folder: Path) -> None:
    await make_sprites(tools, source, width=320, height=180, duration=3, folder=folder)


async def subtitles(tools: Tools, source: Path, film: Probe, folder: Path) -> None:
    await extract_subtitles(tools, source, film, folder=folder)


async def encode(tools: Tools, source: Path, film: Probe, folder: Path) -> None:
    plan = plan_encode(film)
    await encode_piece(tools, source, plan, plan.pieces[0], folder=folder)


@pytest.mark.parametrize("making", [cover, preview, sprites, subtitles, encode])
async def test_nothing_made_is_an_error(
    media_tools: Tools, clips: MediaClips, tmp_path: Path, making: Making
) -> None:
    film = await probe(media_tools, clips["bilingual.mkv"], folder=tmp_path)
    idle = replace(
        media_tools, ffmpeg=ffmpeg_that(tmp_path, 'for each in $outputs; do >"$each"; done')
    )

    with pytest.raises(MediaUnreadableError):
        await making(idle, clips["bilingual.mkv"], film, tmp_path)


async def test_rungs_that_do_not_fit_together_are_refused(
    media_tools: Tools, clips: MediaClips, tmp_path: Path
) -> None:
    source = clips["silent.mp4"]
    film = await probe(media_tools, source, folder=tmp_path)
    # One rung is written, and the other one is left empty.
    one = 'for each in $outputs; do >"$each"; done; exec {} -v error -y -i {} -c copy {} {}'
    flags = "-movflags +frag_keyframe+empty_moov+skip_trailer"
    script = one.format(media_tools.ffmpeg, source, flags, "r240_av1.0.mp4")

    with pytest.raises(BrokenFragmentsError):
        await encode(
            replace(media_tools, ffmpeg=ffmpeg_that(tmp_path, script)), source, film, tmp_path
        )
