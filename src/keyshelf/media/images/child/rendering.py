"""From an opened picture and a plan to bytes."""

import pyvips

from keyshelf.media.images.child.backgrounds import flattened, padded
from keyshelf.media.images.child.picture import Picture, check_pixels
from keyshelf.media.images.child.vips import reading
from keyshelf.media.images.child.writing import write
from keyshelf.media.images.failures import ImageOutputTooLargeError, TooManyFramesError
from keyshelf.media.images.geometry import Geometry, measure, place, place_focus
from keyshelf.media.images.options import Flip, ImageOptions
from keyshelf.media.images.plans import RenderPlan
from keyshelf.media.images.values import Rendered, RenderLimits

Frame = pyvips.Image


def render(picture: Picture, plan: RenderPlan, limits: RenderLimits) -> Rendered:
    """Return the picture that a plan asks for.

    Raises `TooManyFramesError`, `ImageTooLargeError`, `ImageOutputTooLargeError` before
    anything is decoded, and `UnreadableImageError`.
    """
    options = plan.options
    frames = 1 if options.still else picture.frames
    geometry = measure(picture.size, options, scalable=picture.scalable)
    _check(picture, geometry, frames, limits)
    with reading():
        scaled = picture.thumbnail(geometry.resized.turned(options.rotate), frames)
        if frames > 1:
            image = _animation(scaled, frames, geometry, plan)
        else:
            image = _still(scaled, geometry, plan)
        data = write(image, plan)
    return Rendered(
        format=plan.format,
        width=geometry.canvas.width,
        height=geometry.canvas.height,
        frames=frames,
        data=data,
    )


def _check(picture: Picture, geometry: Geometry, frames: int, limits: RenderLimits) -> None:
    if frames > limits.frames:
        raise TooManyFramesError(
            "the animation has more frames than may be rendered",
            frames=frames,
            most_frames=limits.frames,
        )
    if not picture.scalable:
        check_pixels(picture.size, frames, limits)
    resized, canvas = geometry.resized, geometry.canvas
    largest = max(canvas.width, canvas.height)
    # A sliver that covers a box is scaled to far more than the box.
    if largest > limits.output_side or max(resized.pixels, canvas.pixels) * frames > limits.pixels:
        raise ImageOutputTooLargeError(
            "the picture would come out too large",
            width=canvas.width,
            height=canvas.height,
            most_pixels_a_side=limits.output_side,
        )


def _still(scaled: Frame, geometry: Geometry, plan: RenderPlan) -> Frame:
    options = plan.options
    if options.rotate or options.flip or (options.gravity and options.gravity.is_found):
        # These go through the pixels in another order than the decoder brings them.
        scaled = scaled.copy_memory()
    turned = _turned(scaled, options)
    return _finished(turned, _corner(turned, geometry, options), geometry, plan)


def _animation(strip: Frame, frames: int, geometry: Geometry, plan: RenderPlan) -> Frame:
    strip = strip.copy_memory()
    height = strip.height // frames
    pages = [
        _turned(strip.crop(0, index * height, strip.width, height), plan.options)
        for index in range(frames)
    ]
    # One place for all frames, or the picture would jump.
    corner = _corner(pages[0], geometry, plan.options)
    done = [_finished(page, corner, geometry, plan) for page in pages]
    joined = pyvips.Image.arrayjoin(done, across=1).copy()
    joined.set_type(pyvips.GValue.gint_type, "page-height", geometry.canvas.height)
    return joined


def _turned(frame: Frame, options: ImageOptions) -> Frame:
    if options.rotate:
        frame = frame.rot(f"d{options.rotate}")
    if options.flip in {Flip.HORIZONTAL, Flip.BOTH}:
        frame = frame.fliphor()
    if options.flip in {Flip.VERTICAL, Flip.BOTH}:
        frame = frame.flipver()
    return frame


def _corner(frame: Frame, geometry: Geometry, options: ImageOptions) -> tuple[int, int]:
    window, resized = geometry.window, geometry.resized
    if window == resized:
        return 0, 0
    if options.focus:
        return place_focus(window, resized, options.focus)
    if options.gravity and options.gravity.is_found:
        interesting = "attention" if options.gravity.value == "smart" else "entropy"
        found = frame.smartcrop(window.width, window.height, interesting=interesting)
        # libvips keeps in a cut how far its origin is from that of the whole.
        return -found.xoffset, -found.yoffset
    return place(window, resized, options.gravity)


def _finished(frame: Frame, corner: tuple[int, int], geometry: Geometry, plan: RenderPlan) -> Frame:
    options = plan.options
    if geometry.window != geometry.resized:
        frame = frame.crop(*corner, geometry.window.width, geometry.window.height)
    if options.blur:
        frame = _blurred(frame, options.blur)
    if options.sharpen:
        frame = frame.sharpen(sigma=options.sharpen)
    if options.background or not plan.format.has_alpha:
        frame = flattened(frame, options.background)
    if geometry.canvas != geometry.window:
        corner = place(geometry.window, geometry.canvas, options.gravity)
        frame = padded(frame, corner, geometry.canvas, options.background, plan.format)
    return frame


def _blurred(frame: Frame, sigma: float) -> Frame:
    if not frame.hasalpha():
        return frame.gaussblur(sigma)
    # The color of what is transparent must not bleed into what is seen.
    return frame.premultiply().gaussblur(sigma).unpremultiply().cast("uchar")
