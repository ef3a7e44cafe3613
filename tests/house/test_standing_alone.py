"""Nothing in the project names the machine or the folder that it was made in."""

import re
from pathlib import Path

from tests.house.tree import ROOT, files

# Spelled apart, so that this file does not match itself.
PATTERNS = [
    re.escape(f"{ROOT}/"),
    re.escape(f"{Path.home()}/"),
    r"(?<![\w.])/root" + r"/",
    r"\.\./" + r"shared\b",
]
NOT_OURS = {"uv.lock", "package-lock.json"}


def test_no_file_names_a_development_machine() -> None:
    pattern = re.compile("|".join(PATTERNS))
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in files()
        if path.name not in NOT_OURS
        for number, line in enumerate(path.read_text("utf-8", errors="ignore").splitlines(), 1)
        if pattern.search(line)
    ]

    assert found == []
