"""What is counted of reads from many regions."""

from prometheus_client import CollectorRegistry, Counter, Gauge


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
            "Reads that went on elsewhere: the object was missing, or the region failed or silent.",
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
