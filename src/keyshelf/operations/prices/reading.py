"""Reading a price book: TOML in, checked values out, and an error that names what is wrong."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import cast

from keyshelf.operations.classes import StorageClass
from keyshelf.operations.prices.values import (
    GIB,
    ZERO,
    ClassPrices,
    InvalidPriceBookError,
    PriceBook,
    PriceTable,
    Step,
    SteppedPrice,
)

_FREE = SteppedPrice((Step(ZERO),))
_COUNTS = frozenset({"minimum_days", "minimum_bytes", "overhead_bytes", "overhead_hot_bytes"})
_PRICES = frozenset(each.name for each in fields(ClassPrices)) - _COUNTS - {"storage"}
_OF_A_TABLE = frozenset({"as_of", "source", "egress", "between_regions", "tags", "gb_bytes"})

_Table = Mapping[str, object]


def shipped() -> PriceBook:
    """Return the book that comes with Keyshelf."""
    text = resources.files("keyshelf.operations.prices").joinpath("book.toml").read_text("utf-8")
    return parse(text, origin="the price book that comes with Keyshelf")


def read(path: Path) -> PriceBook:
    """Return the book in a file. Raises `InvalidPriceBookError`."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidPriceBookError(f"the price book {path} cannot be read: {error}") from error
    return parse(text, origin=str(path))


def parse(text: str, *, origin: str) -> PriceBook:
    """Return the book of a text. Raises `InvalidPriceBookError`, which names the entry."""
    try:
        found: _Table = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise InvalidPriceBookError(f"{origin} is no TOML: {error}") from error
    try:
        currency = _text(found.get("currency"), "currency")
        tables = {
            f"{cloud}.{region}": _table(f"{cloud}.{region}", entries)
            for cloud, regions in found.items()
            if cloud != "currency"
            for region, entries in _entries(regions, cloud).items()
        }
    except InvalidPriceBookError as error:
        raise InvalidPriceBookError(f"{origin}: {error.detail}") from error
    if not tables:
        raise InvalidPriceBookError(f"{origin} has no table, such as [s3.eu-west-1]")
    return PriceBook(currency, tables, text)


def document(book: PriceBook) -> Mapping[str, object]:
    """Return a book as programs read it: what its TOML says, as JSON says it."""
    return cast("_Table", _plain(tomllib.loads(book.text)))  # a table is one again


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in cast("_Table", value).items()}
    if isinstance(value, list):
        return [_plain(each) for each in cast("Sequence[object]", value)]
    return value.isoformat() if isinstance(value, date) else value


def _table(name: str, value: object) -> PriceTable:
    entries = _entries(value, name)
    classes = {each.value for each in StorageClass}
    _refuse_unknown(entries, _OF_A_TABLE | classes, name)
    as_of = entries.get("as_of")
    if not isinstance(as_of, date):
        raise InvalidPriceBookError(f"{name}.as_of must be a date, such as 2025-01-31")
    prices = {
        each: _class(f"{name}.{each.value}", entries[each.value])
        for each in StorageClass
        if each.value in entries
    }
    if StorageClass.HOT not in prices:
        raise InvalidPriceBookError(f"{name} needs a table [{name}.hot]")
    return PriceTable(
        name=name,
        as_of=as_of,
        source=_text(entries.get("source"), f"{name}.source"),
        egress=_stepped(entries["egress"], f"{name}.egress") if "egress" in entries else _FREE,
        between_regions=_price(entries.get("between_regions", 0), f"{name}.between_regions"),
        tags=_price(entries.get("tags", 0), f"{name}.tags"),
        gb_bytes=_count(entries.get("gb_bytes", GIB), f"{name}.gb_bytes", least=1),
        classes=prices,
    )


def _class(name: str, value: object) -> ClassPrices:
    entries = _entries(value, name)
    _refuse_unknown(entries, _PRICES | _COUNTS | {"storage"}, name)
    if "storage" not in entries:
        raise InvalidPriceBookError(f"{name} needs `storage`, the price of a GB for a month")
    prices = {key: _price(entries[key], f"{name}.{key}") for key in _PRICES & entries.keys()}
    counts = {key: _count(entries[key], f"{name}.{key}") for key in _COUNTS & entries.keys()}
    return ClassPrices(
        storage=_stepped(entries["storage"], f"{name}.storage"),
        minimum_days=counts.pop("minimum_days", 0),
        minimum_bytes=counts.pop("minimum_bytes", 0),
        overhead_bytes=counts.pop("overhead_bytes", 0),
        overhead_hot_bytes=counts.pop("overhead_hot_bytes", 0),
        **prices,
    )


def _stepped(value: object, name: str) -> SteppedPrice:
    if not isinstance(value, list):
        return SteppedPrice((Step(_price(value, name)),))
    steps: list[Step] = []
    for number, each in enumerate(cast("Sequence[object]", value), 1):  # of what, is seen below
        entries = _entries(each, f"{name}, step {number}")
        _refuse_unknown(entries, {"price", "to_tb"}, f"{name}, step {number}")
        to_tb = _price(entries["to_tb"], f"{name}.to_tb") if "to_tb" in entries else None
        steps.append(Step(_price(entries.get("price"), f"{name}.price"), to_tb))
    ends = [step.to_tb for step in steps]
    rising = [end for end in ends[:-1] if end is not None]
    if not steps or ends[-1] is not None or len(rising) != len(steps) - 1:
        raise InvalidPriceBookError(f"{name}: every step but the last has `to_tb`")
    if rising != sorted(set(rising)):
        raise InvalidPriceBookError(f"{name}: each step ends after the one before")
    return SteppedPrice(tuple(steps))


def _entries(value: object, name: str) -> _Table:
    if not isinstance(value, dict):
        raise InvalidPriceBookError(f"{name} must be a table")
    return cast("_Table", value)  # TOML has no keys but text


def _refuse_unknown(entries: _Table, known: frozenset[str] | set[str], name: str) -> None:
    unknown = entries.keys() - known
    if unknown:
        raise InvalidPriceBookError(
            f"{name} has {min(unknown)!r}, which nobody knows: there are {', '.join(sorted(known))}"
        )


def _price(value: object, name: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise InvalidPriceBookError(f"{name} must be a number")
    price = Decimal(value)
    if not price.is_finite() or price < 0:
        raise InvalidPriceBookError(f"{name} must be 0 or more")
    return price


def _count(value: object, name: str, *, least: int = 0) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InvalidPriceBookError(f"{name} must be a whole number from {least}")
    return value


def _text(value: object, name: str) -> str:
    if not isinstance(value, str) or not value:
        raise InvalidPriceBookError(f"{name} must be a text")
    return value
