"""Encoding a piece of a film: one decode, every rung in every codec."""

import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from anyio import to_thread

from keyshelf.media.tools.failures import MediaUnreadableError
from keyshelf.media.tools.ffmpeg import Progressed, input_arguments, run_ffmpeg
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.room import refuse_without_room
from keyshelf.media.video import filters
from keyshelf.media.video.fragments import (
    BrokenFragmentsError,
    Fragments,
    drop_header,
    read_fragments,
)
from keyshelf.media.video.ladder import Codec, Rung
from keyshelf.media.video.plan import EncodePlan, Piece

_SEEK_MARGIN = 3.0
"""Seconds before a piece at which reading begins at the latest: the first frames after a
keyframe of an open group cannot be decoded without the group before."""
_LEAST_SECONDS = 300.0
_SECONDS_A_SECOND = 120.0
"""How much slower than the film the slowest encode may be."""
_SPARE_BYTES = 64 * 2**20
_SPARE_SECONDS = 60.0
_TIMES_SOURCE = 2
"""How much larger than the source all rungs of it together hardly are."""

_MP4 = (
    "frag_keyframe+empty_moov+default_base_moof+negative_cts_offsets"
    # Times count from the film's start in every piece; nothing follows the last fragment.
    "+frag_discont+skip_sidx+skip_trailer"
)

SecondsHandler = Callable[[float], Awaitable[None]]
"""Told how many seconds of the film, from its start, are done; raising stops the encode."""


@dataclass(frozen=True, slots=True)
class EncodedPiece:
    """A piece in every rung and codec.

    The bytes of a track's pieces, one after the other, are the track: a fragmented MP4 with a
    keyframe and `gop` frames in each fragment, the same in every track.
    """

    piece: Piece
    files: Mapping[str, Path]
    """By track, such as `r720_h264`; empty when the film ended before this piece."""
    headers: Mapping[str, str]
    """By track, the SHA-256 of the header. Pieces of one track have the same, or another
    FFmpeg made them and they do not belong together."""
    frames: int
    is_last: bool
    """Whether the film ends in this piece, whatever its header says."""


async def encode_piece(
    tools: Tools,
    source: Path,
    plan: EncodePlan,
    piece: Piece,
    *,
    folder: Path,
    on_seconds: SecondsHandler | None = None,
) -> EncodedPiece:
    """Encode one piece into files of `folder` that have its number in their names.

    Encoding it again replaces them. Raises as `run_ffmpeg` does; `MediaUnreadableError` also
    when there is no picture in the whole film, `BrokenFragmentsError`, and
    `NoScratchSpaceError` before anything is encoded.
    """
    first_second = float(piece.first_frame / plan.rate)
    files = {track: folder / f"{track}.{piece.index}.mp4" for track in plan.tracks}

    async def on_progress(progressed: Progressed) -> None:
        if on_seconds is not None:
            await on_seconds(first_second + float(progressed.frame / plan.rate))

    length = float((_latest_end(plan, piece) - piece.first_frame) / plan.rate)
    refuse_without_room(folder, _likely_bytes(plan, length, source), tools.limits)
    await run_ffmpeg(
        tools,
        [
            *_reading(plan, piece),
            *input_arguments(source),
            *("-filter_complex", _graph(plan, piece)),
            *_outputs(plan, files),
        ],
        reads=[source],
        folder=folder,
        seconds=_LEAST_SECONDS + _SECONDS_A_SECOND * length,
        file_bytes=_SPARE_BYTES + round(length * plan.rungs[0].most_bits("h264", plan.rate) / 4),
        on_progress=on_progress,
    )
    return await to_thread.run_sync(_checked, plan, piece, files)


def _likely_bytes(plan: EncodePlan, length: float, source: Path) -> int:
    """Return about how much room a piece takes, which is mostly much less."""
    bits = sum(rung.most_bits(codec, plan.rate) for rung in plan.rungs for codec in plan.codecs)
    return min(round(length * bits / 8), _TIMES_SOURCE * source.stat().st_size)


