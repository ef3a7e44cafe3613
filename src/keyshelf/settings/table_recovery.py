"""The settings of backups."""

from keyshelf.settings import checks
from keyshelf.settings.values import ROLES, Setting

RECOVERY_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "KEYSHELF_BACKUP_HOURS",
        "How many hours lie between two backups of the database that the worker makes; none unless set.",
        check=checks.positive,
    ),
    Setting(
        "KEYSHELF_BACKUP_DAYS",
        "How many days the worker keeps backups of the database; the newest stays.",
        "30",
        check=checks.positive,
    ),
    Setting(
        "KEYSHELF_BACKUP_STORE",
        "Which store backups of the database are in: `source`, `media` or `repository`.",
        "repository",
        check=checks.choice(*ROLES),
    ),
)
