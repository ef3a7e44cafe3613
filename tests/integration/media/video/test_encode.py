"""Encoding films of every kind into rungs of both codecs."""

from dataclasses import dataclass, replace
from pathlib import Path

import anyio
import pytest

from keyshelf.media.tools.failures import MediaUnreadableError
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.probe import probe
from keyshelf.media.video.encode import EncodedPiece, encode_piece
from keyshelf.media.video.fragments import read_fragments
from keyshelf.media.video.plan import EncodePlan, plan_encode
from tests.media_clips import MediaClips
from tests.media_reading import (
    complaints,
    mean_colour,
    packets,
    picture_hashes,
    small_pictures,
    stream,
    unlikeness,
)

pytestmark = pytest.mark.anyio


@dataclass(frozen=True, slots=True)
class Encoder:
    """Encodes clips whole."""

    tools: Tools
    clips: MediaClips
    folder: Path

    async def plan(self, source: Path, *, piece_seconds: int = 120) -> EncodePlan:
        described = await probe(self.tools, source, folder=self.folder)
        return plan_encode(described, piece_seconds=piece_seconds)

    async def encode(self, clip: str) -> tuple[EncodePlan, EncodedPiece]:
        """Return the plan of a clip and its only piece."""
        source = self.clips[clip]
        plan = await self.plan(source)
        (piece,) = plan.pieces
        return plan, await encode_piece(self.tools, source, plan, piece, folder=self.folder)

    async def joined(self, source: Path, plan: EncodePlan, *, name: str) -> dict[str, Path]:
        """Encode each piece of a plan and return the joined tracks."""
        tracks = {track: self.folder / f"{name}.{track}.mp4" for track in plan.tracks}
        headers: list[dict[str, str]] = []
        for piece in plan.pieces:
            done = await encode_piece(self.tools, source, plan, piece, folder=self.folder)
            for track, path in done.files.items():
                with tracks[track].open("ab") as file:
                    file.write(path.read_bytes())
            if done.frames:
                headers.append(dict(done.headers))
            if done.is_last:
                break
        assert all(each == headers[0] for each in headers)
        return tracks


@pytest.fixture
def encoder(media_tools: Tools, clips: MediaClips, tmp_path: Path) -> Encoder:
    return Encoder(media_tools, clips, tmp_path)


@pytest.mark.parametrize(
    ("clip", "size", "frames"),
    [
        ("plain.mp4", (320, 180), 90),
        ("rotated.mp4", (180, 320), 60),
        ("portrait.mp4", (180, 320), 60),
        ("odd.mp4", (320, 180), 60),
        ("anamorphic.mp4", (256, 144), 60),
        ("interlaced.ts", (320, 240), 75),
        ("vfr.mp4", (320, 180), 75),
        ("hdr10.mp4", (320, 180), 60),
        ("hlg.mp4", (320, 180), 60),
        ("av1.webm", (320, 180), 60),
    ],
)
async def test_any_film_becomes_eight_bits_of_standard_colour(
    encoder: Encoder, clip: str, size: tuple[int, int], frames: int
) -> None:
    plan, done = await encoder.encode(clip)

    assert (done.frames, done.is_last) == (frames, True)
    assert list(done.files) == ["r240_av1", "r240_h264"]
    for track, path in done.files.items():
        facts = stream(encoder.tools, path)
        assert (int(facts["width"]), int(facts["height"])) == size
        assert facts["pix_fmt"] == "yuv420p"
        assert facts["sample_aspect_ratio"] == "1:1"
        assert {facts["color_primaries"], facts["color_transfer"], facts["color_space"]} == {
            "bt709"
        }
        assert facts["color_range"] == "tv"
        assert facts["field_order"] == "progressive" or track.endswith("av1")
        assert packets(encoder.tools, path).durations == {round(float(1 / plan.rate), 4)}
        assert complaints(encoder.tools, path) == ""


async def test_keyframes_are_the_same_in_every_rung_and_codec(encoder: Encoder) -> None:
    plan, done = await encoder.encode("lines718.mp4")

    assert [(rung.name, rung.width, rung.height) for rung in plan.rungs] == [
        ("r720", 1278, 718),
        ("r480", 854, 480),
        ("r360", 640, 360),
        ("r240", 428, 240),
    ]
    assert len(done.files) == 8
    for path in done.files.values():
        assert packets(encoder.tools, path).frames == 22
        assert packets(encoder.tools, path).keyframes == [0.0, 2.0]


