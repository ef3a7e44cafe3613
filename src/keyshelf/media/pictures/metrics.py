"""What serving pictures tells about itself."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60)


class PictureMetrics:
    """The metrics of pictures in one registry; make one per registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        served = Counter(
            "keyshelf_pictures_served",
            "Pictures by where they came from: memory, store or render.",
            ["layer"],
            registry=registry,
        )
        self.from_memory = served.labels("memory")
        self.from_store = served.labels("store")
        self.from_render = served.labels("render")
        self.render_seconds = Histogram(
            "keyshelf_picture_render_duration_seconds",
            "How long a picture took, with fetching its source, by format.",
            ["format"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.errors = Counter(
            "keyshelf_picture_errors",
            "Pictures that could not be made, by the code of the error.",
            ["code"],
            registry=registry,
        )
        self._waiting = Gauge(
            "keyshelf_pictures_waiting", "Pictures that wait to be made.", registry=registry
        )
        self._memory = Gauge(
            "keyshelf_picture_memory_bytes", "What pictures hold of memory.", registry=registry
        )

    def watch(self, *, waiting: Callable[[], float], memory: Callable[[], float]) -> None:
        """Have what changes by itself read when the metrics are."""
        self._waiting.set_function(waiting)
        self._memory.set_function(memory)
