"""Progress is one line a task, however narrow the terminal is."""

import pytest
from rich.progress import Progress

from keyshelf.cli import bars

WIDTHS = [40, 50, 80, 120, 200]


def lines(progress: Progress) -> list[str]:
    rendered = progress.console.render_lines(progress.get_renderable(), pad=False)
    return ["".join(segment.text for segment in line) for line in rendered]


@pytest.mark.parametrize("width", WIDTHS)
def test_a_commit_is_one_line(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    progress = bars.content_bars()
    more = "123,456/1,234,567 files, 102.5 MiB new"
    task = progress.add_task("commit to a-long-name-of-a-project", total=5_000_000_000, more=more)
    progress.update(task, completed=123_456_789)

    (line,) = lines(progress)

    assert len(line) < width
    assert "0.1/4.7 GiB" in line
    assert "--:--" in line
    assert (more in line) == (width >= 80)


@pytest.mark.parametrize("width", WIDTHS)
def test_files_and_jobs_are_a_line_each(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    files, jobs = bars.transfer_bars(), bars.job_bars()
    for name in ("total", "A very long name of a file from a camera 2026-11-23.mov"):
        files.add_task(name, total=5_000_000_000, completed=1_000_000)
    jobs.add_task("backfill", total=1_000_000, completed=5, more="reading what the bucket has")

    assert len(lines(files)) == 2
    assert len(lines(jobs)) == 1
    assert max(map(len, lines(files) + lines(jobs))) < width
