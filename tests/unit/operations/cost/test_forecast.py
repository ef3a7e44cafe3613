"""Trends: right on a line, honest off it, silent where there is too little."""

from datetime import date, timedelta

import pytest

from keyshelf.operations.cost.forecast import LEAST_DAYS, Figure, trend

FIRST = date(2026, 1, 1)


def figures(*values: float) -> list[Figure]:
    return [Figure(FIRST + timedelta(days=day), value) for day, value in enumerate(values)]


def test_a_straight_line_goes_on() -> None:
    found = trend(figures(*(100 + 5 * day for day in range(10))))

    assert found is not None
    assert found.a_day == pytest.approx(5)
    (month, *_) = found.ahead()
    assert month.day == FIRST + timedelta(days=9 + 30)
    assert (month.value, month.low, month.high) == pytest.approx((295, 295, 295))


def test_days_that_were_missed_do_not_bend_it() -> None:
    found = trend(
        [Figure(FIRST + timedelta(days=day), 2.0 * day) for day in (0, 1, 2, 7, 9, 20, 30)]
    )

    assert found is not None
    assert found.at(FIRST + timedelta(days=100)).value == pytest.approx(200)


def test_what_goes_up_and_down_has_a_range_that_widens() -> None:
    """Ten days of 10, 12, 10, 12, …: a slope of 5 / 82.5, squared errors of 10 - 25 / 82.5."""
    found = trend(figures(*(10 + 2 * (day % 2) for day in range(10))))

    assert found is not None
    assert found.a_day == pytest.approx(5 / 82.5)
    assert found.spread == pytest.approx(((10 - 25 / 82.5) / 8) ** 0.5)
    month, quarter, _ = found.ahead()
    assert month.high - month.value == pytest.approx(
        2.306 * found.spread * (1 + 1 / 10 + 34.5**2 / 82.5) ** 0.5
    )
    assert quarter.high - quarter.low > month.high - month.low


def test_nothing_is_expected_below_zero() -> None:
    found = trend(figures(*(100 - 10 * day for day in range(10))))

    assert found is not None
    assert found.at(FIRST + timedelta(days=100)).low == 0


def test_too_few_days_make_no_trend() -> None:
    assert trend(figures(*range(LEAST_DAYS - 1))) is None
