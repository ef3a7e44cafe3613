"""What is told beside counters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """What repositories hold, and what waits."""

    repositories: int = 0
    logical_bytes: int = 0
    """What a copy of each commit would take."""
    chunk_bytes: int = 0
    """Chunks before compression."""
    stored_bytes: int = 0
    condemned_chunks: int = 0
    waiting_deletions: int = 0
    """Objects of drives and repositories that are still to be deleted."""
    tasks: Mapping[str, datetime] = field(default_factory=dict[str, datetime])
    """When each periodic task last began."""
