"""Long arrays as parameters of statements: the driver spells them item by item, and slowly."""

from collections.abc import Iterable


def of_bytes(items: Iterable[str]) -> str:
    """Return what PostgreSQL reads as `bytea[]`; items are in hexadecimal."""
    return _array(f"\\\\x{item}" for item in items)


def of_texts(items: Iterable[str]) -> str:
    """Return what PostgreSQL reads as `text[]`."""
    return _array(item.replace("\\", "\\\\").replace('"', '\\"') for item in items)


def of_numbers(items: Iterable[int]) -> str:
    """Return what PostgreSQL reads as an array of any kind of integer."""
    return "{" + ",".join(map(str, items)) + "}"


def _array(quoted: Iterable[str]) -> str:
    items = list(quoted)
    return '{"' + '","'.join(items) + '"}' if items else "{}"
