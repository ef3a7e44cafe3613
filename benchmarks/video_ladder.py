"""The ladder of ten rungs in one run against ten runs of FFmpeg with the same settings.

    python -m benchmarks.video_ladder [seconds of film] [rounds]

Both are our own encode: once as it is, and once asked for a single track at a time, which is
one decode and one encode. The rounds are interleaved and the best of each is shown. The clip
is 1080p of moving patterns with noise, which is harder to encode than most films.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from keyshelf.media.tools.finding import Tools, find_tools
from keyshelf.media.tools.probe import probe
from keyshelf.media.video.encode import encode_piece
from keyshelf.media.video.plan import EncodePlan, plan_encode

_AIM = 0.6


async def timed(tools: Tools, source: Path, plan: EncodePlan, folder: Path) -> float:
    """Encode the film's one piece and return how many seconds that took."""
    started = time.perf_counter()
    await encode_piece(tools, source, plan, plan.pieces[0], folder=folder)
    return time.perf_counter() - started


async def main(seconds: float, rounds: int) -> None:
    tools = find_tools()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "clip.mp4"
        picture = f"testsrc2=s=1920x1080:r=30:d={seconds},noise=alls=8:allf=t:all_seed=1"
        settings = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "20")
        subprocess.run(
            [tools.ffmpeg, "-v", "error", "-f", "lavfi", "-i", picture, *settings, source],
            check=True,
        )
        plan = plan_encode(await probe(tools, source, folder=folder))
        together: list[float] = []
        apart: dict[str, list[float]] = {track: [] for track in plan.tracks}
        for _ in range(rounds):
            together.append(await timed(tools, source, plan, folder))
            for rung in plan.rungs:
                for codec in plan.codecs:
                    alone = replace(plan, rungs=(rung,), codecs=(codec,))
                    apart[rung.track(codec)].append(await timed(tools, source, alone, folder))
    for track, times in apart.items():
        print(f"{track:<12} alone {min(times):8.2f} s")
    one, ten = min(together), sum(min(times) for times in apart.values())
    print(f"{'ten runs':<18} {ten:8.2f} s")
    print(f"{'one run':<18} {one:8.2f} s   {one / ten:.2f} of it; at most {_AIM} is the aim")


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) if sys.argv[1:] else 6.0, int((sys.argv[2:] or ["2"])[0])))
