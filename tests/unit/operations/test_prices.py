"""The price book: what comes with Keyshelf, and what is refused of one's own."""

from decimal import Decimal
from pathlib import Path

import pytest

from keyshelf.operations.classes import CLASSES, Cloud, StorageClass
from keyshelf.operations.prices import reading
from keyshelf.operations.prices.values import InvalidPriceBookError, PricesNotFoundError

GOOD = """
currency = "EUR"
[my.place]
as_of = 2026-02-03
source = "the contract"
[my.place.hot]
storage = 0.01
"""


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


def test_the_shipped_book_has_every_cloud_and_says_since_when_and_where_from() -> None:
    book = reading.shipped()

    assert {"s3.us-east-1", "s3.eu-west-1", "s3.eu-central-1", "own.hardware"} <= set(book.tables)
    assert {name.partition(".")[0] for name in book.tables} == {"s3", "gcs", "azure", "own"}
    assert all(table.as_of.year >= 2025 and table.source for table in book.tables.values())


def test_the_shipped_book_agrees_with_what_is_known_of_classes() -> None:
    for table in reading.shipped().tables.values():
        cloud = table.name.partition(".")[0]
        if cloud == "own":
            continue
        for storage_class, facts in CLASSES[Cloud(cloud)].items():
            prices = table.of(storage_class)
            overhead = prices.overhead_bytes + prices.overhead_hot_bytes
            assert (prices.minimum_days, prices.minimum_bytes, overhead) == (
                facts.minimum_days,
                facts.minimum_bytes,
                facts.overhead_bytes,
            ), (table.name, storage_class)


def test_colder_classes_store_for_less_and_move_for_more() -> None:
    for table in reading.shipped().tables.values():
        prices = [table.of(each) for each in StorageClass if each in table.classes]
        stored = [each.storage.steps[0].price for each in prices]
        assert stored == sorted(stored, reverse=True)


def test_prices_are_exact() -> None:
    table = reading.parse(GOOD, origin="mine").table("my.place")

    assert table.of(StorageClass.HOT).storage.average(Decimal(5)) == Decimal("0.01")
    assert (table.gb_bytes, table.egress.average(Decimal(9))) == (2**30, Decimal(0))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("this is no TOML", "mine is no TOML"),
        ('currency = "EUR"', r"mine has no table, such as \[s3.eu-west-1\]"),
        (changed('currency = "EUR"', ""), "mine: currency must be a text"),
        (changed("as_of = 2026-02-03", ""), "mine: my.place.as_of must be a date"),
        (changed('source = "the contract"', ""), "mine: my.place.source must be a text"),
        (changed("[my.place.hot]", "[my.place.warm]"), r"mine: my.place needs a table \[my.place"),
        (changed("storage = 0.01", "write = 1"), "mine: my.place.hot needs `storage`"),
        (changed("0.01", '"0.01"'), "mine: my.place.hot.storage must be a number"),
        (changed("0.01", "-0.01"), "mine: my.place.hot.storage must be 0 or more"),
        (changed("0.01", "nan"), "mine: my.place.hot.storage must be 0 or more"),
        (changed("0.01", "true"), "mine: my.place.hot.storage must be a number"),
        (changed("storage =", "storge ="), "mine: my.place.hot has 'storge', which nobody knows"),
        (changed("0.01", "0.01\nminimum_days = 1.5"), "minimum_days must be a whole number"),
        (changed("0.01", "[]"), "every step but the last has `to_tb`"),
        (changed("0.01", "[{price = 1}, {price = 2}]"), "every step but the last has `to_tb`"),
        (changed("0.01", "[{price = 1, to_tb = 5}]"), "every step but the last has `to_tb`"),
        (
            changed("0.01", "[{price=1, to_tb=5}, {price=1, to_tb=5}, {price=2}]"),
            "each step ends after the one before",
        ),
        (changed("[my.place]", "[my.place.tepid]\n[my.place]"), "'tepid', which nobody knows"),
    ],
    ids=range(18),
)
def test_what_is_wrong_is_named(text: str, said: str) -> None:
    with pytest.raises(InvalidPriceBookError, match=said):
        reading.parse(text, origin="mine")


def test_a_book_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidPriceBookError, match=r"prices.toml cannot be read"):
        reading.read(tmp_path / "prices.toml")


def test_a_region_that_is_unknown_is_no_guess() -> None:
    with pytest.raises(PricesNotFoundError, match=r"no table 's3.mars-1' .*--prices > prices.toml"):
        reading.shipped().table("s3.mars-1")


@pytest.mark.parametrize(
    ("amount", "shown"),
    [("0.023", "$0.023"), ("0.00099", "$0.00099"), ("5", "$5.00"), ("0.1", "$0.10")],
)
def test_a_price_has_all_its_digits(amount: str, shown: str) -> None:
    assert reading.shipped().price(Decimal(amount)) == shown


def test_money_is_of_the_books_currency() -> None:
    book = reading.parse(GOOD, origin="mine")

    assert book.money(Decimal("-1234.5")) == "-€1,234.50"
    assert reading.document(book)["currency"] == "EUR"
