"""What tests of checkout may ask for."""

from pathlib import Path

import pytest

from tests.unit.repositories.checkout.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)
