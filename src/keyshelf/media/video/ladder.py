"""In which sizes a film is encoded."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Codec = Literal["av1", "h264"]
CODECS: tuple[Codec, ...] = ("av1", "h264")

_TOLERANCE = Fraction(98, 100)
"""718 lines are 720 of which somebody cut two."""
_LONGEST_SIDE = 4096
_SHORTEST_SIDE = 16
_NOMINAL_SHAPE = Fraction(16, 9)
_FAST = 32
"""More frames a second than this may have half as many bits again."""


@dataclass(frozen=True, slots=True)
class _Step:
    short_side: int
    quality: dict[Codec, int]
    """CRF."""
    bits: dict[Codec, int]
    """The most bits a second, of 16:9 at up to 32 frames a second."""


_STEPS = (
    _Step(1080, {"av1": 30, "h264": 22}, {"av1": 4_000_000, "h264": 7_000_000}),
    _Step(720, {"av1": 32, "h264": 23}, {"av1": 2_000_000, "h264": 3_500_000}),
    _Step(480, {"av1": 34, "h264": 24}, {"av1": 1_000_000, "h264": 1_700_000}),
    _Step(360, {"av1": 36, "h264": 26}, {"av1": 600_000, "h264": 1_000_000}),
    _Step(240, {"av1": 38, "h264": 28}, {"av1": 300_000, "h264": 500_000}),
)


@dataclass(frozen=True, slots=True)
class Rung:
    """One size of a film: even, upright, with square pixels."""

    name: str
    """`r` and the nominal short side, such as `r720`."""
    width: int
    height: int
    _step: _Step

    def track(self, codec: Codec) -> str:
        """Return what this rung is called in a codec, such as `r720_av1`."""
        return f"{self.name}_{codec}"

    def quality(self, codec: Codec) -> int:
        """Return the CRF."""
        return self._step.quality[codec]

    def most_bits(self, codec: Codec, rate: Fraction) -> int:
        """Return the most bits a second that the picture may take, at this many frames."""
        nominal = self._step.short_side**2 * _NOMINAL_SHAPE
        share = max(Fraction(1, 4), Fraction(self.width * self.height) / nominal)
        faster = Fraction(3, 2) if rate > _FAST else 1
        return round(self._step.bits[codec] * share * faster)


def ladder(width: int, height: int) -> tuple[Rung, ...]:
    """Return the rungs of an upright picture with square pixels, the largest first.

    A rung is made where the short side of the picture has its lines, or nearly (2 %); it is
    never larger than the picture, whose odd sizes lose a line. A picture that is too small for
    any rung is one rung of its own size, called `r240`. A picture with a side longer than 4,096
    counts as the one that it is when shrunk to that; no side is shorter than 16.
    """
    fitting = min(Fraction(1), Fraction(_LONGEST_SIDE, max(width, height)))
    short_side = min(width, height) * fitting
    made = [step for step in _STEPS if short_side >= step.short_side * _TOLERANCE]
    return tuple(_rung(step, width, height) for step in made or _STEPS[-1:])


def _rung(step: _Step, width: int, height: int) -> Rung:
    short, long = min(width, height), max(width, height)
    scale = min(Fraction(1), Fraction(step.short_side, short), Fraction(_LONGEST_SIDE, long))
    sides = _even(short, scale), _even(long, scale)
    if width > height:
        sides = sides[1], sides[0]
    return Rung(f"r{step.short_side}", *sides, step)


def _even(side: int, scale: Fraction) -> int:
    return max(_SHORTEST_SIDE, min(round(side * scale / 2) * 2, side // 2 * 2))
