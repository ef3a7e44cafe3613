"""The log: everything that led to a commit, once, newest first."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyshelf.layout.repository import CommitHash
from keyshelf.repositories.history.log import log, log_page
from tests.unit.repositories.history.kit import History, listed

pytestmark = pytest.mark.anyio


async def grown(history: History, shape: list[set[int]]) -> list[CommitHash]:
    """Make commits, each with the parents that `shape` names by number."""
    made: list[CommitHash] = []
    generations: list[int] = []
    for number, parents in enumerate(shape):
        mine = sorted({parent % number for parent in parents}) if number else []
        generations.append(1 + max((generations[parent] for parent in mine), default=0))
        made.append(
            await history.made(
                *(made[parent] for parent in mine),
                generation=generations[-1],
                minute=-number,  # clocks may be wrong
                message=str(number),
            )
        )
    return made


@settings(max_examples=40, deadline=None)
@given(
    shape=st.lists(st.sets(st.integers(0, 30), max_size=3), min_size=1, max_size=14),
    limit=st.integers(1, 5),
)
async def test_each_commit_comes_once_and_after_all_that_it_led_to(
    shape: list[set[int]], limit: int
) -> None:
    history = History()
    made = await grown(history, shape)
    reader = history.reader()

    whole = await listed(log(reader, made[-1:]))

    places = {entry.commit: place for place, entry in enumerate(whole)}
    assert len(places) == len(whole)
    for entry in whole:
        assert all(places[parent] > places[entry.commit] for parent in entry.manifest.parents)
    paged, start = list[CommitHash](), tuple(made[-1:])
    while start:
        page = await log_page(reader, start, limit=limit)
        paged += [entry.commit for entry in page.entries]
        start = page.next
    assert paged == [entry.commit for entry in whole]


async def test_lines_of_work_side_by_side_come_by_generation() -> None:
    history = History()
    made = await grown(history, [set(), {0}, {0}, {2}, {1, 3}])

    commits = [entry.commit for entry in await listed(log(history.reader(), made[-1:]))]

    assert commits == [made[4], made[3], made[1], made[2], made[0]]


async def test_a_lost_commit_is_named_and_the_others_are_told() -> None:
    history = History()
    made = await grown(history, [set(), {0}, {0}, {1, 2}])
    del history.carrier.manifests[made[1]]
    history.carrier.manifests[made[0]] = history.carrier.manifests[made[2]]

    page = await log_page(history.reader(), made[-1:], limit=10)

    assert [entry.commit for entry in page.entries] == [made[3], made[2]]
    assert {commit: error.code for commit, error in page.damaged.items()} == {
        made[1]: "lost-object",
        made[0]: "damaged-object",
    }
    for commit, error in page.damaged.items():
        assert commit in error.detail
        assert "keyshelf check" in error.detail
