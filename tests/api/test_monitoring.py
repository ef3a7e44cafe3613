"""What a monitor is told, and that the rules and the dashboard that are shipped ask for it."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import httpx2
import pytest

from tests.house.tree import ROOT
from tests.patience import PATIENCE
from tests.served import Served

ALERTS = ROOT / "monitoring/alerts.yml"
DASHBOARD = ROOT / "monitoring/grafana-dashboard.json"
_SERIES = re.compile(r"\b(?:keyshelf|dits)_[a-z0-9_]+\b")
_OF_A_PERSON = ("owner", "user", "path", "hash", "key", "tenant", "token")


@pytest.fixture(scope="module")
def told(served: Served) -> str:
    """The metrics of a service that has stored something."""
    headers = {"Authorization": f"Bearer {served.token}"}
    with httpx2.Client(base_url=served.url, headers=headers, timeout=PATIENCE) as client:
        client.post("/api/repositories", json={"name": "film"}).raise_for_status()
    response = httpx2.get(f"{served.admin_url}/metrics", headers=headers, timeout=PATIENCE)
    assert response.headers["content-type"].startswith("text/plain")
    return response.text


def series(told: str) -> set[str]:
    """Every series that Prometheus knows afterwards, those without a sample yet included."""
    names: set[str] = set()
    for line in told.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            suffixes = ("_bucket", "_count", "_sum") if kind == "histogram" else ("",)
            names |= {name + suffix for suffix in suffixes}
    return names


def expressions() -> list[str]:
    rules = re.findall(r"expr: (?:\|\n)?((?:.+\n)(?:            .+\n)*)", ALERTS.read_text("utf-8"))
    board = json.loads(DASHBOARD.read_text("utf-8"))
    return [
        *rules,
        *(target["expr"] for panel in board["panels"] for target in panel.get("targets", [])),
    ]


def test_every_series_that_rules_and_dashboard_name_exists(told: str) -> None:
    asked = {name for expression in expressions() for name in _SERIES.findall(expression)}

    assert len(asked) > 20
    assert asked - series(told) == set()


def test_the_five_families_of_the_specification_are_told(told: str) -> None:
    for name in ("objects_total", "bytes_total", "requests_total", "bandwidth_bytes"):
        assert f"\ndits_storage_{name}{{" in told
    assert "\ndits_storage_latency_seconds_bucket{" in told
    assert "\nkeyshelf_metrics_complete 1.0" in told


def test_no_label_tells_of_a_person_or_a_file(told: str) -> None:
    labels = set(re.findall(r"[{,]([a-z_]+)=", told))

    assert labels.isdisjoint(_OF_A_PERSON)


def promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is in Debian's prometheus, which is not installed here")
    return subprocess.run(
        [program, *arguments], check=False, capture_output=True, text=True, timeout=PATIENCE
    )


def test_the_rules_are_valid() -> None:
    checked = promtool("check", "rules", str(ALERTS))

    assert checked.returncode == 0, checked.stderr


DAY, WEEK = 86_400, 7 * 86_400


@pytest.mark.parametrize(
    ("newest", "began", "alert"),
    [
        (None, None, "KeyshelfNoBackup"),
        (0, None, "KeyshelfNoBackup"),
        (0, WEEK - DAY, "KeyshelfNoBackup KeyshelfBackupFails"),
        (WEEK - 3 * DAY, None, "KeyshelfBackupOld"),
        (WEEK - DAY, WEEK - DAY // 2, "KeyshelfBackupFails"),
        (WEEK - DAY // 2, WEEK - DAY // 2 + 2, ""),
    ],
    ids=["not-listed", "none", "none-works", "old", "the-last-failed", "well"],
)
def test_a_database_without_a_good_backup_is_told(
    newest: int | None, began: int | None, alert: str, tmp_path: Path
) -> None:
    """At the end of a week in which these were told all the time."""
    told = {
        "keyshelf_backup_timestamp_seconds": newest,
        'keyshelf_task_started_timestamp_seconds{task="database-backup"}': began,
    }
    series = [
        {"series": name, "values": f"{value}x336"}
        for name, value in told.items()
        if value is not None
    ]
    firing = 'group by (alertname) (ALERTS{alertname=~"Keyshelf.*Backup.*", alertstate="firing"})'
    samples = [{"labels": f'{{alertname="{name}"}}', "value": 1} for name in alert.split()]
    asked = {"expr": firing, "eval_time": "7d", "exp_samples": samples}
    test = {"interval": "30m", "input_series": series, "promql_expr_test": [asked]}
    document = {"rule_files": [str(ALERTS)], "evaluation_interval": "30m", "tests": [test]}
    (tmp_path / "test.yml").write_text(json.dumps(document))

    ran = promtool("test", "rules", str(tmp_path / "test.yml"))

    assert ran.returncode == 0, ran.stdout + ran.stderr