@pytest.mark.parametrize("clip", ["long.mp4", "ntsc.mkv"])
async def test_a_film_in_pieces_is_the_film_in_one_piece(encoder: Encoder, clip: str) -> None:
    source = encoder.clips[clip]
    whole_plan = await encoder.plan(source)
    cut_plan = await encoder.plan(source, piece_seconds=6)

    whole = await encoder.joined(source, whole_plan, name="whole")
    cut = await encoder.joined(source, cut_plan, name="cut")

    assert (len(whole_plan.pieces), len(cut_plan.pieces)) == (1, 3)
    keyframes = [each * float(cut_plan.segment_seconds) / 3 for each in range(8)]
    for track in cut_plan.tracks:
        one, three = (packets(encoder.tools, each[track]) for each in (whole, cut))
        assert one == three
        assert three.frames == 435
        assert three.keyframes == pytest.approx(keyframes, abs=1e-4)
        assert len(three.durations) <= 2  # of which one is the other, rounded
        assert complaints(encoder.tools, cut[track]) == ""
        times = [each.time for each in read_fragments(cut[track]).fragments]
        assert times == [each.time for each in read_fragments(whole[track]).fragments]
    # What is shown before, around and after the joints is the same frame, and no neighbour of it.
    # The bits differ from run to run: the encoder's threads decide.
    one, three = (small_pictures(encoder.tools, each["r240_av1"]) for each in (whole, cut))
    for group in range(0, 420, 60):
        frames = range(group + 1, group + 60)
        early, same, late = (
            sum(unlikeness(one[frame], three[frame + by]) for frame in frames) for by in (-1, 0, 1)
        )
        assert same < 0.9 * min(early, late), f"frames from {group}"


async def test_no_scene_makes_a_keyframe(
    encoder: Encoder, clips: MediaClips, tmp_path: Path
) -> None:
    source = tmp_path / "cuts.mp4"
    clips.ffmpeg(
        *("-f", "lavfi", "-i", "color=red:s=160x90:r=25:d=1.3"),
        *("-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=1.5"),
        *("-f", "lavfi", "-i", "color=blue:s=160x90:r=25:d=2"),
        *("-filter_complex", "concat=n=3", "-c:v", "libx264", "-preset", "ultrafast", source),
    )
    plan = await encoder.plan(source)

    tracks = await encoder.joined(source, plan, name="cuts")

    for path in tracks.values():
        assert packets(encoder.tools, path).keyframes == [0.0, 2.0, 4.0]


async def test_a_picture_that_begins_late_begins_late(encoder: Encoder) -> None:
    plan, done = await encoder.encode("late_picture.mkv")

    # Its first frame stands still until it begins, so that picture and sound stay together.
    assert done.frames == 105
    hashes = picture_hashes(encoder.tools, done.files["r240_av1"])
    assert packets(encoder.tools, done.files["r240_av1"]).frames == 105
    assert len(set(hashes[46:])) > 50
    assert plan.rate == 30


async def test_colours_survive(encoder: Encoder, clips: MediaClips, tmp_path: Path) -> None:
    # Orange, once as small films have it (BT.601, unsaid) and once as large ones do.
    for name, size, matrix in (("sd", "320x240", "bt601"), ("hd", "1280x720", "bt709")):
        source = tmp_path / f"{name}.mp4"
        clips.ffmpeg(
            *("-f", "lavfi", "-i", f"color=0xE08040:s={size}:r=10:d=0.5,format=gbrp"),
            *("-vf", f"scale=out_color_matrix={matrix}:out_range=tv,format=yuv420p"),
            *("-c:v", "libx264", "-preset", "ultrafast", "-crf", "10"),
            *("-bsf:v", "h264_metadata=matrix_coefficients=2", source),
        )
        plan = replace(await encoder.plan(source), codecs=("h264",))

        tracks = await encoder.joined(source, plan, name=name)

        for path in tracks.values():
            assert mean_colour(encoder.tools, path) == pytest.approx((0xE0, 0x80, 0x40), abs=6)


async def test_wide_and_direct_colours_survive(
    encoder: Encoder, clips: MediaClips, tmp_path: Path
) -> None:
    wide = "zscale=p=bt2020:t=bt2020-10:m=bt2020nc:pin=bt709:tin=bt709:min=bt709:rin=limited"
    tags = "colorprim=bt2020:transfer=bt2020-10:colormatrix=bt2020nc:log-level=error"
    ways: dict[str, tuple[str, ...]] = {
        "rgb": ("-c:v", "libx264rgb", "-preset", "ultrafast", "-crf", "10"),
        "wide": (
            *("-vf", f"scale=out_color_matrix=bt709:out_range=tv,format=yuv444p10le,{wide}"),
            *("-pix_fmt", "yuv420p10le", "-c:v", "libx265", "-preset", "ultrafast"),
            *("-crf", "12", "-x265-params", tags),
        ),
    }
    for name, way in ways.items():
        source = tmp_path / f"{name}.mkv"
        clips.ffmpeg(
            *("-f", "lavfi", "-i", "color=0xB08060:s=320x240:r=10:d=0.5,format=gbrp"), *way, source
        )
        plan = replace(await encoder.plan(source), codecs=("h264",))

        (path,) = (await encoder.joined(source, plan, name=name)).values()

        assert mean_colour(encoder.tools, path) == pytest.approx((0xB0, 0x80, 0x60), abs=6)


