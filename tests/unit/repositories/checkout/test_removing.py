"""What is removed: only what the last version here had, and only when asked."""

import pytest

from tests.unit.repositories.checkout.project import (
    Project,
    contents,
    looks,
    two_commits,
)

pytestmark = pytest.mark.anyio


async def test_what_only_the_new_commit_lacks_is_left(project: Project) -> None:
    first, second = await two_commits(project)
    await project.checkout(first)

    await project.checkout(second)

    assert contents(project.copy)["only in first/file"] == b"1"


async def test_it_is_removed_when_asked(project: Project) -> None:
    first, second = await two_commits(project)
    await project.checkout(first)

    told = await project.checkout(second, delete=True)

    assert told.removed == 1
    assert looks(project.copy) == looks(project.work)


async def test_what_was_left_can_be_removed_later(project: Project) -> None:
    first, second = await two_commits(project)
    await project.checkout(first)
    await project.checkout(second)

    await project.checkout(second, delete=True)

    assert looks(project.copy) == looks(project.work)


async def test_what_somebody_made_is_never_removed(project: Project) -> None:
    first, second = await two_commits(project)
    await project.checkout(first)
    (project.copy / "only in first" / "mine").write_bytes(b"mine")
    (project.copy / "mine too").write_bytes(b"mine")

    await project.checkout(second, delete=True)

    assert contents(project.copy)["only in first/mine"] == b"mine"
    assert contents(project.copy)["mine too"] == b"mine"
    assert "only in first/file" not in contents(project.copy)
