"""What the figures of the stores advise, in the notes of the specification."""

from collections.abc import AsyncIterator

from keyshelf.app import bucket_rules
from keyshelf.app.checks.values import Check, warning
from keyshelf.database.pool import Database
from keyshelf.errors import Error
from keyshelf.operations.advice.service import advised
from keyshelf.operations.advice.values import Place
from keyshelf.operations.classes import Cloud
from keyshelf.settings import Settings
from keyshelf.settings.values import ROLES


async def check_usage(settings: Settings, database: Database) -> AsyncIterator[Check]:
    """Give advice for stores in a cloud; silent where the figures call for none."""
    places = [each for role in ROLES if (each := _place(settings, role)) is not None]
    for store, found in await advised(database, places):
        yield warning(f"{store} store, {found.about}", found.reason, fix=found.fix)


def _place(settings: Settings, role: str) -> Place | None:
    try:
        wanted = bucket_rules.wanted_of(settings, role)
    except Error:
        # A folder; or settings that cannot be, which is told by the check of the bucket.
        return None
    return Place(
        role,
        is_amazon=wanted.cloud is Cloud.S3 and wanted.is_amazon,
        keeps_versions=wanted.versioning,
        has_log=wanted.logs is not None,
        is_tiered=bool(wanted.moved),
    )
