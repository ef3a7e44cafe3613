"""A film that is encoded once for all tests of streams, and what they make of it."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID, uuid4

from keyshelf.layout.media import MediaHash, media_hash
from keyshelf.media.streams.values import Film
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.probe import probe
from keyshelf.media.tools.probed import Probe
from keyshelf.media.video.encode import encode_piece
from keyshelf.media.video.plan import EncodePlan, plan_encode
from tests.media_clips import MediaClips

HASH = media_hash("abcdef1234")
SECONDS = 14.5
SUBTITLES = """1
00:00:00,500 --> 00:00:01,500
Guten Tag

2
00:00:07,000 --> 00:00:08,000
Auf <i>Wiedersehen</i>
"""


@dataclass(frozen=True, slots=True)
class EncodedFilm:
    """Two rungs in both codecs, sound in German and in French 5.1, German subtitles."""

    source: Path
    folder: Path
    probe: Probe
    plan: EncodePlan
    tracks: Mapping[str, Path]

    def small(self) -> "EncodedFilm":
        """The same film in one rung and codec, silent: quick to publish."""
        plan = replace(self.plan, rungs=self.plan.rungs[-1:], codecs=("h264",))
        return replace(self, plan=plan, probe=replace(self.probe, audio=(), subtitles=()))

    def film(
        self, *, media: MediaHash = HASH, job_id: UUID | None = None, is_encrypted: bool = False
    ) -> Film:
        return Film(
            hash=media,
            job_id=job_id or uuid4(),
            source=self.source,
            probe=self.probe,
            plan=self.plan,
            tracks=self.tracks,
            is_encrypted=is_encrypted,
        )


async def encode_film(tools: Tools, clips: MediaClips, folder: Path) -> EncodedFilm:
    source = folder / "film.mkv"
    texts = folder / "texts.srt"
    texts.write_text(SUBTITLES, encoding="utf-8")
    clips.ffmpeg(
        *("-f", "lavfi", "-i", f"testsrc2=s=640x360:r=10:d={SECONDS},noise=alls=9:allf=t"),
        *("-f", "lavfi", "-i", f"aevalsrc=sin(440*2*PI*t)/4|sin(550*2*PI*t)/4:s=48000:d={SECONDS}"),
        *("-f", "lavfi", "-i", f"aevalsrc={'|'.join(['sin(330*2*PI*t)/5'] * 6)}:c=5.1:d={SECONDS}"),
        *("-i", texts, "-map", "0", "-map", "1", "-map", "2", "-map", "3"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"),
        *("-metadata:s:a:0", "language=ger", "-metadata:s:a:1", "language=fre"),
        *("-metadata:s:a:1", "title=Version française", "-metadata:s:s:0", "language=ger"),
        source,
    )
    found = await probe(tools, source, folder=folder)
    plan = plan_encode(found)
    made = await encode_piece(tools, source, plan, plan.pieces[0], folder=folder)
    return EncodedFilm(source, folder, found, plan, made.files)


def command_lines() -> Sequence[bytes]:
    """Return the command lines of all processes."""
    found: list[bytes] = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            found.append(path.read_bytes())
    return found
