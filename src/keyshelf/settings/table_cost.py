"""The settings of costs: which price book, and which of its tables for each store."""

from keyshelf.settings import checks
from keyshelf.settings.values import ROLES, Setting

COST_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "KEYSHELF_PRICE_BOOK",
        "The TOML file of prices that costs are told by; the one that comes with Keyshelf when unset.",
    ),
    *(
        Setting(
            f"KEYSHELF_{role.upper()}_PRICES",
            f"The table of the price book that the {role} store is billed by, such as `gcs.us-central1`; told by its bucket and region when unset.",
            check=checks.price_table,
        )
        for role in ROLES
    ),
)
