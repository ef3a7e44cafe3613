"""The secrets that the processes of a service share: the same here, and none of them lacking."""

from collections.abc import Mapping, Sequence

from keyshelf.app.checks.values import Check, failed, ok, warning
from keyshelf.app.kept_secrets import KEPT_FILES, DataFolderError
from keyshelf.app.same_secrets import (
    KEKS,
    KEKS_FIX,
    NOT_SET_FIX,
    SAME_FIX,
    different,
    keks_not_set,
)
from keyshelf.database.transactions import ReadTransaction
from keyshelf.settings import Settings


async def check_secrets(settings: Settings, tx: ReadTransaction) -> Sequence[Check]:
    """Compare the secrets of this process with those of the service on a database."""
    try:
        found = await different(settings, tx)
        lacking = await keks_not_set(settings, tx)
    except DataFolderError as error:
        return [failed("shared secrets", error.detail, fix="let this account read its data folder")]
    return [_shared(found), _streams(lacking)]


def _shared(found: Sequence[str]) -> Check:
    name = "shared secrets"
    if not found:
        return ok(name, "those of the service on this database, as far as it has started")
    said = f"{', '.join(found)} would be another here than where the service started last"
    fix = "; ".join(_fix(each) for each in found)
    if KEKS in found:
        return failed(name, f"{said}: no start", fix=fix)
    return warning(name, said, fix=f"unless it was changed on purpose, {fix}")


def _fix(setting: str) -> str:
    if setting == KEKS:
        return KEKS_FIX
    return SAME_FIX.format(name=setting, file=KEPT_FILES[setting])


def _streams(lacking: Mapping[str, int]) -> Check:
    name = "keys of streams"
    if not lacking:
        return ok(name, "all that are in use are set")
    counted = ", ".join(f"{key} ({count:,} streams)" for key, count in lacking.items())
    return failed(name, f"in use and not in {KEKS}: {counted}", fix=NOT_SET_FIX)
