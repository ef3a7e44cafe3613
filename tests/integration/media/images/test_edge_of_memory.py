"""Where memory just runs out a picture is not called damaged, whatever step it is that fails."""

import subprocess
import sys
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

# Each attempt is in a process of its own, which has so many bytes more than the libraries take.
ATTEMPTS = """
import os, resource, sys
from keyshelf.errors import Error
from keyshelf.media.images.child.answering import answer
from keyshelf.media.images.formats import ImageFormat
from keyshelf.media.images.grammar import parse_options
from keyshelf.media.images.plans import plan_of
from keyshelf.media.images.protocol import RenderRequest
from keyshelf.media.images.values import RenderLimits

plan = plan_of(parse_options("w64"), ImageFormat(sys.argv[2]), {})
with open("/proc/self/statm") as statm:
    taken = int(statm.read().split()[0]) * resource.getpagesize()
for more in sys.argv[3:]:
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        resource.setrlimit(resource.RLIMIT_AS, (taken + int(more), taken + int(more)))
        try:
            answer(RenderRequest(sys.argv[1], plan), RenderLimits())
        except Error as error:
            os.write(1, (error.code + "\\n").encode())
        else:
            os.write(1, b"made\\n")
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        print("died", flush=True)
"""


def attempts(path: Path, extension: str, more: list[int]) -> list[str]:
    command = [sys.executable, "-c", ATTEMPTS, str(path), extension, *map(str, more)]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()


@pytest.mark.skipif(sys.platform != "linux", reason="the system does not tell what is taken")
@pytest.mark.parametrize("extension", ["png", pytest.param("jpg", marks=pytest.mark.long)])
def test_a_whole_picture_that_lacks_memory_is_not_damaged(tmp_path: Path, extension: str) -> None:
    path = tmp_path / "picture.heic"
    pillow_heif.from_pillow(Image.effect_noise((800, 600), 60).convert("RGB")).save(path)  # pyright: ignore[reportUnknownMemberType] -- untyped options

    found = attempts(path, extension, [0, *(each * 2**20 for each in (8, 16, 20, 24, 256))])

    assert found[0] == "image-memory"
    assert found[-1] == "made"
    assert set(found) <= {"image-memory", "died", "made"}


@pytest.mark.skipif(sys.platform != "linux", reason="the system does not tell what is taken")
def test_a_damaged_picture_that_has_memory_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "picture.heic"
    pillow_heif.from_pillow(Image.effect_noise((800, 600), 60).convert("RGB")).save(path)  # pyright: ignore[reportUnknownMemberType] -- untyped options
    path.write_bytes(path.read_bytes()[:-20_000])

    assert attempts(path, "png", [2**30]) == ["image-unreadable"]
