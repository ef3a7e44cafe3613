"""Keys of backups of the database.

.keyshelf/backups/{20261123T041500Z}.sql.zst     what `pg_dump` told, compressed
"""

import re
from datetime import UTC, datetime

from keyshelf.errors import InvalidInputError
from keyshelf.layout.drive import SYSTEM_PREFIX
from keyshelf.layout.keys import ObjectKey

BACKUP_PREFIX = f"{SYSTEM_PREFIX}backups/"
_FORMAT = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"\d{8}T\d{6}Z")
_ENDING = ".sql.zst"


class IllegalBackupNameError(InvalidInputError):
    """A backup is called by its time, like 20261123T041500Z: `keyshelf backup list` shows all."""

    code = "illegal-backup-name"


def backup_name(at: datetime) -> str:
    """Return what a backup of a time is called, to the second."""
    return at.astimezone(UTC).strftime(_FORMAT)


def backup_time(name: str) -> datetime | None:
    """Return of which time a backup is; None for what is no time."""
    try:
        return datetime.strptime(name, _FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None


def backup_key(name: str) -> ObjectKey:
    """Return the key of a backup. Raises `IllegalBackupNameError`."""
    if not _NAME.fullmatch(name):
        raise IllegalBackupNameError(
            "a backup is called like 20261123T041500Z: `keyshelf backup list` shows all",
            got=name[:64],
        )
    return ObjectKey(f"{BACKUP_PREFIX}{name}{_ENDING}")


def parse_backup_key(key: ObjectKey) -> str | None:
    """Return the name of the backup that a key is of; None for any other key."""
    name = key.removeprefix(BACKUP_PREFIX).removesuffix(_ENDING)
    return name if _NAME.fullmatch(name) and backup_key(name) == key else None
