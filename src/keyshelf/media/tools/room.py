"""Room on the disk that tools write to."""

import shutil
from pathlib import Path

from keyshelf.media.tools.failures import NoScratchSpaceError
from keyshelf.media.tools.finding import ToolLimits


def refuse_without_room(folder: Path, size: int, limits: ToolLimits) -> None:
    """Refuse to write so many bytes to a folder where less than the limit would stay free.

    Raises `NoScratchSpaceError`. Others write meanwhile: it is a look, no promise.
    """
    if shutil.disk_usage(folder).free < size + limits.keep_free_bytes:
        raise NoScratchSpaceError("the disk for media's work has no room for what is to be made")
