"""Small whole films: H.264 and AAC in one MP4 that plays while it is fetched."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from keyshelf.media.tools.failures import MediaUnreadableError
from keyshelf.media.tools.ffmpeg import Progressed, input_arguments, run_ffmpeg
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.probed import AudioStream, Probe, VideoStream
from keyshelf.media.video import filters
from keyshelf.media.video.ladder import Rung, ladder
from keyshelf.media.video.plan import output_rate

SIDES = ("1080", "720")
"""The short sides that proxies have, where the film reaches them."""

_LEAST_SECONDS = 300.0
_SECONDS_A_SECOND = 30.0
"""How much slower than the film the slowest encode may be."""
_SPARE_BYTES = 64 * 2**20
_SOUND_BITS = 160_000
_KEYFRAME_SECONDS = 2

SecondsHandler = Callable[[float], Awaitable[None]]


def proxy_rungs(probe: Probe) -> Mapping[str, Rung]:
    """Return the sizes that the proxies of a film have, by name such as `1080p`.

    What the film does not reach is left out: nothing is enlarged.
    """
    if probe.video is None:
        return {}
    made = {rung.name: rung for rung in ladder(probe.video.width, probe.video.height)}
    return {f"{side}p": made[f"r{side}"] for side in SIDES if f"r{side}" in made}


async def make_proxies(
    tools: Tools,
    source: Path,
    probe: Probe,
    rungs: Mapping[str, Rung],
    *,
    folder: Path,
    on_seconds: SecondsHandler | None = None,
) -> Mapping[str, Path]:
    """Encode a film in some sizes, in one pass, into files of `folder`; return them by name.

    Sound is the film's default track in stereo. Raises as `run_ffmpeg` does, and
    `MediaUnreadableError` for what has no picture.
    """
    if probe.video is None:
        raise MediaUnreadableError("it has no picture to encode")

    async def on_progress(progressed: Progressed) -> None:
        if on_seconds is not None:
            await on_seconds(progressed.seconds)

    rate = output_rate(probe.video.rate)
    most_bits = max(rung.most_bits("h264", rate) for rung in rungs.values()) + _SOUND_BITS
    files = {name: folder / f"{name}.mp4" for name in rungs}
    await run_ffmpeg(
        tools,
        [
            *input_arguments(source),
            *("-filter_complex", _graph(probe.video, rungs)),
            *_outputs(probe, rungs),
        ],
        reads=[source],
        folder=folder,
        seconds=_LEAST_SECONDS + _SECONDS_A_SECOND * probe.duration,
        file_bytes=_SPARE_BYTES + round(probe.duration * most_bits / 4),
        on_progress=on_progress,
    )
    return files


def _graph(video: VideoStream, rungs: Mapping[str, Rung]) -> str:
    rate = output_rate(video.rate)
    (first, largest), *others = rungs.items()
    chain = [
        *filters.upright_fields(video),
        f"fps={rate.numerator}/{rate.denominator}:start_time=0",
        *filters.standard(video, largest.width, largest.height),
        f"split={len(rungs)}[{first}]" + "".join(f"[{name}whole]" for name, _ in others),
    ]
    graph = [f"[0:{video.index}]{','.join(chain)}"]
    graph += [
        f"[{name}whole]{filters.smaller(rung.width, rung.height)}[{name}]" for name, rung in others
    ]
    return ";".join(graph)


def _outputs(probe: Probe, rungs: Mapping[str, Rung]) -> Sequence[str]:
    assert probe.video is not None  # noqa: S101 -- looked at by the caller
    rate = output_rate(probe.video.rate)
    sound = _sound(probe.audio)
    arguments: list[str] = []
    for name, rung in rungs.items():
        bits = rung.most_bits("h264", rate)
        arguments += [
            *("-map", f"[{name}]", *sound, "-map_metadata", "-1", "-map_chapters", "-1"),
            *("-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high"),
            *("-g", str(round(_KEYFRAME_SECONDS * rate)), "-crf", str(rung.quality("h264"))),
            *("-maxrate", str(bits), "-bufsize", str(2 * bits)),
            *("-movflags", "+faststart", "-f", "mp4", f"{name}.mp4"),
        ]
    return arguments


def _sound(streams: Sequence[AudioStream]) -> Sequence[str]:
    if not streams:
        return []
    chosen = next((each for each in streams if each.is_default), streams[0])
    return [
        *("-map", f"0:{chosen.index}", "-af", "aresample=async=1:first_pts=0"),
        *("-c:a", "aac", "-b:a", str(_SOUND_BITS), "-ac", "2", "-ar", "48000"),
    ]
