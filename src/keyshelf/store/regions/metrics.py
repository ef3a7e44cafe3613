"""What is counted of reads from many regions."""

from prometheus_client import CollectorRegistry, Counter, Gauge

from keyshelf.store.regions.region import Region


class RegionsMetrics:
    """The metrics of all regions in one registry; make one per registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.reads = Counter(
            "keyshelf_region_reads_total",
            "Reads that a region answered.",
            ["store", "region"],
            registry=registry,
        )
        self.chosen = Counter(
            "keyshelf_region_chosen_total",
            "Reads that a region was asked first for.",
            ["store", "region"],
            registry=registry,
        )
        self.fallbacks = Counter(
            "keyshelf_region_fallbacks_total",
            "Reads that went on elsewhere: the object was missing or damaged, the region failed"
            " or silent.",
            ["store", "region", "reason"],
            registry=registry,
        )
        self.hedges = Counter(
            "keyshelf_region_hedges_total",
            "Reads that another region was asked for as well, because this one was late.",
            ["store", "region"],
            registry=registry,
        )
        self.well = Gauge(
            "keyshelf_region_well",
            "Whether a region is asked for objects (1) or rests until a probe finds it well (0).",
            ["store", "region"],
            registry=registry,
        )
        self.latency = Gauge(
            "keyshelf_region_latency_seconds",
            "How long a region takes to answer a read, newer answers weighing more.",
            ["store", "region"],
            registry=registry,
        )


class RegionMetrics:
    """The metrics of one region; they are looked up once, not for every read."""

    def __init__(self, metrics: RegionsMetrics, *, role: str, region: str) -> None:
        self.chosen = metrics.chosen.labels(role, region)
        self.reads = metrics.reads.labels(role, region)
        self.hedges = metrics.hedges.labels(role, region)
        self._well = metrics.well.labels(role, region)
        self._latency = metrics.latency.labels(role, region)
        self._fallbacks = metrics.fallbacks
        self._named = role, region

    def fell(self, reason: str) -> None:
        """Count a read that went on elsewhere."""
        self._fallbacks.labels(*self._named, reason).inc()

    def show(self, region: Region) -> None:
        """Show what is known of the region."""
        self._well.set(region.health.is_well)
        if region.latency.mean is not None:
            self._latency.set(region.latency.mean)
