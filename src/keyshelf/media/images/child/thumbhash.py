"""ThumbHash: a blurred picture of about 25 bytes, which a page shows while the real one loads.

The format is https://evanw.github.io/thumbhash/. A picture is its average color and the
strengths of a few cosine waves: of lightness (at most 7 across and down, 5 beside alpha), of
yellow against blue and of red against green (3), and of alpha (5). In bits, lowest first:

    6 6 6    averages of lightness, yellow-blue and red-green
    5        the strongest wave of lightness
    1        whether there is alpha
    3        waves of lightness along the shorter side
    6 6      the strongest wave of yellow-blue and of red-green
    1        whether it is wider than high
    4 4      with alpha, its average and its strongest wave
    4 …      each wave's share of the strongest of its kind
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Channel:
    average: float
    scale: float
    """How strong the strongest wave is."""
    shares: Sequence[float]
    """Of each wave, 0 to 1; a half is nothing."""


def thumbhash(width: int, height: int, rgba: bytes) -> bytes:
    """Return the hash of a small picture. The time it takes goes with width times height."""
    lightness, yellow_blue, red_green, alpha = _channels_of(rgba)
    has_alpha = any(each < 1 for each in alpha)
    most, longer = (5 if has_alpha else 7), max(width, height)
    across = max(1, _rounded(most * width / longer))
    down = max(1, _rounded(most * height / longer))

    def encoded(values: Sequence[float], nx: int, ny: int) -> _Channel:
        return _encoded(_Plane(width, height, values), nx, ny)

    light = encoded(lightness, max(3, across), max(3, down))
    blue, green = encoded(yellow_blue, 3, 3), encoded(red_green, 3, 3)
    is_wide = width > height
    bits = _Bits()
    bits.put(_rounded(63 * light.average), 6)
    bits.put(_rounded(31.5 + 31.5 * blue.average), 6)
    bits.put(_rounded(31.5 + 31.5 * green.average), 6)
    bits.put(_rounded(31 * light.scale), 5)
    bits.put(has_alpha, 1)
    bits.put(down if is_wide else across, 3)
    bits.put(_rounded(63 * blue.scale), 6)
    bits.put(_rounded(63 * green.scale), 6)
    bits.put(is_wide, 1)
    channels = [light, blue, green]
    if has_alpha:
        seen = encoded(alpha, 5, 5)
        bits.put(_rounded(15 * seen.average), 4)
        bits.put(_rounded(15 * seen.scale), 4)
        channels.append(seen)
    for share in (share for channel in channels for share in channel.shares):
        bits.put(_rounded(15 * share), 4)
    return bits.to_bytes()


class _Bits:
    def __init__(self) -> None:
        self._value = 0
        self._count = 0

    def put(self, value: int, count: int) -> None:
        self._value |= min(value, (1 << count) - 1) << self._count
        self._count += count

    def to_bytes(self) -> bytes:
        return self._value.to_bytes(-(-self._count // 8), "little")


@dataclass(frozen=True, slots=True)
class _Plane:
    width: int
    height: int
    values: Sequence[float]


def _channels_of(rgba: bytes) -> tuple[list[float], list[float], list[float], list[float]]:
    alpha = [each / 255 for each in rgba[3::4]]
    planes = [[each / 255 for each in rgba[index::4]] for index in range(3)]
    opaque = sum(alpha)
    averages = [
        sum(value * seen for value, seen in zip(plane, alpha, strict=True)) / opaque
        if opaque
        else 0.0
        for plane in planes
    ]
    # What is transparent has the average color, so that it makes no waves.
    red, green, blue = (
        [mean + seen * (value - mean) for value, seen in zip(plane, alpha, strict=True)]
        for plane, mean in zip(planes, averages, strict=True)
    )
    pixels = list(zip(red, green, blue, strict=True))
    return (
        [(r + g + b) / 3 for r, g, b in pixels],
        [(r + g) / 2 - b for r, g, b in pixels],
        [r - g for r, g, _ in pixels],
        alpha,
    )


def _encoded(plane: _Plane, nx: int, ny: int) -> _Channel:
    across, down = _waves(plane.width, nx), _waves(plane.height, ny)
    rows = [
        plane.values[at : at + plane.width]
        for at in range(0, plane.width * plane.height, plane.width)
    ]
    # First along each row, then down what came of the rows: n³ in place of n⁴.
    along = [[_product(row, wave) for row in rows] for wave in across]
    strengths = [
        _product(along[cx], down[cy]) / (plane.width * plane.height)
        for cy in range(ny)
        for cx in range(nx)
        # The slow waves only, which fill a triangle.
        if cx * ny < nx * (ny - cy)
    ]
    average, *others = strengths
    scale = max(map(abs, others))
    shares = [0.5 + 0.5 * each / scale if scale else 0.0 for each in others]
    return _Channel(average, scale, shares)


def _waves(length: int, count: int) -> list[list[float]]:
    return [
        [math.cos(math.pi / length * number * (at + 0.5)) for at in range(length)]
        for number in range(count)
    ]


def _product(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(map(float.__mul__, one, other))


def _rounded(value: float) -> int:
    return math.floor(value + 0.5)
