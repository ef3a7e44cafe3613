"""The wait after a failure."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from keyshelf.jobs.backoff import Backoff

BACKOFF = Backoff(first=timedelta(seconds=2), longest=timedelta(minutes=1))


def test_doubles_from_the_first_to_the_bound() -> None:
    waits = [BACKOFF.delay(attempt, chance=0.5).total_seconds() for attempt in range(1, 8)]

    assert waits == [2, 4, 8, 16, 32, 60, 60]


@given(attempt=st.integers(1, 10_000), chance=st.floats(0, 1, exclude_max=True))
def test_stays_within_half_of_and_one_and_a_half_times_the_middle(
    attempt: int, chance: float
) -> None:
    middle = BACKOFF.delay(attempt, chance=0.5)

    assert middle / 2 <= BACKOFF.delay(attempt, chance=chance) <= middle * 1.5
