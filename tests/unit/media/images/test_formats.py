import pytest

from keyshelf.media.images.failures import UnsupportedImageFormatError
from keyshelf.media.images.formats import ImageFormat, SourceFormat, output_format, recognise
from keyshelf.media.images.negotiation import negotiate

CHROME = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
OLD_SAFARI = "image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5"


@pytest.mark.parametrize(
    ("extension", "found"),
    [
        ("webp", ImageFormat.WEBP),
        ("JPEG", ImageFormat.JPG),
        ("jpg", ImageFormat.JPG),
        ("Auto", None),
        ("gif", ImageFormat.GIF),
    ],
)
def test_extensions_ask_for_formats(extension: str, found: ImageFormat | None) -> None:
    assert output_format(extension) is found


@pytest.mark.parametrize("extension", ["heic", "bmp", "", "svg", "webp "])
def test_other_formats_are_not_made(extension: str) -> None:
    with pytest.raises(UnsupportedImageFormatError):
        output_format(extension)


@pytest.mark.parametrize(
    ("accept", "transparent", "animated", "chosen"),
    [
        (CHROME, False, False, ImageFormat.AVIF),
        (CHROME, True, True, ImageFormat.WEBP),
        (OLD_SAFARI, False, False, ImageFormat.JPG),
        (OLD_SAFARI, True, False, ImageFormat.PNG),
        (OLD_SAFARI, True, True, ImageFormat.GIF),
        (None, False, False, ImageFormat.JPG),
        ("", True, False, ImageFormat.PNG),
        ("*/*", False, False, ImageFormat.JPG),
        ("image/webp", False, False, ImageFormat.WEBP),
        ("IMAGE/WEBP ; q=0.9 , image/avif;q=0.8", False, False, ImageFormat.WEBP),
        ("image/avif;q=0, image/webp;q=0.1", False, False, ImageFormat.WEBP),
        ("image/avif;q=0.5, image/jpeg", False, False, ImageFormat.JPG),
        ("image/avif;q=0.5, image/png", False, False, ImageFormat.AVIF),
        ("image/avif;q=nonsense, image/webp;q=", False, False, ImageFormat.JPG),
        ("image/avif;q=nan", False, False, ImageFormat.JPG),
        ("image/avif;v=1;q=0.2, */*;q=0.1", False, False, ImageFormat.AVIF),
        (";;,,q=1,", False, False, ImageFormat.JPG),
    ],
)
def test_the_format_is_what_a_reader_takes(
    accept: str | None, transparent: bool, animated: bool, chosen: ImageFormat
) -> None:
    assert negotiate(accept, transparent=transparent, animated=animated) is chosen


def boxed(major: bytes, *compatible: bytes) -> bytes:
    brands = major + b"\0\0\0\0" + b"".join(compatible)
    return (8 + len(brands)).to_bytes(4, "big") + b"ftyp" + brands


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"\xff\xd8\xff\xe0", SourceFormat.JPEG),
        (b"\x89PNG\r\n\x1a\n", SourceFormat.PNG),
        (b"GIF89a", SourceFormat.GIF),
        (b"RIFF\0\0\0\0WEBPVP8 ", SourceFormat.WEBP),
        (b"RIFF\0\0\0\0WAVE", None),
        (b"MM\0*", SourceFormat.TIFF),
        (b"\xff\x0a", SourceFormat.JXL),
        (b"\0\0\0\x0cJXL \r\n\x87\n", SourceFormat.JXL),
        (boxed(b"avif", b"mif1"), SourceFormat.AVIF),
        (boxed(b"mif1", b"avif"), SourceFormat.AVIF),
        (boxed(b"mif1", b"heic"), SourceFormat.HEIC),
        (boxed(b"heic"), SourceFormat.HEIC),
        (boxed(b"isom", b"mp42"), None),
        # A version that spells a brand is none.
        (b"\0\0\0\x10ftypisomavif", None),
        (b"\xef\xbb\xbf  <svg/>", SourceFormat.SVG),
        (b'<?xml version="1.0"?><!-- x --><svg>', SourceFormat.SVG),
        (b"<?xml?><html>", None),
        (b"a <svg>", None),
        (b"", None),
    ],
)
def test_formats_are_told_by_content(head: bytes, found: SourceFormat | None) -> None:
    assert recognise(head) is found


def test_every_format_has_a_type() -> None:
    assert ImageFormat.JPG.mimetype == "image/jpeg"
    assert ImageFormat.AVIF.mimetype == "image/avif"
    assert SourceFormat.SVG.mimetype == "image/svg+xml"
    assert SourceFormat.JPEG.mimetype == "image/jpeg"
