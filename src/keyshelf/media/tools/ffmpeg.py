"""How FFmpeg is called: what it may open, and how far it has come."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.running import Fence, LineHandler, ToolOutput, run_tool

FORMATS = (
    "mov",
    "matroska",
    "avi",
    "mpegts",
    "mpeg",
    "flv",
    "asf",
    "mxf",
    "dv",
    "ogg",
    "wav",
    "w64",
    "aiff",
    "caf",
    "mp3",
    "aac",
    "flac",
    "amr",
)
"""Demuxers that may read a source. None of them opens a second file: no playlist, no list of
files, no image sequence, no device and no script is among them."""

DECODERS = (
    # video
    "h264,hevc,vvc,av1,libdav1d,libaom-av1,vp8,vp9,libvpx,libvpx-vp9,mpeg4,msmpeg4,msmpeg4v2,"
    "msmpeg4v1,mpeg1video,mpeg2video,h263,h263p,flv,theora,vc1,wmv1,wmv2,wmv3,prores,dnxhd,cfhd,"
    "dvvideo,mjpeg,jpeg2000,ffv1,ffvhuff,huffyuv,utvideo,magicyuv,rawvideo,v210,r210,qtrle,png,"
    "svq1,svq3,cinepak,apv"
    # audio
    ",aac,aac_latm,mp1,mp1float,mp2,mp2float,mp3,mp3float,ac3,ac3_fixed,eac3,dca,truehd,mlp,"
    "opus,libopus,vorbis,libvorbis,flac,alac,wavpack,wmav1,wmav2,wmapro,wmalossless,amrnb,amrwb,"
    "libopencore_amrnb,libopencore_amrwb,adpcm_ima_wav,adpcm_ima_qt,adpcm_ms,adpcm_swf,nellymoser,"
    "speex,qdm2,qdmc,gsm,gsm_ms,"
    "pcm_alaw,pcm_mulaw,pcm_u8,pcm_s8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,"
    "pcm_f32le,pcm_f32be,pcm_f64le,pcm_f64be,pcm_dvd,pcm_bluray,pcm_s16le_planar,"
    # subtitles that are text
    "mov_text,subrip,srt,ass,ssa,webvtt,text"
)
"""Decoders that may read a stream, as one word for `-codec_whitelist`."""

_PROBED_BYTES = 16 * 2**20
_PROBED_MICROSECONDS = 10_000_000

GUARD = (
    "-protocol_whitelist",
    "file,pipe",
    "-format_whitelist",
    ",".join(FORMATS),
    "-codec_whitelist",
    DECODERS,
    "-probesize",
    str(_PROBED_BYTES),
    "-analyzeduration",
    str(_PROBED_MICROSECONDS),
)
"""Goes before every input, of FFmpeg and of ffprobe."""


@dataclass(frozen=True, slots=True)
class Progressed:
    """How far FFmpeg has come in what it writes."""

    frame: int
    """Of the first video output."""
    seconds: float


ProgressHandler = Callable[[Progressed], Awaitable[None]]
"""Told twice a second; raising stops the run."""


def input_arguments(path: Path) -> list[str]:
    """Return how an untrusted file is named: options of reading (`-ss`) go before.

    `path` is absolute, and its name has no pattern that a demuxer would expand.
    """
    return [*GUARD, "-i", f"file:{path}"]


async def run_ffmpeg(
    tools: Tools,
    arguments: Sequence[str],
    *,
    reads: Sequence[Path],
    folder: Path,
    seconds: float,
    file_bytes: int,
    on_progress: ProgressHandler | None = None,
    on_line: LineHandler | None = None,
) -> ToolOutput:
    """Run FFmpeg in `folder` for at most `seconds`, no file of it longer than `file_bytes`.

    It reads `reads` and what is in `folder`.

    `on_line` is told the lines that `arguments` have it write to stdout, such as those of
    `ametadata=print:file=-`; then no progress is told. Raises as `run_tool` does.
    """
    fence = Fence(seconds=seconds, memory_bytes=tools.limits.memory_bytes, file_bytes=file_bytes)
    head = ["-hide_banner", "-nostdin", "-nostats", "-y", "-v", "error"]
    told = ["-progress", "pipe:1"] if on_progress and not on_line else []
    return await run_tool(
        tools.ffmpeg,
        [*head, *told, *arguments],
        folder=folder,
        fence=fence,
        reads=reads,
        on_line=on_line or (_progress_lines(on_progress) if on_progress else None),
    )


def _progress_lines(handler: ProgressHandler) -> LineHandler:
    facts: dict[bytes, bytes] = {}

    async def on_line(line: bytes) -> None:
        name, _, value = line.strip().partition(b"=")
        facts[name] = value.strip()
        if name == b"progress":
            await handler(
                Progressed(
                    frame=_number(facts.get(b"frame")),
                    seconds=_number(facts.get(b"out_time_us")) / 1e6,
                )
            )

    return on_line


def _number(text: bytes | None) -> int:
    # Until something is written FFmpeg says N/A.
    return int(text) if text is not None and text.isdigit() else 0
