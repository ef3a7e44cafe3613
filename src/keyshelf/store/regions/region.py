"""One region: its store, and what is known of it."""

from keyshelf.store.base import ObjectStore
from keyshelf.store.regions.health import Health
from keyshelf.store.regions.latency import Latency


class Region:
    """A bucket in some place. `name` tells it from the others, in settings and metrics."""

    def __init__(
        self, name: str, store: ObjectStore, *, is_primary: bool = False, price: float | None = None
    ) -> None:
        self.name = name
        self.store = store
        self.is_primary = is_primary
        self.price = price
        """What reading a GB costs, in any currency that all regions share; None is unknown."""
        self.health = Health()
        self.latency = Latency()
        self.asked_at: float | None = None
        """When it was last asked for an object."""
        self.heard_at: float | None = None
        """When it last answered, or did not."""
