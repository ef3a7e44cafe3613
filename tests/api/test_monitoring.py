"""What a monitor is told, and that the rules and the dashboard that are shipped ask for it."""

import json
import re
import shutil
import subprocess

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


def test_the_rules_are_valid() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is in Debian's prometheus, which is not installed here")

    checked = subprocess.run(
        [promtool, "check", "rules", str(ALERTS)],
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )

    assert checked.returncode == 0, checked.stderr
