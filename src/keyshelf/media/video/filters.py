"""Words of FFmpeg's filter graphs that put a picture right: fields, colour, size."""

from keyshelf.media.tools.probed import VideoStream

BT709 = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
"""Writes what `standard` made of the colours on every frame."""

_HD_LINES = 720
_WIDE = frozenset({"bt2020", "smpte431", "smpte432"})
_SCALED = "flags=bicubic+accurate_rnd+full_chroma_int"
_MATRICES = frozenset({"bt709", "bt470bg", "smpte170m", "smpte240m", "fcc", "bt2020nc"})
_PEAK_NITS = 100
"""How bright the white of a standard picture is, as tone mapping takes it."""


def upright_fields(video: VideoStream) -> list[str]:
    """Return what makes whole frames of fields; nothing for a film that has none.

    FFmpeg turns the picture by itself, before any filter.
    """
    return ["bwdif=mode=send_frame"] if video.is_interlaced else []


def standard(video: VideoStream, width: int, height: int) -> list[str]:
    """Return what makes 8-bit BT.709 of this size and square pixels out of any picture.

    High dynamic range is tone-mapped (Hable's curve), wide colours are brought into BT.709's;
    a picture that does not name its matrix has that of its size, BT.601 below 720 lines.
    """
    size = f"{width}:{height}"
    # zscale halves no odd number: of such a size it gives every pixel its colour.
    even = "format=yuv444p" if _is_odd(width, height) else "format=yuv420p"
    if video.hdr is None and video.primaries not in _WIDE:
        words = [f"scale={size}:{_SCALED}:{_matrix(video)}:out_color_matrix=bt709:out_range=tv"]
    elif video.hdr is None:
        words = [*_named(video), f"zscale={size}:p=bt709:t=bt709:m=bt709:r=limited", even]
    else:
        words = [
            *_named(video),
            # The size first: everything after it works on floating-point numbers.
            f"zscale={size}:t=linear:npl={_PEAK_NITS}",
            "format=gbrpf32le",
            "zscale=p=bt709",
            "tonemap=tonemap=hable:desat=0",
            "zscale=t=bt709:m=bt709:r=limited",
            even,
        ]
    return [*words, "format=yuv420p", "setsar=1", BT709]


def smaller(width: int, height: int) -> str:
    """Return what makes a picture that is standard already another size."""
    # Rounded to even lines it has another shape by a hair, which would go into its pixels.
    return f"scale={width}:{height}:{_SCALED},setsar=1"


def _matrix(video: VideoStream) -> str:
    if video.matrix in _MATRICES:
        return f"in_color_matrix={video.matrix.removesuffix('nc')}"
    if video.matrix is not None:
        return "in_color_matrix=auto"
    return f"in_color_matrix={'bt709' if _is_hd(video) else 'smpte170m'}"


def _named(video: VideoStream) -> list[str]:
    # zscale refuses frames that do not say what they are.
    primaries = video.primaries or "bt2020"
    transfer = video.transfer or "bt709"
    matrix = video.matrix if video.matrix in _MATRICES else "bt2020nc"
    if video.pixel_format.startswith(("gbr", "rgb")):
        matrix = "gbr"
    words = [f"setparams=color_primaries={primaries}:color_trc={transfer}:colorspace={matrix}"]
    return [*words, "format=yuv444p12le"] if _is_odd(video.width, video.height) else words


def _is_odd(width: int, height: int) -> bool:
    return bool(width % 2 or height % 2)


def _is_hd(video: VideoStream) -> bool:
    return min(video.width, video.height) >= _HD_LINES
