"""What libvips refuses of our own is not said of the picture."""

import subprocess
import sys

CALLS = """
import pyvips
from keyshelf.errors import Error
from keyshelf.media.images.child.vips import reading

dot = pyvips.Image.black(1, 1)
for call in (
    lambda: dot.webpsave_buffer(of_a_later_libvips=True),
    lambda: dot.embed(0, 0, 2, 2, extend="nowhere"),
    lambda: pyvips.Image.jpegload_buffer(bytes.fromhex("ffd8ffe0") + b"cut off"),
):
    try:
        with reading():
            call()
    except Error as error:
        print(error.code)
"""


def test_only_what_cannot_be_decoded_is_called_damaged() -> None:
    # In a process of its own: pictures are rendered in others than this one.
    ran = subprocess.run([sys.executable, "-c", CALLS], capture_output=True, text=True, check=True)

    codes = ["image-renders-broken", "image-renders-broken", "image-unreadable"]
    assert ran.stdout.splitlines() == codes, ran.stderr
