"""A price book: tables of what a cloud charges in a region, by storage class."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from keyshelf.errors import InvalidInputError, NotFoundError
from keyshelf.operations.classes import StorageClass

ZERO = Decimal(0)
GIB = 2**30
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}


class InvalidPriceBookError(InvalidInputError):
    """A price book that cannot be read, or says what no price can be; the detail names it."""

    code = "invalid-price-book"


class PricesNotFoundError(NotFoundError):
    """The price book has no table for a cloud and region, or no class in it. Write it."""

    code = "prices-not-found"


@dataclass(frozen=True, slots=True)
class Step:
    """A price up to an amount; the last step of a price has no end."""

    price: Decimal
    to_tb: Decimal | None = None
    """Where it ends, in TB of 1,024 GB, counted from nothing."""


@dataclass(frozen=True, slots=True)
class SteppedPrice:
    """A price per GB that may fall with the amount."""

    steps: tuple[Step, ...]

    def average(self, gigabytes: Decimal) -> Decimal:
        """Return what a GB costs when there are so many."""
        if gigabytes <= 0 or len(self.steps) == 1:
            return self.steps[0].price
        return sum((amount * price for amount, price in self.shares(gigabytes)), ZERO) / gigabytes

    def shares(self, gigabytes: Decimal) -> Sequence[tuple[Decimal, Decimal]]:
        """Return how many GB are at which price."""
        shares: list[tuple[Decimal, Decimal]] = []
        start = ZERO
        for step in self.steps:
            end = gigabytes if step.to_tb is None else min(gigabytes, step.to_tb * 1024)
            if end > start:
                shares.append((end - start, step.price))
                start = end
        return shares


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPrices:
    """What one storage class costs. Requests and transitions are per 1,000."""

    storage: SteppedPrice
    """Per GB-month."""
    write: Decimal = ZERO
    read: Decimal = ZERO
    list: Decimal = ZERO
    transition: Decimal = ZERO
    """Objects that a lifecycle rule moves into the class."""
    retrieval: Decimal = ZERO
    """Per GB that is read, or restored."""
    retrieval_requests: Decimal = ZERO
    """Objects that are restored."""
    bulk_retrieval: Decimal = ZERO
    """As `retrieval`, for those who can wait longest."""
    bulk_retrieval_requests: Decimal = ZERO
    expedited_retrieval: Decimal = ZERO
    """As `retrieval`, for those who cannot wait; unknown where both are 0."""
    expedited_retrieval_requests: Decimal = ZERO
    minimum_days: int = 0
    """An object that goes sooner is paid for so long."""
    minimum_bytes: int = 0
    """A smaller object is paid for as one of so many bytes."""
    overhead_bytes: int = 0
    """What each object is paid for beside its own bytes."""
    overhead_hot_bytes: int = 0
    """The same, at the price of the hot class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTable:
    """What a cloud charges in a region."""

    name: str
    """`s3.eu-west-1`"""
    as_of: date
    """When its figures were true."""
    source: str
    """Where they are from."""
    egress: SteppedPrice
    """Per GB that leaves for the internet."""
    between_regions: Decimal
    """Per GB that is copied to another region of the cloud."""
    tags: Decimal
    """Per 1,000 tags that objects have, for a month."""
    gb_bytes: int
    """How many bytes the cloud calls a GB."""
    classes: Mapping[StorageClass, ClassPrices]

    def of(self, storage_class: StorageClass) -> ClassPrices:
        """Return the prices of a class. Raises `PricesNotFoundError`."""
        found = self.classes.get(storage_class)
        if found is None:
            has = ", ".join(each.value for each in self.classes)
            raise PricesNotFoundError(
                f"{self.name} has no class {storage_class.value} in the price book: it has {has};"
                f" write [{self.name}.{storage_class.value}] in a book of your own,"
                " which KEYSHELF_PRICE_BOOK names"
            )
        return found

    def reading(self, storage_class: StorageClass, *, object_bytes: int) -> Decimal:
        """Return what a first GB costs that leaves for the internet, in objects of a size.

        Raises `PricesNotFoundError`.
        """
        prices, requests = self.of(storage_class), Decimal(self.gb_bytes) / object_bytes
        return self.egress.average(ZERO) + prices.retrieval + prices.read * requests / 1000

    def gigabytes(self, count: int) -> Decimal:
        """Return bytes as the cloud's GB."""
        return Decimal(count) / self.gb_bytes


@dataclass(frozen=True, slots=True)
class PriceBook:
    """All tables, in one currency."""

    currency: str
    """As ISO 4217 calls it."""
    tables: Mapping[str, PriceTable]
    text: str
    """The TOML that it was read from."""

    def table(self, name: str) -> PriceTable:
        """Return the table of a cloud and region. Raises `PricesNotFoundError`."""
        found = self.tables.get(name)
        if found is None:
            raise PricesNotFoundError(
                f"the price book has no table {name!r} (it has {', '.join(sorted(self.tables))}):"
                " `keyshelf cost --prices > prices.toml`, write the table there,"
                " and set KEYSHELF_PRICE_BOOK to that file"
            )
        return found

    def money(self, amount: Decimal, *, digits: int = 2) -> str:
        """Return an amount as a person reads it: `$1,234.50`."""
        sign = "-" if amount < 0 and round(amount, digits) else ""
        symbol = _SYMBOLS.get(self.currency, f"{self.currency} ")
        return f"{sign}{symbol}{abs(amount):,.{digits}f}"

    def price(self, price: Decimal) -> str:
        """Return a price with all the digits that it has, and at least two: `$0.00099`."""
        digits = -int(price.normalize().as_tuple().exponent)
        return self.money(price, digits=max(2, min(digits, 7)))
