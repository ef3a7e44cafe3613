"""Sizes as people write them."""

import pytest

from keyshelf.operations.sizes import IllegalSizeError, size, size_text


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("10TB", 10 * 10**12),
        ("500GiB", 500 * 2**30),
        ("64 kb", 64_000),
        ("1.5TB", 1_500_000_000_000),
        (" 16MiB ", 2**24),
        ("7", 7),
    ],
)
def test_a_size_is_a_number_and_a_unit(text: str, count: int) -> None:
    assert size(text) == count


@pytest.mark.parametrize(
    "text", ["", "TB", "10 XB", "-1GB", "1e9", "0.1B", "10T", "٣TB x", "1000001EB"]
)
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(IllegalSizeError):
        size(text)


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 KB"), (1_500_000, "1.5 MB"), (5 * 10**13, "50 TB")],
)
def test_a_size_is_told_as_storage_is_sold(count: int, text: str) -> None:
    assert size_text(count) == text
