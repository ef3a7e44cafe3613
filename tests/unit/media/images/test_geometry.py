import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.media.images.geometry import Geometry, Size, measure, place, place_focus
from keyshelf.media.images.grammar import parse_options
from keyshelf.media.images.options import Fit, FocalPoint, Gravity, ImageOptions


def canvas(source: tuple[int, int], options: str) -> tuple[int, int]:
    size = measure(Size(*source), parse_options(options).settled()).canvas
    return size.width, size.height


@pytest.mark.parametrize(
    ("source", "options", "expected"),
    [
        ((400, 200), "", (400, 200)),
        ((400, 200), "w100", (100, 50)),
        ((400, 200), "h100", (200, 100)),
        ((400, 200), "w800", (400, 200)),
        ((400, 200), "w800_enlarge", (800, 400)),
        ((400, 200), "w100_h100", (100, 50)),
        ((400, 200), "w100_h20", (40, 20)),
        ((400, 200), "w100_h100_fit-cover", (100, 100)),
        ((400, 200), "w100_h100_fit-contain", (100, 100)),
        ((400, 200), "w100_h100_fit-fill", (100, 100)),
        ((400, 200), "w800_h800_fit-cover", (200, 200)),
        ((400, 200), "w300_h400_fit-cover", (150, 200)),
        ((400, 200), "w800_h800_fit-cover_enlarge", (800, 800)),
        ((400, 200), "w800_h800_fit-contain", (800, 800)),
        ((400, 200), "w800_h800_fit-fill", (200, 200)),
        ((400, 200), "w100_rot-90", (100, 200)),
        ((400, 200), "w100_dpr-2", (200, 100)),
        ((400, 200), "w300_dpr-2", (400, 200)),
        ((3, 1000), "h10", (1, 10)),
        ((333, 500), "w100", (100, 150)),
        ((5, 2), "w1", (1, 1)),
        ((1001, 667), "w333", (333, 222)),
    ],
)
def test_sizes(source: tuple[int, int], options: str, expected: tuple[int, int]) -> None:
    assert canvas(source, options) == expected


sides = st.integers(1, 5000)
sizes = st.builds(Size, sides, sides)
asked = st.builds(
    ImageOptions,
    width=st.none() | sides,
    height=st.none() | sides,
    fit=st.none() | st.sampled_from(Fit),
    enlarge=st.booleans(),
    rotate=st.sampled_from([None, 90, 180, 270]),
).map(ImageOptions.settled)


def contains(outer: Size, inner: Size) -> bool:
    return outer.width >= inner.width and outer.height >= inner.height


@given(sizes, asked)
def test_sizes_keep_what_was_promised(source: Size, options: ImageOptions) -> None:
    turned = source.turned(options.rotate)

    made = measure(source, options)

    assert contains(made.resized, made.window)
    assert contains(made.canvas, made.window)
    assert contains(turned, made.resized) or options.enlarge
    box = Size(options.width or 10**9, options.height or 10**9)
    # One side that is given and the other that follows from it, or a box.
    assert contains(box, made.window)
    if options.fit is not Fit.FILL:
        exact = turned.width * made.resized.height / turned.height
        shares = abs(made.resized.width - exact)
        assert shares <= max(1, turned.width / turned.height)
    if options.fit is Fit.CONTAIN:
        assert made.canvas == box


@given(sizes, asked)
def test_a_vector_is_drawn_as_if_it_may_be_enlarged(source: Size, options: ImageOptions) -> None:
    larger = ImageOptions(enlarge=True).over(options)

    assert measure(source, options, scalable=True) == measure(source, larger)


@given(st.tuples(sides, sides, sides, sides), st.floats(0, 1), st.floats(0, 1))
def test_a_focal_point_is_in_sight(sides_: tuple[int, ...], x: float, y: float) -> None:
    whole = Size(max(sides_[:2]), max(sides_[2:]))
    window = Size(min(sides_[:2]), min(sides_[2:]))

    left, top = place_focus(window, whole, FocalPoint(x, y))

    assert 0 <= left <= whole.width - window.width
    assert 0 <= top <= whole.height - window.height
    assert left - 1 <= x * whole.width <= left + window.width + 1
    assert top - 1 <= y * whole.height <= top + window.height + 1


@pytest.mark.parametrize(
    ("gravity", "corner"),
    [
        (None, (5, 10)),
        (Gravity.NORTHWEST, (0, 0)),
        (Gravity.NORTH, (5, 0)),
        (Gravity.SOUTHEAST, (10, 20)),
        (Gravity.WEST, (0, 10)),
        (Gravity.SMART, (5, 10)),
    ],
)
def test_a_gravity_is_a_place(gravity: Gravity | None, corner: tuple[int, int]) -> None:
    assert place(Size(10, 10), Size(20, 30), gravity) == corner


def test_a_picture_of_the_right_size_stays_as_it_is() -> None:
    size = Size(30, 20)

    assert measure(size, parse_options("w30_h20_fit-cover").settled()) == Geometry(size, size, size)