def _reading(plan: EncodePlan, piece: Piece) -> list[str]:
    if len(plan.pieces) == 1:
        # FFmpeg evens out the jumps of broadcast clocks, which it does not with times kept.
        return []
    absolute = ["-copyts", "-start_at_zero"]
    if piece.first_frame == 0:
        return absolute
    # From the keyframe before: the frame that is shown at the piece's start may be long past.
    place = max(0.0, float(piece.first_frame / plan.rate) - _SEEK_MARGIN)
    return [*absolute, "-noaccurate_seek", "-ss", f"{place:.6f}"]


def _graph(plan: EncodePlan, piece: Piece) -> str:
    largest, *others = plan.rungs
    chain = [
        *filters.upright_fields(plan.video),
        # Every piece is cut from the same grid, which begins at the film's start.
        f"fps={_ratio(plan.rate)}:start_time=0",
        f"trim=start_pts={piece.first_frame}:end_pts={_latest_end(plan, piece)}",
        *filters.standard(plan.video, largest.width, largest.height),
        f"split={len(plan.codecs) + len(others)}",
    ]
    links = [_link(largest, codec) for codec in plan.codecs] + [f"[{each.name}]" for each in others]
    graph = [f"[0:{plan.video.index}]{','.join(chain)}{''.join(links)}"]
    graph += [
        f"[{rung.name}]{filters.smaller(rung.width, rung.height)},split={len(plan.codecs)}"
        + "".join(_link(rung, codec) for codec in plan.codecs)
        for rung in others
    ]
    return ";".join(graph)


def _outputs(plan: EncodePlan, files: Mapping[str, Path]) -> list[str]:
    arguments: list[str] = []
    for rung in plan.rungs:
        for codec in plan.codecs:
            bits = rung.most_bits(codec, plan.rate)
            arguments += [
                *("-map", _link(rung, codec), "-map_metadata", "-1", "-map_chapters", "-1"),
                *("-fps_mode", "passthrough", "-g", str(plan.gop)),
                *("-crf", str(rung.quality(codec))),
                *("-maxrate", str(bits), "-bufsize", str(2 * bits)),
                *_encoder(codec, plan.gop),
                *("-movflags", _MP4, "-fflags", "+bitexact", "-f", "mp4"),
                files[rung.track(codec)].name,
            ]
    return arguments


def _encoder(codec: Codec, gop: int) -> tuple[str, ...]:
    # A keyframe every `gop` frames, nowhere else: no scene makes one, no group is open.
    if codec == "av1":
        return ("-c:v", "libsvtav1", "-preset", "10", "-svtav1-params", "scd=0:irefresh-type=2")
    return (
        *("-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high"),
        *("-keyint_min", str(gop), "-sc_threshold", "0", "-flags", "+cgop"),
    )


def _checked(plan: EncodePlan, piece: Piece, files: Mapping[str, Path]) -> EncodedPiece:
    made = {track: read_fragments(path) for track, path in files.items()}
    lengths = {each.samples for each in made.values()}
    if len(lengths) != 1 or not all(_is_aligned(each, plan.gop) for each in made.values()):
        raise BrokenFragmentsError("the rungs of a piece are not cut at the same frames")
    frames = lengths.pop()
    if frames == 0 and piece.index == 0:
        raise MediaUnreadableError("not one frame of its picture can be decoded")
    if piece.end_frame is None and piece.first_frame + frames == _latest_end(plan, piece):
        raise MediaUnreadableError("it goes on for much longer than its header says")
    if piece.index > 0:
        for track, path in files.items():
            drop_header(path, made[track].header_bytes)
    return EncodedPiece(
        piece=piece,
        files=files if frames else {},
        headers={track: each.header for track, each in made.items()} if frames else {},
        frames=frames,
        is_last=piece.end_frame is None or piece.first_frame + frames < piece.end_frame,
    )


def _is_aligned(made: Fragments, gop: int) -> bool:
    *whole, last = [each.samples for each in made.fragments] or [0]
    return all(samples == gop for samples in whole) and last <= gop


def _latest_end(plan: EncodePlan, piece: Piece) -> int:
    """Return the frame at which a piece ends at the latest, whatever its frames' times claim."""
    if piece.end_frame is not None:
        return piece.end_frame
    rest = max(0.0, plan.duration - float(piece.first_frame / plan.rate))
    return piece.first_frame + math.ceil(float(plan.rate) * (_SPARE_SECONDS + 1.5 * rest))


def _link(rung: Rung, codec: Codec) -> str:
    return f"[{rung.track(codec)}]"


def _ratio(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"
