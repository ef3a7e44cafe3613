"""Where the tools are."""

from pathlib import Path

import pytest

from keyshelf.errors import InvalidInputError
from keyshelf.media.tools.failures import ToolMissingError
from keyshelf.media.tools.finding import ToolLimits, find_tools


def test_the_wheels_have_every_tool() -> None:
    tools = find_tools()

    for each in (tools.ffmpeg, tools.ffprobe, tools.packager):
        assert each.is_absolute()
        assert each.is_file()


def test_another_ffmpeg_may_be_named(tmp_path: Path) -> None:
    other = tmp_path / "my ffmpeg"
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)

    assert find_tools(ffmpeg=str(other)).ffmpeg == other


def test_an_ffmpeg_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ToolMissingError):
        find_tools(ffmpeg=str(tmp_path / "none"))


def test_limits_are_positive() -> None:
    with pytest.raises(InvalidInputError):
        ToolLimits(memory_bytes=0)
    with pytest.raises(InvalidInputError):
        ToolLimits(keep_free_bytes=-1)
