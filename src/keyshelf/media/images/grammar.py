"""Options of pictures as text: `w300_h200_fit-cover_g-smart_dpr-2`.

`docs/reference/image-urls.md` tells each token. A token is a letter and a number (`w`, `h`,
`q`), `v` and hexadecimal digits, a word, or a word, a hyphen and a value; underscores stand
between them. They may come in any order; the canonical text has one order.
"""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

from keyshelf.media.images.failures import (
    ImageOptionRangeError,
    RepeatedImageOptionError,
    UnknownImageOptionError,
)
from keyshelf.media.images.options import Fit, Flip, FocalPoint, Gravity, ImageOptions

NOTHING = "-"
"""The canonical text of no options: a path with an empty segment does not survive proxies."""

PRESET_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_LONGEST = 512
_SHORT = re.compile(r"([whq])([0-9]{1,5})")
_PIN = re.compile(r"v([0-9a-f]{8,64})")
_LONG = re.compile(r"([a-z]+)(?:-([A-Za-z0-9.:-]+))?")
_NUMBER = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,2})?")
_SHARE = re.compile(r"0|1|0?\.[0-9]{1,4}|[01]\.0{1,4}")
_COLOR = re.compile(r"[0-9a-fA-F]{6}|[0-9a-fA-F]{3}")
_MOST_PIXELS = 65535  # of GIF, whose fields have 16 bits, and about those of the others

Value = TypeVar("Value")
Fields = dict[str, object]


def parse_options(text: str) -> ImageOptions:
    """Return what a text asks for; the empty text and `-` ask for nothing.

    Raises `UnknownImageOptionError`, `RepeatedImageOptionError`, `ImageOptionRangeError`.
    """
    if text in {"", NOTHING}:
        return ImageOptions()
    if len(text) > _LONGEST:
        raise UnknownImageOptionError(f"options have at most {_LONGEST} characters")
    found: Fields = {}
    for token in text.split("_"):
        for name, value in _read(token).items():
            if name in found:
                raise RepeatedImageOptionError("an option is given once", got=token)
            found[name] = value
    if "gravity" in found and "focus" in found:
        raise RepeatedImageOptionError("a gravity or a focal point, not both", got=text)
    # A field's value comes from its own reader below, which returns the field's type.
    return ImageOptions(**found)  # pyright: ignore[reportArgumentType]


def options_text(options: ImageOptions) -> str:
    """Return the canonical text of options; `parse_options` reads it back."""
    tokens = (
        _token("w", options.width),
        _token("h", options.height),
        _token("q", options.quality),
        _token("fit-", options.fit),
        _token("g-", options.gravity),
        _focus_token(options.focus),
        _token("dpr-", options.dpr),
        "enlarge" if options.enlarge else None,
        _token("rot-", options.rotate),
        _token("flip-", options.flip),
        _token("blur-", options.blur),
        _token("sharpen-", options.sharpen),
        _token("bg-", options.background),
        "still" if options.still else None,
        _token("preset-", options.preset),
        _token("v", options.version),
    )
    return "_".join(token for token in tokens if token) or NOTHING


def _read(token: str) -> Fields:
    if short := _SHORT.fullmatch(token):
        return _pixels_or_quality(short[1], int(short[2]))
    if pin := _PIN.fullmatch(token):
        return {"version": pin[1]}
    if flag := _FLAGS.get(token):
        return {flag: True}
    long = _LONG.fullmatch(token)
    reader = _READERS.get(long[1]) if long else None
    if long is None or reader is None or long[2] is None:
        raise UnknownImageOptionError("there is no such option of pictures", got=token[:80])
    return reader(long[2])


def _pixels_or_quality(letter: str, number: int) -> Fields:
    if letter == "q":
        return {"quality": _within(number, 1, 100, "a quality")}
    name = "width" if letter == "w" else "height"
    # Zero is what the reference spells "not given".
    return {name: _within(number, 0, _MOST_PIXELS, "a width or height") or None}


def _fit(value: str) -> Fields:
    return {"fit": _one_of(Fit, value, "fit")}


def _gravity(value: str) -> Fields:
    if not value.startswith("fp:"):
        return {"gravity": _one_of(Gravity, value, "gravity")}
    shares = value.split(":")[1:]
    if len(shares) != 2 or not all(_SHARE.fullmatch(each) for each in shares):
        raise ImageOptionRangeError("a focal point is `fp:x:y`, each 0 to 1", got=value[:80])
    return {"focus": FocalPoint(float(shares[0]), float(shares[1]))}


def _dpr(value: str) -> Fields:
    return {"dpr": _decimal(value, 0.1, 8, "a dpr")}


def _blur(value: str) -> Fields:
    return {"blur": _decimal(value, 0.3, 100, "a blur")}


def _sharpen(value: str) -> Fields:
    return {"sharpen": _decimal(value, 0.3, 10, "sharpening")}


def _rotation(value: str) -> Fields:
    if value not in {"90", "180", "270"}:
        raise ImageOptionRangeError("a picture is turned by 90, 180 or 270", got=value[:80])
    return {"rotate": int(value)}


def _flip(value: str) -> Fields:
    return {"flip": _one_of(Flip, value, "flip")}


def _background(value: str) -> Fields:
    if not _COLOR.fullmatch(value):
        raise ImageOptionRangeError("a color has 3 or 6 hexadecimal digits", got=value[:80])
    digits = value.lower()
    return {"background": digits if len(digits) == 6 else "".join(each * 2 for each in digits)}


def _preset(value: str) -> Fields:
    if not PRESET_NAME.fullmatch(value):
        raise UnknownImageOptionError(
            "a preset's name has lowercase letters, digits and hyphens", got=value[:80]
        )
    return {"preset": value}


_FLAGS: Mapping[str, str] = {"enlarge": "enlarge", "still": "still"}
_READERS: Mapping[str, Callable[[str], Fields]] = {
    "fit": _fit,
    "g": _gravity,
    "dpr": _dpr,
    "rot": _rotation,
    "flip": _flip,
    "blur": _blur,
    "sharpen": _sharpen,
    "bg": _background,
    "preset": _preset,
}

Member = TypeVar("Member", bound=StrEnum)


def _one_of(kind: type[Member], value: str, what: str) -> Member:
    try:
        return kind(value)
    except ValueError as error:
        raise UnknownImageOptionError(
            f"{what} is one of {', '.join(each.value for each in kind)}", got=value[:80]
        ) from error


def _decimal(value: str, least: float, most: float, what: str) -> float:
    if not _NUMBER.fullmatch(value):
        raise ImageOptionRangeError(f"{what} is a number of at most two decimals", got=value[:80])
    return _within(float(value), least, most, what)


Number = TypeVar("Number", int, float)


def _within(number: Number, least: float, most: float, what: str) -> Number:
    if not least <= number <= most:
        raise ImageOptionRangeError(f"{what} is {least:g} to {most:g}", got=number)
    return number


def _token(name: str, value: object) -> str | None:
    if value is None:
        return None
    return f"{name}{value:g}" if isinstance(value, float) else f"{name}{value}"


def _focus_token(focus: FocalPoint | None) -> str | None:
    # Four decimals at most were read, which `g` would write with an exponent.
    return None if focus is None else f"g-fp:{_share(focus.x)}:{_share(focus.y)}"


def _share(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")
