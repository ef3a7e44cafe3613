"""How a disk store behaves."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from keyshelf.clock import Clock, system_clock
from keyshelf.store.base import MIN_PART_BYTES
from keyshelf.store.local_signing import LocalSigner


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskOptions:
    """The limits and means of a disk store; the defaults suit a service."""

    threads: int = 16
    """How many file operations run at once."""
    durable: bool = True
    """Whether a write waits until the disk has it. Only what may be lost does without."""
    keep_free_bytes: int = 0
    """Writing ends as on a full disk while so much of it is still free."""
    page_limit: int = 1000
    """The most objects and folders of one page of a listing."""
    min_part_bytes: int = MIN_PART_BYTES
    """The least size of a part that is not the last."""
    listing_window: int = 100_000
    """How many names of one folder are sorted at once; a larger folder is read repeatedly."""
    extended_attributes: bool = True
    """Whether attributes may be kept in the files' own; else, and where there are none,
    they are kept in files beside them."""
    sweep_after: timedelta = timedelta(days=1)
    """How old abandoned temporary files are when opening the store removes them."""
    signer: LocalSigner | None = None
    """Who signs; without one, `presign` is not supported."""
    clock: Clock = system_clock
    new_id: Callable[[], str] = field(default=lambda: secrets.token_hex(16))
    """Makes the names of uploads and temporary files: unguessable hex, never twice."""
