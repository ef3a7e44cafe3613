"""Where things are going: a straight line through daily figures, and how far it may be wrong."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

LEAST_DAYS = 7
"""A line through fewer is a guess."""
HORIZONS = (30, 90, 365)
"""Days from the last figure."""

# Student's t for 95 %, by degrees of freedom: 1 to 30, and the normal distribution's beyond.
_T = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)
_T_OF_MANY = 1.960


@dataclass(frozen=True, slots=True)
class Figure:
    """What was counted on a day."""

    day: date
    value: float


@dataclass(frozen=True, slots=True)
class Expected:
    """What a trend says of a day: 19 of 20 such days lie between low and high."""

    day: date
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Trend:
    """A straight line through daily figures."""

    first: date
    last: date
    days: int
    """How many figures it was drawn through."""
    a_day: float
    """By how much it rises in a day."""
    mean_day: float
    mean: float
    spread: float
    """The standard deviation of the figures from the line."""
    squares: float
    """The sum of squared distances of the days from their mean."""

    def at(self, day: date) -> Expected:
        """Return what is to be expected on a day. Nothing is ever below zero."""
        distance = (day - self.first).days - self.mean_day
        value = self.mean + self.a_day * distance
        doubt = self.spread * math.sqrt(1 + 1 / self.days + distance**2 / self.squares)
        freedom = self.days - 2
        reach = doubt * (_T[freedom - 1] if freedom <= len(_T) else _T_OF_MANY)
        return Expected(day, max(0.0, value), max(0.0, value - reach), max(0.0, value + reach))

    def ahead(self) -> Sequence[Expected]:
        """Return what is to be expected 30, 90 and 365 days after the last figure."""
        return [self.at(self.last + timedelta(days=days)) for days in HORIZONS]


def trend(figures: Sequence[Figure]) -> Trend | None:
    """Return the trend of figures of different days; None for fewer than `LEAST_DAYS`."""
    if len(figures) < LEAST_DAYS:
        return None
    first = min(each.day for each in figures)
    last = max(each.day for each in figures)
    points = [((each.day - first).days, each.value) for each in figures]
    mean_day = math.fsum(day for day, _ in points) / len(points)
    mean = math.fsum(value for _, value in points) / len(points)
    squares = math.fsum((day - mean_day) ** 2 for day, _ in points)
    a_day = math.fsum((day - mean_day) * (value - mean) for day, value in points) / squares
    errors = (value - mean - a_day * (day - mean_day) for day, value in points)
    spread = math.sqrt(math.fsum(error**2 for error in errors) / (len(points) - 2))
    return Trend(first, last, len(points), a_day, mean_day, mean, spread, squares)
