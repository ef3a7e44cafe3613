"""Options that the service keeps under names."""

from collections.abc import Mapping

from keyshelf.errors import InvalidInputError
from keyshelf.media.images.failures import UnknownPresetError
from keyshelf.media.images.grammar import PRESET_NAME, parse_options
from keyshelf.media.images.options import ImageOptions

Presets = Mapping[str, ImageOptions]


class BadPresetsError(InvalidInputError):
    """Presets are `name=options`, separated by commas."""

    code = "image-presets-invalid"


def parse_presets(text: str) -> Presets:
    """Read `card=w320_h200_fit-cover,large=w1600`. Raises `BadPresetsError`, and those of options.

    Presets do not name other presets, nor versions of a source.
    """
    found: dict[str, ImageOptions] = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        name, equals, tokens = item.partition("=")
        if not equals or not PRESET_NAME.fullmatch(name) or name in found:
            raise BadPresetsError("presets are `name=options`, each name once", got=item[:80])
        options = parse_options(tokens)
        if options.preset or options.version:
            raise BadPresetsError("a preset names no preset and no version", got=item[:80])
        found[name] = options
    return found


def expand(options: ImageOptions, presets: Presets) -> ImageOptions:
    """Return `options` over those of their preset. Raises `UnknownPresetError`."""
    if options.preset is None:
        return options
    if options.preset not in presets:
        raise UnknownPresetError("there is no such preset", got=options.preset)
    return options.over(presets[options.preset])
