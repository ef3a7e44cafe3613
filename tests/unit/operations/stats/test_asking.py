"""Operations as clouds bill them."""

from keyshelf.operations.counters.values import Asked, Counts, Requests
from keyshelf.operations.stats.asking import asked_of
from keyshelf.operations.stats.values import AskedOf


def test_operations_are_writes_reads_and_lists_and_the_rest_is_free() -> None:
    counted = {
        ("source", "put"): 3,
        ("source", "upload_part"): 4,
        ("source", "get"): 5,
        ("source", "head"): 6,
        ("source", "list"): 7,
        ("source", "delete_many"): 8,
        ("source", "presign"): 9,
        ("repository-eu", "get"): 1,
    }
    counts = Counts(
        {Asked(store, "here", op): Requests(count=count) for (store, op), count in counted.items()}
    )

    assert asked_of(counts) == [
        AskedOf("repository replica eu", reads=1),
        AskedOf("source", writes=7, reads=11, lists=7),
    ]
