import pytest

from keyshelf.layout.media import ProcessingHash
from keyshelf.media.images import plans
from keyshelf.media.images.failures import UnknownPresetError
from keyshelf.media.images.formats import ImageFormat
from keyshelf.media.images.grammar import parse_options
from keyshelf.media.images.options import ImageOptions
from keyshelf.media.images.plans import RenderPlan, plan_of, processing_hash_of
from keyshelf.media.images.presets import BadPresetsError, parse_presets

PRESETS = parse_presets("card=w320_h200_fit-cover_g-north, large=w1600")


def plan(text: str, image_format: ImageFormat = ImageFormat.WEBP) -> RenderPlan:
    return plan_of(parse_options(text), image_format, PRESETS)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("w300", "w300_q80"),
        ("w600", "w300_dpr-2"),
        ("w300", "w300_fit-cover_g-north"),
        ("w300_h200", "w300_h200_fit-inside_g-north"),
        ("w300_h200_fit-fill", "w300_h200_fit-fill_g-fp:0:0"),
        ("w300_h200_fit-cover", "w300_h200_fit-cover_g-center"),
        ("w300_h200_fit-contain", "w300_h200_fit-contain_g-fp:0:0"),
        ("w300", "w300_vabcdef01"),
        ("", "enlarge"),
        ("w300_blur-4", "w150_blur-2_dpr-2"),
        ("w320_h200_fit-cover_g-north", "preset-card"),
        ("w320_h200_fit-cover_g-smart", "preset-card_g-smart"),
        ("w320_h200_fit-cover_g-fp:0:1", "preset-card_g-fp:0:1"),
        ("w9_h200_fit-cover_g-north_q7", "preset-card_w9_q7"),
    ],
)
def test_equal_pictures_have_equal_plans(text: str, same: str) -> None:
    assert plan(text) == plan(same)


@pytest.mark.parametrize("image_format", [ImageFormat.PNG, ImageFormat.GIF])
def test_formats_without_quality_do_not_ask_for_one(image_format: ImageFormat) -> None:
    assert plan("w3_q5", image_format) == plan("w3", image_format)


@pytest.mark.parametrize(
    ("image_format", "text"),
    [
        (ImageFormat.WEBP, "w3_q80.webp"),
        (ImageFormat.AVIF, "w3_q50_still.avif"),
        (ImageFormat.JPG, "w3_q80_still.jpg"),
        (ImageFormat.PNG, "w3_still.png"),
        (ImageFormat.GIF, "w3.gif"),
    ],
)
def test_defaults_are_spelled_out(image_format: ImageFormat, text: str) -> None:
    assert plan("w3", image_format).text == text


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(UnknownPresetError):
        plan("preset-huge")


@pytest.mark.parametrize("text", ["card", "=w3", "a=w3,a=w4", "A=w3", "a=preset-b", "a=v12345678"])
def test_presets_are_names_and_options(text: str) -> None:
    with pytest.raises(BadPresetsError):
        parse_presets(text)


def named(**changes: str) -> ProcessingHash:
    parts = {"key": "a/b.jpg", "version": "etag-1", "options": "w3", "format": "webp"} | changes
    return processing_hash_of(
        source_key=parts["key"],
        source_version=parts["version"],
        plan=plan(parts["options"], ImageFormat(parts["format"])),
    )


def test_a_processing_hash_changes_with_all_that_shapes_a_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hashes = [
        named(),
        named(key="a/c.jpg"),
        named(version="etag-2"),
        named(options="w4"),
        named(format="avif"),
    ]
    # What a release that renders differently would do.
    monkeypatch.setattr(plans, "PIPELINE_VERSION", "another")
    hashes.append(named())

    assert len(set(hashes)) == len(hashes)


def test_a_processing_hash_is_as_it_is_stored() -> None:
    # BLAKE3 of "a/b.jpg\0etag-1\0w3_q80.webp\0" and the version of the pipeline: kept
    # pictures are found by it.
    assert named() == "a55aed95d624854f49537c3119a34b78a9c9d62737dbf04da32a1cb5cb7348c8"


def test_what_is_said_goes_over_what_is_not() -> None:
    base = ImageOptions(width=1, still=True)

    assert ImageOptions(width=2).over(base) == ImageOptions(width=2, still=True)
