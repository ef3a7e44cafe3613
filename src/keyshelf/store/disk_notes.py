"""Small JSON files of the hidden area, replaced whole and durably."""

import json
import os
from pathlib import Path
from typing import Any

from keyshelf.store.disk_records import sync_folder, write_durably


def read_note(path: Path) -> Any:  # noqa: ANN401 (the reader knows the form it wrote)
    """Return what a file says, or None when it is not there."""
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        return None


def write_note(path: Path, value: object) -> None:
    """Replace a file: a crash leaves the old one or the new one."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{id(value)}")
    write_durably(fresh, json.dumps(value).encode())
    fresh.rename(path)
    sync_folder(path.parent)
