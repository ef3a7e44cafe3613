"""The color that a picture has most of."""

from collections import defaultdict

_SHIFT = 5  # eight steps of each color: what looks alike counts as one
_SEEN = 128  # what is less opaque hardly shows
_NOTHING = 0xFFFFFF


def dominant_color(rgba: bytes) -> int:
    """Return, as 0xRRGGBB, the mean of the most frequent kind of color among pixels.

    Of a picture that is transparent everywhere it is white.
    """
    groups: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for at in range(0, len(rgba), 4):
        red, green, blue, alpha = rgba[at : at + 4]
        if alpha >= _SEEN:
            group = groups[(red >> _SHIFT) << 16 | (green >> _SHIFT) << 8 | blue >> _SHIFT]
            for index, value in enumerate((1, red, green, blue)):
                group[index] += value
    if not groups:
        return _NOTHING
    count, *sums = max(groups.values())
    red, green, blue = (round(each / count) for each in sums)
    return red << 16 | green << 8 | blue
