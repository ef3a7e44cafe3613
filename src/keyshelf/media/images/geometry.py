"""How large pictures come out: exact sizes, without pixels.

Whole numbers only. A side that follows from the other is rounded half up and at least 1.
"""

from dataclasses import dataclass

from keyshelf.media.images.options import Fit, FocalPoint, Gravity, ImageOptions


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int

    @property
    def pixels(self) -> int:
        """How many there are."""
        return self.width * self.height

    def turned(self, degrees: int | None) -> "Size":
        """Return the size of the same picture turned by quarters."""
        return Size(self.height, self.width) if degrees in {90, 270} else self


@dataclass(frozen=True, slots=True)
class Geometry:
    """The sizes that a picture goes through, in the order that they are made."""

    resized: Size
    """All of the turned picture, scaled."""
    window: Size
    """What is kept of it."""
    canvas: Size
    """The result: the window, with background around it if it is larger."""


def measure(upright: Size, options: ImageOptions, *, scalable: bool = False) -> Geometry:
    """Return the sizes for a picture of `upright` size (as its orientation tag has it).

    `options` are settled. A `scalable` picture, such as an SVG, has no size that it would
    be enlarged beyond.
    """
    source = upright.turned(options.rotate)
    enlarge = options.enlarge or scalable
    if options.width is None or options.height is None:
        size = _proportional(source, options, enlarge=enlarge)
        return Geometry(size, size, size)
    box = Size(options.width, options.height)
    match options.fit:
        case Fit.COVER:
            box = box if enlarge else _within(box, source)
            return Geometry(_covering(source, box), box, box)
        case Fit.CONTAIN:
            size = _inside(source, box, enlarge=enlarge)
            return Geometry(size, size, box)
        case Fit.FILL:
            box = box if enlarge else _within(box, source)
            return Geometry(box, box, box)
        case _:
            size = _inside(source, box, enlarge=enlarge)
            return Geometry(size, size, size)


def place(inner: Size, outer: Size, gravity: Gravity | None) -> tuple[int, int]:
    """Return where the left upper corner of `inner` is in `outer`, by a compass gravity."""
    name = (gravity or Gravity.CENTER).value
    across, down = outer.width - inner.width, outer.height - inner.height
    left = 0 if "west" in name else across if "east" in name else across // 2
    top = 0 if "north" in name else down if "south" in name else down // 2
    return left, top


def place_focus(window: Size, resized: Size, focus: FocalPoint) -> tuple[int, int]:
    """Return where a window is that has the focal point as near to its middle as it can."""
    left = _half_up(focus.x * resized.width - window.width / 2)
    top = _half_up(focus.y * resized.height - window.height / 2)
    return (
        min(max(left, 0), resized.width - window.width),
        min(max(top, 0), resized.height - window.height),
    )


def _proportional(source: Size, options: ImageOptions, *, enlarge: bool) -> Size:
    if options.width is not None and (enlarge or options.width < source.width):
        return _by_width(source, options.width)
    if options.height is not None and (enlarge or options.height < source.height):
        return _by_height(source, options.height)
    return source


def _inside(source: Size, box: Size, *, enlarge: bool) -> Size:
    if not enlarge and source.width <= box.width and source.height <= box.height:
        return source
    if source.width * box.height >= source.height * box.width:
        return _by_width(source, box.width)
    return _by_height(source, box.height)


def _covering(source: Size, box: Size) -> Size:
    if source.width * box.height >= source.height * box.width:
        size = _by_height(source, box.height)
        return Size(max(size.width, box.width), box.height)
    size = _by_width(source, box.width)
    return Size(box.width, max(size.height, box.height))


def _within(box: Size, source: Size) -> Size:
    """Return the box made smaller, in its own proportions, until the source can fill it."""
    return _inside(box, source, enlarge=False)


def _by_width(source: Size, width: int) -> Size:
    return Size(width, _rounded(source.height * width, source.width))


def _by_height(source: Size, height: int) -> Size:
    return Size(_rounded(source.width * height, source.height), height)


def _rounded(dividend: int, divisor: int) -> int:
    return max(1, (2 * dividend + divisor) // (2 * divisor))


def _half_up(value: float) -> int:
    return int(value + 0.5) if value > 0 else 0
