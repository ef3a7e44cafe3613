"""What may be asked of a picture."""

import math
from dataclasses import dataclass, fields, replace
from enum import StrEnum


class Fit(StrEnum):
    """How a picture goes into a box that has both width and height."""

    INSIDE = "inside"
    """As large as fits, whole, proportional; the result may be smaller than the box."""
    COVER = "cover"
    """Proportional, the box full; what sticks out is cut off."""
    CONTAIN = "contain"
    """As inside, and what is left of the box is background."""
    FILL = "fill"
    """Stretched to the box."""


class Gravity(StrEnum):
    """What is kept when something is cut off, and where a picture lies in a larger box."""

    CENTER = "center"
    NORTH = "north"
    NORTHEAST = "northeast"
    EAST = "east"
    SOUTHEAST = "southeast"
    SOUTH = "south"
    SOUTHWEST = "southwest"
    WEST = "west"
    NORTHWEST = "northwest"
    SMART = "smart"
    """Where a person looks first: edges, skin, colours."""
    ENTROPY = "entropy"
    """Where most detail is."""

    @property
    def is_found(self) -> bool:
        """Whether only the pixels tell where it is."""
        return self in {Gravity.SMART, Gravity.ENTROPY}


@dataclass(frozen=True, slots=True)
class FocalPoint:
    """A point of the picture that stays in sight: shares of width and height, 0 to 1."""

    x: float
    y: float


class Flip(StrEnum):
    """A picture mirrored, after it was turned."""

    HORIZONTAL = "h"
    VERTICAL = "v"
    BOTH = "hv"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageOptions:
    """What is asked of a picture; None and False are what is not said.

    `grammar` reads and writes it as text and keeps numbers in their ranges.
    """

    width: int | None = None
    """Pixels of CSS: `dpr` multiplies them."""
    height: int | None = None
    quality: int | None = None
    """1 to 100; the format's own when None."""
    fit: Fit | None = None
    """Inside when None."""
    gravity: Gravity | None = None
    """Center when None."""
    focus: FocalPoint | None = None
    """In place of a gravity."""
    dpr: float | None = None
    """How many pixels a pixel of CSS has, 1 when None."""
    enlarge: bool = False
    """Whether the result may be larger than the source."""
    rotate: int | None = None
    """Degrees clockwise: 90, 180, 270. Width, height and gravity are of the turned picture."""
    flip: Flip | None = None
    blur: float | None = None
    """The radius (sigma) in pixels of CSS."""
    sharpen: float | None = None
    """The radius (sigma) in pixels of CSS."""
    background: str | None = None
    """What transparency becomes: six hexadecimal digits."""
    still: bool = False
    """Whether only the first frame of an animation is wanted."""
    preset: str | None = None
    """Options kept by the service under a name; what is said beside it wins."""
    version: str | None = None
    """The beginning of a source version, whose pictures readers keep for ever."""

    def over(self, base: "ImageOptions") -> "ImageOptions":
        """Return these options, and of what they do not say, those of `base`."""
        said = {
            field.name: value
            for field in fields(self)
            if (value := getattr(self, field.name)) not in {None, False}
        }
        if "gravity" in said or "focus" in said:
            base = replace(base, gravity=None, focus=None)
        return replace(base, **said)

    def settled(self) -> "ImageOptions":
        """Return equal options that say the same in one way only.

        `dpr` is multiplied into what it applies to; what has no effect is left out, and so
        are the preset and the version, which say nothing about pixels.
        """
        ratio = self.dpr or 1.0
        boxed = self.width is not None and self.height is not None
        fit = self.fit if boxed and self.fit is not Fit.INSIDE else None
        placed = fit in {Fit.COVER, Fit.CONTAIN}
        gravity = self.gravity if placed and self.gravity is not Gravity.CENTER else None
        sized = self.width is not None or self.height is not None
        return replace(
            self,
            width=_scaled(self.width, ratio),
            height=_scaled(self.height, ratio),
            fit=fit,
            gravity=gravity,
            focus=self.focus if fit is Fit.COVER else None,
            dpr=None,
            enlarge=self.enlarge and sized,
            blur=None if self.blur is None else round(self.blur * ratio, 2),
            sharpen=None if self.sharpen is None else round(self.sharpen * ratio, 2),
            preset=None,
            version=None,
        )


def _scaled(pixels: int | None, ratio: float) -> int | None:
    return None if pixels is None else max(1, math.floor(pixels * ratio + 0.5))
