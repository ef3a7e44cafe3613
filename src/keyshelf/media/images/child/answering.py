"""Requests and what answers them."""

import os
from pathlib import Path

from keyshelf.media.images.child.inspecting import inspect
from keyshelf.media.images.child.opening import open_picture
from keyshelf.media.images.child.rendering import render
from keyshelf.media.images.child.vips import failure_of
from keyshelf.media.images.protocol import RenderRequest, Reply, Request
from keyshelf.media.images.values import RenderLimits


def answer(request: Request, limits: RenderLimits) -> Reply:
    """Do what is asked for. Raises the errors of pictures."""
    try:
        picture = open_picture(Path(os.fsdecode(request.path)), limits)
        if isinstance(request, RenderRequest):
            return render(picture, request.plan, limits)
        return inspect(picture)
    except MemoryError as error:
        raise failure_of(error) from error
