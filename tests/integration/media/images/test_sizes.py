import itertools

import pytest

from keyshelf.media.images.geometry import Size, measure
from tests.integration.media.images.pictures import Studio, exif, jpeg, opened, plan, quarters

SOURCES = [(64, 40), (61, 3)]
BOXES = ["w30", "h21", "w30_h30", "w13_h50", "w100_h90", "w1_h1", ""]
FITS = ["", "fit-cover", "fit-contain", "fit-fill", "fit-cover_g-smart"]
OTHERS = ["", "enlarge", "rot-90", "dpr-1.5_rot-270_flip-h_enlarge"]
MIXES = [
    "_".join(filter(None, each))
    for each in itertools.product(BOXES, FITS, OTHERS)
    if not each[1] or ("w" in each[0] and "h" in each[0])
]


@pytest.mark.anyio
@pytest.mark.parametrize("source", SOURCES, ids=str)
@pytest.mark.parametrize("orientation", [1, 6])
async def test_every_mix_of_options_comes_out_in_the_size_that_was_reckoned(
    studio: Studio, source: tuple[int, int], orientation: int
) -> None:
    path = studio.keep(jpeg(quarters(*source), exif(orientation)))
    upright = Size(*source) if orientation == 1 else Size(source[1], source[0])

    wrong: list[object] = []
    for mix in MIXES:
        rendered = await studio.pool.render(path, plan(mix))
        expected = measure(upright, plan(mix).options).canvas
        image = opened(rendered)
        sizes = {(rendered.width, rendered.height), (image.width, image.height)}
        if sizes != {(expected.width, expected.height)}:
            wrong.append((mix, sizes, expected))

    assert wrong == []
