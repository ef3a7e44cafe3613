"""How many pushes somebody may have open."""

from dataclasses import replace
from datetime import timedelta

import pytest

from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.pushes import service as pushes
from keyshelf.repositories.pushes.service import TooManyPushesError
from tests.integration.repositories.shelf import Shelf

pytestmark = pytest.mark.anyio


@pytest.fixture
def few(shelf: Shelf) -> RepositoryParts:
    return replace(shelf.parts, options=replace(shelf.parts.options, most_pushes=2))


async def test_somebody_has_only_so_many_pushes_open(
    shelf: Shelf, few: RepositoryParts, film: RepositoryRecord
) -> None:
    other = await shelf.repository("other")
    first = await pushes.begin(few, film.number, "anna")
    await pushes.begin(few, other.number, "anna")

    with pytest.raises(TooManyPushesError, match="2 pushes of yours are open: let them end"):
        await pushes.begin(few, film.number, "anna")
    await pushes.begin(few, film.number, "ben")
    await pushes.end(few, film.number, first.id, "anna")
    await pushes.begin(few, film.number, "anna")


async def test_pushes_that_were_silent_for_too_long_are_not_counted(
    shelf: Shelf, few: RepositoryParts, film: RepositoryRecord
) -> None:
    for _ in range(2):
        await pushes.begin(few, film.number, "anna")
    shelf.clock.pass_by(few.options.push_life + timedelta(seconds=1))

    await pushes.begin(few, film.number, "anna")
