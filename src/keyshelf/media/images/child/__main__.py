"""The loop of a rendering process: its fences first, then one request after another."""

import importlib
import os
import resource
import sys
from collections.abc import Callable

import msgspec

from keyshelf.errors import Error
from keyshelf.media import fences
from keyshelf.media.images.protocol import READY, Reply, Request, framed, read_request, refusal_of
from keyshelf.media.images.values import RenderLimits

Answer = Callable[[Request, RenderLimits], Reply]

_ANSWERING = "keyshelf.media.images.child.answering"
_OPEN_FILES = 128
_FONTS = ("/usr/share/fonts", "/usr/share/fontconfig", "/etc/fonts", "/var/cache/fontconfig")


def main() -> None:
    """Answer requests until standard input ends.

    The arguments are the folder that pictures are read from and the limits as JSON. What
    a picture breaks beyond an error of ours ends the process, and another takes its place.
    """
    limits = msgspec.json.decode(sys.argv[2], type=RenderLimits)
    requests, replies = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    fences.bound_resources(memory_bytes=limits.memory_bytes, file_bytes=0)
    fences.bound(resource.RLIMIT_NOFILE, _OPEN_FILES)
    fences.confine([sys.argv[1], *_libraries(), *_FONTS])
    # The libraries come last, so that their threads and what they open are within the fences.
    answer: Answer = importlib.import_module(_ANSWERING).answer
    # Libraries that print must not print into replies, nor into the service's log; what
    # Python tells when it ends the process is for that log.
    sys.stderr = os.fdopen(os.dup(2), "w")
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    replies.write(READY)
    replies.flush()
    while (request := read_request(requests)) is not None:
        replies.write(framed(_answered(answer, request, limits)))
        replies.flush()


def _libraries() -> set[str]:
    # Codecs, colour profiles and Python modules that are loaded when they are needed.
    return {sys.prefix, sys.base_prefix, *filter(os.path.isdir, sys.path), "/lib", "/usr/lib"}


def _answered(answer: Answer, request: Request, limits: RenderLimits) -> Reply:
    try:
        return answer(request, limits)
    except Error as error:
        return refusal_of(error)


if __name__ == "__main__":
    main()
