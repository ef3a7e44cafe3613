"""What the makers of stages work with."""

from dataclasses import dataclass

from keyshelf.media.images.pool import RenderPool
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.scratch import Scratch
from keyshelf.store.base import ObjectStore


@dataclass(frozen=True, slots=True)
class Studio:
    """The tools, the processes that render pictures, room on a disk, and where results go."""

    tools: Tools
    renders: RenderPool
    """Of pictures in `scratch`."""
    scratch: Scratch
    media: ObjectStore
