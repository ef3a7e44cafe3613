"""The settings of what buckets are told about themselves."""

from collections.abc import Sequence

from keyshelf.settings import checks
from keyshelf.settings.values import Setting

_TIER_DAYS = {"warm": "30", "cold": "90", "archive": "365"}

RULE_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "KEYSHELF_TIER_KEEP_READABLE",
        "Whether rules of a lifecycle leave what is not tagged for it where it can be read at once, out of classes that must be restored first.",
        "true",
        check=checks.flag,
    ),
    Setting(
        "KEYSHELF_TIER_MIN_KIB",
        "How many KiB an object has at least that rules move to a cooler class.",
        "0",
        check=checks.not_negative,
    ),
    Setting(
        "KEYSHELF_DELETED_DAYS",
        "The age in days at which a rule deletes objects of repositories that are tagged as deleted; 0 is never.",
        "30",
        check=checks.not_negative,
    ),
)


def rule_settings(role: str) -> Sequence[Setting]:
    """Return the settings of the rules of a role's bucket."""
    return (*_kept(role), *_moved(role), *_seen(role), *_copied(role))


def _kept(role: str) -> Sequence[Setting]:
    upper = role.upper()
    return (
        Setting(
            f"{upper}_VERSIONING",
            f"Whether the bucket of the {role} store is to keep versions.",
            "true",
            check=checks.flag,
        ),
        Setting(
            f"{upper}_NONCURRENT_DAYS",
            f"How many days the bucket of the {role} store keeps a version that was replaced or deleted; 0 is for ever.",
            "30",
            check=checks.not_negative,
        ),
        Setting(
            f"{upper}_ABORT_DAYS",
            f"After how many days the bucket of the {role} store drops an unfinished upload in parts; 0 is never, for a server that knows no such rule.",
            "7",
            check=checks.not_negative,
        ),
    )


def _moved(role: str) -> Sequence[Setting]:
    return [
        Setting(
            f"{role.upper()}_TIER_{name.upper()}_DAYS",
            f"The age in days at which objects of the {role} store go to the {name} class; 0 is never.",
            days if role == "repository" else "0",
            check=checks.not_negative,
        )
        for name, days in _TIER_DAYS.items()
    ]


def _seen(role: str) -> Sequence[Setting]:
    upper = role.upper()
    return (
        Setting(
            f"{upper}_KMS_KEY",
            f"The key that the cloud encrypts the {role} store with: an ARN of KMS, a name of Google's, an address in Azure's vault. The cloud's own way when unset.",
        ),
        Setting(
            f"{upper}_LOG_BUCKET",
            f"Where the log of accesses to the {role} store goes: a bucket, with Azure the id of an account. None is kept when unset.",
        ),
        Setting(
            f"{upper}_LOG_PREFIX",
            f"What the names of the logs of the {role} store begin with.",
            f"{role}/",
        ),
    )


def _copied(role: str) -> Sequence[Setting]:
    upper = role.upper()
    return (
        Setting(
            f"{upper}_REPLICATION_BUCKET",
            f"Where the cloud copies the {role} store to: the name or ARN of a bucket, with Azure `account/container`. Nowhere when unset.",
        ),
        Setting(
            f"{upper}_REPLICATION_REGION",
            f"The region of that bucket of S3; that of the {role} store when unset.",
        ),
        Setting(
            f"{upper}_REPLICATION_ROLE",
            f"The ARN of the role that S3 copies the {role} store as.",
        ),
        Setting(
            f"{upper}_REPLICATION_KMS_KEY",
            f"The key of KMS that copies of the {role} store are encrypted with, where {upper}_KMS_KEY is set.",
        ),
        Setting(
            f"{upper}_REPLICATION_CLASS",
            f"The class of copies of the {role} store: hot, warm, cold or archive.",
            "hot",
            check=checks.choice("hot", "warm", "cold", "archive"),
        ),
    )