@pytest.mark.parametrize("clip", ["hdr10.mp4", "hlg.mp4"])
async def test_high_dynamic_range_is_toned_down_not_cut(encoder: Encoder, clip: str) -> None:
    _, done = await encoder.encode(clip)

    for path in done.files.values():
        red, green, blue = mean_colour(encoder.tools, path)
        assert all(30 < each < 225 for each in (red, green, blue))


async def test_progress_counts_from_the_films_start(encoder: Encoder) -> None:
    source = encoder.clips["long.mp4"]
    plan = await encoder.plan(source, piece_seconds=6)
    told: list[float] = []

    async def on_seconds(seconds: float) -> None:
        told.append(seconds)

    await encode_piece(
        encoder.tools, source, plan, plan.pieces[1], folder=encoder.folder, on_seconds=on_seconds
    )

    assert told == sorted(told)
    assert (min(told) >= 6.0, told[-1]) == (True, 12.0)


async def test_an_error_while_progress_is_told_stops_the_encode(encoder: Encoder) -> None:
    source = encoder.clips["long.mp4"]
    plan = await encoder.plan(source)

    async def on_seconds(seconds: float) -> None:
        raise LookupError(f"stopped at {seconds >= 0}")

    with pytest.raises(LookupError, match="stopped at True"):
        await encode_piece(
            encoder.tools,
            source,
            plan,
            plan.pieces[0],
            folder=encoder.folder,
            on_seconds=on_seconds,
        )


async def test_cancelling_ends_the_encode(encoder: Encoder) -> None:
    source = encoder.clips["long.mp4"]
    plan = await encoder.plan(source)

    async def on_seconds(seconds: float) -> None:
        scope.cancel()

    with anyio.CancelScope() as scope:
        await encode_piece(
            encoder.tools,
            source,
            plan,
            plan.pieces[0],
            folder=encoder.folder,
            on_seconds=on_seconds,
        )

    assert scope.cancelled_caught


async def test_a_film_that_ends_before_its_header_says_ends_the_pieces(encoder: Encoder) -> None:
    source = encoder.clips["long.mp4"]
    described = await probe(encoder.tools, source, folder=encoder.folder)
    plan = plan_encode(replace(described, duration=60.0), piece_seconds=6)

    at_the_end = await encode_piece(
        encoder.tools, source, plan, plan.pieces[2], folder=encoder.folder
    )
    behind_it = await encode_piece(
        encoder.tools, source, plan, plan.pieces[5], folder=encoder.folder
    )

    assert len(plan.pieces) == 10
    assert (at_the_end.frames, at_the_end.is_last) == (75, True)
    assert (behind_it.frames, behind_it.is_last, behind_it.files) == (0, True, {})


async def test_a_film_that_goes_on_is_not_cut_short_by_its_header(encoder: Encoder) -> None:
    source = encoder.clips["long.mp4"]
    described = await probe(encoder.tools, source, folder=encoder.folder)
    plan = plan_encode(replace(described, duration=3.0))

    done = await encode_piece(encoder.tools, source, plan, plan.pieces[0], folder=encoder.folder)

    assert (done.frames, done.is_last) == (435, True)


async def test_a_film_without_one_good_frame_is_refused(
    encoder: Encoder, clips: MediaClips, tmp_path: Path
) -> None:
    plan = await encoder.plan(clips["silent.mp4"])
    broken = bytearray(clips["silent.mp4"].read_bytes())
    start = broken.index(b"mdat") + 4
    end = broken.index(b"moov") - 4
    broken[start:end] = b"\x00" * (end - start)
    source = tmp_path / "broken.mp4"
    source.write_bytes(broken)

    with pytest.raises(MediaUnreadableError):
        await encode_piece(encoder.tools, source, plan, plan.pieces[0], folder=tmp_path)


async def test_a_film_that_goes_on_far_longer_than_its_header_says_is_refused(
    encoder: Encoder, clips: MediaClips, tmp_path: Path
) -> None:
    source = tmp_path / "still.mp4"
    clips.ffmpeg(*("-f", "lavfi", "-i", "testsrc2=s=16x16:r=1/60:d=240", "-c:v", "libx264"), source)
    described = await probe(encoder.tools, source, folder=tmp_path)
    plan = plan_encode(replace(described, duration=1.0))

    with pytest.raises(MediaUnreadableError, match="header"):
        await encode_piece(encoder.tools, source, plan, plan.pieces[0], folder=tmp_path)


async def test_jumps_of_a_broadcasts_clock_are_evened_out(
    encoder: Encoder, clips: MediaClips, tmp_path: Path
) -> None:
    # Two recordings in one file: the clock of the second begins anew.
    source = tmp_path / "two.ts"
    source.write_bytes(clips["interlaced.ts"].read_bytes() * 2)
    plan = await encoder.plan(source)

    done = await encode_piece(encoder.tools, source, plan, plan.pieces[0], folder=tmp_path)

    assert done.frames == pytest.approx(150, abs=2)
