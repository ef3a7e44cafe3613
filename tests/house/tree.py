"""The files of the project, and where it lies."""

import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def files() -> Sequence[Path]:
    """Return what git holds or would hold, without what it ignores."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True).stdout
    paths = [ROOT / name for name in names.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def python_files() -> Sequence[Path]:
    return [path for path in files() if path.suffix == ".py"]
