"""What pictures are refused for."""

from keyshelf.errors import InvalidInputError, LimitError, UnavailableError


class UnknownImageOptionError(InvalidInputError):
    """No option of pictures is called so, or its value is not one of those it may have."""

    code = "image-option-unknown"


class RepeatedImageOptionError(InvalidInputError):
    """An option of a picture is given twice."""

    code = "image-option-repeated"


class ImageOptionRangeError(InvalidInputError):
    """A number of an option of a picture is outside of what it may be."""

    code = "image-option-range"


class UnknownPresetError(InvalidInputError):
    """No preset is called so: KEYSHELF_IMAGE_PRESETS names them."""

    code = "image-preset-unknown"


class UnsupportedImageFormatError(InvalidInputError):
    """Pictures are not made in this format: webp, avif, jpg, png, gif or auto."""

    code = "image-format-unsupported"


class UnrecognisedImageError(InvalidInputError):
    """The bytes are not those of a picture of a kind that is read, whatever they are called."""

    code = "image-unrecognised"


class UnreadableImageError(InvalidInputError):
    """The picture is damaged or cut off: replace it."""

    code = "image-unreadable"


class ImageTooLargeError(LimitError):
    """The picture has more bytes or pixels than may be read."""

    code = "image-too-large"


class TooManyFramesError(LimitError):
    """The animation has more frames than may be read: ask for `still`, or for a still format."""

    code = "image-too-many-frames"


class ImageOutputTooLargeError(LimitError):
    """The picture that is asked for would be too large: ask for a smaller width or height."""

    code = "image-output-too-large"


class ImageMemoryError(LimitError):
    """The picture needs more memory to render than it may have: KEYSHELF_IMAGE_MEMORY_MIB."""

    code = "image-memory"


class RenderTooSlowError(LimitError):
    """The picture took longer to render than it may."""

    code = "image-too-slow"


class RendersBusyError(UnavailableError):
    """More pictures wait to be rendered than may. Retry after a moment."""

    code = "image-renders-busy"


class RenderDiedError(UnavailableError):
    """The process that rendered the picture was ended, by the picture or by the system. Retry."""

    code = "image-render-died"


class RenderBrokenError(UnavailableError):
    """What renders pictures cannot be started, or is not the libvips of Keyshelf. See the log."""

    code = "image-renders-broken"
