"""All that shapes a rendered picture, and the name it is kept under."""

from dataclasses import dataclass, replace

from blake3 import blake3

from keyshelf.layout.media import ProcessingHash, processing_hash
from keyshelf.media.images.formats import DEFAULT_QUALITY, ImageFormat
from keyshelf.media.images.grammar import options_text
from keyshelf.media.images.options import ImageOptions
from keyshelf.media.images.presets import Presets, expand

PIPELINE_VERSION = "1"
"""Raised whenever equal input comes out as another picture: what is kept is made anew."""


@dataclass(frozen=True, slots=True)
class RenderPlan:
    """What to render. Made by `plan_of`, so that equal pictures have equal plans."""

    options: ImageOptions
    """Settled: no preset, no dpr, the quality spelled out where the format has one."""
    format: ImageFormat

    @property
    def text(self) -> str:
        """All of the plan as text."""
        return f"{options_text(self.options)}.{self.format.value}"


def plan_of(options: ImageOptions, image_format: ImageFormat, presets: Presets) -> RenderPlan:
    """Return the plan that options and a format stand for. Raises `UnknownPresetError`."""
    asked = expand(options, presets)
    default = DEFAULT_QUALITY.get(image_format)
    quality = None if default is None else asked.quality or default
    # Of a still format it makes no difference whether a still was asked for.
    still = asked.still or not image_format.is_animated
    return RenderPlan(replace(asked.settled(), quality=quality, still=still), image_format)


def processing_hash_of(*, source_key: str, source_version: str, plan: RenderPlan) -> ProcessingHash:
    """Return what the picture of a plan is called, of one version of one source.

    `source_version` is whatever changes with the bytes, such as the store's ETag and size.
    """
    parts = (source_key, source_version, plan.text, PIPELINE_VERSION)
    # No part but the key can hold a NUL, and the key comes first: two names never meet.
    named = "\0".join(parts).encode("utf-8", errors="surrogatepass")
    return processing_hash(blake3(named).hexdigest())
