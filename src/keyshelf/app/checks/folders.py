"""Whether this account can make and fill a folder: tried, not guessed from permissions."""

import tempfile
from pathlib import Path


def nearest(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that this account can see."""
    return next((each for each in (folder, *folder.parents) if _is_there(each)), Path("/"))


def why_not_writable(folder: Path) -> str | None:
    """Return why no folder can be made in `folder`; None after one came and went.

    Permissions alone do not tell: file systems are mounted to be read, and some take no folders.
    """
    try:
        Path(tempfile.mkdtemp(prefix=".keyshelf-doctor-", dir=folder)).rmdir()
    except OSError as error:
        return error.strerror or type(error).__name__
    return None


def _is_there(path: Path) -> bool:
    try:
        path.lstat()
    except OSError:
        # What is below a folder that this account may not look into is as good as not there.
        return False
    return True
