import pytest

from keyshelf import settings
from keyshelf.app.images import render_options
from keyshelf.media.images.values import RenderLimits, RenderOptions
from keyshelf.settings import InvalidSettingError


def test_rendering_is_bounded_as_it_is_set() -> None:
    options = render_options(
        settings.load(
            {
                "KEYSHELF_IMAGE_RENDERS": "3",
                "KEYSHELF_IMAGE_WAITING": "0",
                "KEYSHELF_IMAGE_SECONDS": "4",
                "KEYSHELF_IMAGE_MEMORY_MIB": "5",
                "KEYSHELF_IMAGE_SOURCE_MIB": "6",
                "KEYSHELF_IMAGE_MEGAPIXELS": "7",
                "KEYSHELF_IMAGE_FRAMES": "8",
                "KEYSHELF_IMAGE_OUTPUT_PIXELS": "9",
            }
        )
    )

    limits = RenderLimits(
        source_bytes=6 * 2**20,
        pixels=7_000_000,
        output_side=9,
        frames=8,
        memory_bytes=5 * 2**20,
    )
    assert options == RenderOptions(limits=limits, seconds=4, at_once=3, waiting=0)


def test_without_settings_the_bounds_are_those_of_the_options() -> None:
    assert render_options(settings.load({})).limits == RenderLimits()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KEYSHELF_IMAGE_PRESETS", "card=w0x"),
        ("KEYSHELF_IMAGE_PRESETS", "card"),
        ("KEYSHELF_IMAGE_OUTPUT_PIXELS", "20000"),
    ],
)
def test_what_cannot_be_is_told_at_the_start(name: str, value: str) -> None:
    with pytest.raises(InvalidSettingError):
        settings.load({name: value})
