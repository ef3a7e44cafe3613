"""The price book that is set, and by which of its tables a store is billed."""

from pathlib import Path
from urllib.parse import urlsplit

from keyshelf.operations.prices import reading
from keyshelf.operations.prices.values import PriceBook
from keyshelf.settings import Settings
from keyshelf.store.opening import StoreOptions

CLOUDS = {"gs": "gcs", "az": "azure"}
"""How tables of clouds begin that alone know the region of a bucket, by its scheme."""
_OWN = "own.hardware"
_AMAZON = ("amazonaws.com", "amazonaws.com.cn")


def price_book(settings: Settings) -> PriceBook:
    """Return the price book that is set, or the one that comes with Keyshelf.

    Raises `InvalidPriceBookError`.
    """
    named = settings.text("KEYSHELF_PRICE_BOOK")
    return reading.read(Path(named).expanduser()) if named else reading.shipped()


def table_of(settings: Settings, role: str, options: StoreOptions) -> str | None:
    """Return the table of a role's store: as set, or for where it is, as `table_by_place`."""
    return settings.text(f"KEYSHELF_{role.upper()}_PRICES") or table_by_place(options)


def table_by_place(options: StoreOptions) -> str | None:
    """Return the table for where a bucket is; None where only the cloud knows that."""
    if urlsplit(options.bucket).scheme in CLOUDS:
        return None
    return f"s3.{options.region}" if is_amazons(options) else _OWN


def is_amazons(options: StoreOptions) -> bool:
    """Say whether a bucket is at Amazon, and not at another server that speaks S3."""
    host = urlsplit(options.endpoint or "").hostname
    is_s3 = (urlsplit(options.bucket).scheme or "s3") == "s3"
    return is_s3 and (host is None or host.endswith(_AMAZON))
