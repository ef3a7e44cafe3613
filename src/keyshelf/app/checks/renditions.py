"""What makes renditions: the tools for films, and the processes that render pictures."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import mkdtemp

from keyshelf.app.checks.values import Check, failed, ok, warning
from keyshelf.app.images import render_options
from keyshelf.app.tools import tools_of
from keyshelf.errors import Error
from keyshelf.media.images.pool import RenderPool
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.running import Fence, run_tool
from keyshelf.settings import Settings

_FENCE = Fence(seconds=20, memory_bytes=4 * 2**30, file_bytes=2**20)
_NEEDED = ("libx264", "libsvtav1", "libwebp_anim", "zscale")
"""What FFmpeg must have to make streams and previews."""
_SPOT = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'
_INSTALL = "install keyshelf again, or set KEYSHELF_FFMPEG to another FFmpeg"


async def check_renditions(settings: Settings) -> AsyncIterator[Check]:
    """Run each tool once, and look at one tiny picture; nothing is left of it."""
    folder = Path(mkdtemp(prefix="keyshelf-doctor-"))
    try:
        yield await _films(settings, folder)
        yield await _pictures(settings, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _films(settings: Settings, folder: Path) -> Check:
    name = "films"
    try:
        tools = tools_of(settings)
        ffmpeg = await _said(tools.ffmpeg, ["-version"], folder)
        packager = await _said(tools.packager, ["--version"], folder)
        await _said(tools.ffprobe, ["-version"], folder)
        lacking = await _lacking(tools, folder)
    except Error as error:
        return failed(name, f"a tool does not run: {error.detail}", fix=_INSTALL)
    found = f"{ffmpeg}, {packager}"
    if lacking:
        return warning(name, f"{found}; FFmpeg lacks {', '.join(lacking)}", fix=_INSTALL)
    return ok(name, found)


async def _lacking(tools: Tools, folder: Path) -> list[str]:
    listed = [
        (await run_tool(tools.ffmpeg, ["-hide_banner", each], folder=folder, fence=_FENCE)).stdout
        for each in ("-encoders", "-filters")
    ]
    words = b" ".join(listed).decode("utf-8", "replace").split()
    return [each for each in _NEEDED if each not in words]


async def _said(program: Path, arguments: list[str], folder: Path) -> str:
    output = await run_tool(program, arguments, folder=folder, fence=_FENCE)
    text = output.stdout.decode("utf-8", "replace") or output.stderr
    return text.partition("\n")[0].partition(" Copyright")[0].strip()


async def _pictures(settings: Settings, folder: Path) -> Check:
    name = "pictures"
    picture = folder / "picture"
    picture.write_bytes(_SPOT)
    try:
        async with RenderPool(render_options(settings), folder=folder) as pool:
            await pool.inspect(picture)
    except Error as error:
        return failed(name, f"no picture can be rendered: {error.detail}", fix=_INSTALL)
    return ok(name, f"{render_options(settings).at_once} can be rendered at once")
