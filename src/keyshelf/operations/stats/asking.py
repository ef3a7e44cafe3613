"""What was asked of the stores, in the words of a bill."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from keyshelf.operations.counters.values import Counts
from keyshelf.operations.stats.values import REPOSITORY, AskedOf

_KINDS: Mapping[str, str] = {
    "put": "writes",
    "copy": "writes",
    "set_tags": "writes",
    "create_upload": "writes",
    "upload_part": "writes",
    "complete_upload": "writes",
    "head": "reads",
    "get": "reads",
    "get_tags": "reads",
    "list": "lists",
    "list_parts": "lists",
    "list_uploads": "lists",
    "check": "lists",
}
"""What clouds bill an operation as. Deletions are free, and signing asks nobody."""


def asked_of(counts: Counts) -> Sequence[AskedOf]:
    """Return how often each store was asked, by its name in bills."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for asked, requests in counts.requests.items():
        if asked.operation in _KINDS:
            found[_name(asked.store)][_KINDS[asked.operation]] += requests.count
    return [
        AskedOf(store, each["writes"], each["reads"], each["lists"])
        for store, each in sorted(found.items())
    ]


def _name(store: str) -> str:
    """Return what a store is called in bills: replicas are counted as `repository-eu`."""
    return store.replace(f"{REPOSITORY}-", f"{REPOSITORY} replica ", 1)
