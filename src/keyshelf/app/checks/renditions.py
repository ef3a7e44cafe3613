"""What makes renditions: the tools for films, and the processes that render pictures."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import mkdtemp

from keyshelf.app.checks.values import Check, failed, ok, warning
from keyshelf.app.images import render_options
from keyshelf.app.tools import tools_of
from keyshelf.errors import Error
from keyshelf.media import fences
from keyshelf.media.images.formats import ImageFormat
from keyshelf.media.images.options import ImageOptions
from keyshelf.media.images.plans import plan_of
from keyshelf.media.images.pool import RenderPool
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.running import Fence, run_tool
from keyshelf.settings import Settings

_FENCE = Fence(seconds=20, memory_bytes=4 * 2**30, file_bytes=2**20)
_NEEDED = ("libx264", "libsvtav1", "libwebp_anim", "zscale")
"""What FFmpeg must have to make streams and previews."""
_SPOT = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'
_SMALL = ImageOptions(width=4)
_INSTALL = "install keyshelf again, or set KEYSHELF_FFMPEG to another FFmpeg"
_INSTALL_LIBVIPS = (
    "install keyshelf again, with the libvips that it brings: `make setup` in a checkout;"
    " what the processes that render print tells more"
)


async def check_renditions(settings: Settings) -> AsyncIterator[Check]:
    """Run each tool once, and render one tiny picture; nothing is left of it."""
    folder = Path(mkdtemp(prefix="keyshelf-doctor-"))
    try:
        yield await _films(settings, folder)
        yield await _pictures(settings, folder)
        yield _fences()
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
            # Each is read by what wrote it, and by what looks at files.
            for each in (ImageFormat.JPG, ImageFormat.WEBP):
                rendered = await pool.render(picture, plan_of(_SMALL, each, {}))
                picture.write_bytes(rendered.data)
            await pool.inspect(picture)
    except Error as error:
        return failed(name, f"no picture can be rendered: {error.detail}", fix=_INSTALL_LIBVIPS)
    at_once = render_options(settings).at_once
    return ok(name, f"JPEG and WebP are rendered, {at_once} pictures at once")


def _fences() -> Check:
    """Tell what holds back a tool, or a process that renders, if a file has taken it over."""
    name, version = "fences", fences.landlock_version()
    if version == 0:
        found = "no Landlock: limits of memory, time and output hold back tools, and nothing more"
        return warning(name, found, fix="run Linux 5.13 or later, with Landlock among its LSMs")
    if version < fences.WITH_NETWORK:
        found = f"Landlock {version}: files are fenced off, connections over TCP are not"
        return warning(name, found, fix="run Linux 6.7 or later")
    return ok(name, f"Landlock {version} fences off files and connections over TCP")
