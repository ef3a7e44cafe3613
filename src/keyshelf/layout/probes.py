"""Keys of the small objects that prove that a store can be written to.

.keyshelf/doctor/{id}     written, read and deleted by `keyshelf doctor`
"""

from uuid import UUID

from keyshelf.layout.drive import SYSTEM_PREFIX
from keyshelf.layout.keys import ObjectKey

PROBE_PREFIX = f"{SYSTEM_PREFIX}doctor/"


def probe_key(probe_id: UUID) -> ObjectKey:
    """Return the key of one probe. What is found there later was left by a crash."""
    return ObjectKey(f"{PROBE_PREFIX}{probe_id}")
