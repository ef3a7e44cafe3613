"""A price book and amounts that are easy to reckon with by hand."""

from keyshelf.operations.classes import StorageClass
from keyshelf.operations.prices import reading
from keyshelf.operations.stats.values import REPOSITORY, Amount, Kind, Stored

GB = 2**30
BOOK = reading.parse(
    """
    currency = "USD"
    [s3.here]
    as_of = 2025-01-01
    source = "by hand"
    between_regions = 0.02
    egress = [{ to_tb = 1, price = 0.10 }, { price = 0.05 }]
    [s3.here.hot]
    storage = 0.02
    write = 0.005
    list = 0.005
    read = 0.0004
    [s3.here.warm]
    storage = 0.01
    write = 0.01
    transition = 0.01
    retrieval = 0.01
    minimum_days = 30
    minimum_bytes = 131072
    [s3.here.cold]
    storage = 0.004
    transition = 0.03
    minimum_days = 90
    overhead_bytes = 32768
    overhead_hot_bytes = 8192
    """,
    origin="the book of this test",
)
HERE = BOOK.table("s3.here")
TABLES = {"source": HERE, "media": HERE, REPOSITORY: HERE}


def chunks(gigabytes: int, storage_class: StorageClass = StorageClass.HOT) -> Stored:
    """So many GB of chunks of 64 KiB: 16,384 in each."""
    objects, size = gigabytes * 16_384, gigabytes * GB
    return Stored(
        store=REPOSITORY,
        kind=Kind.CHUNK,
        storage_class=storage_class,
        tenant="anna",
        amount=Amount(objects, size, objects, size),
    )
