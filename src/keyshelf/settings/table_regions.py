"""The settings of reads from many regions, and of how fast stores in clouds are asked."""

import re
from collections.abc import Sequence

from keyshelf.settings import checks
from keyshelf.settings.table_stores import reaching_settings
from keyshelf.settings.values import Setting

_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_LONGEST_ID = 32
PRIMARY = "primary"
"""What the bucket that is written to is called beside its replicas."""
REPLICAS = "REPOSITORY_REPLICAS"


def replica_ids(text: str) -> Sequence[str]:
    """Read the ids of replicas."""
    ids = [each.strip() for each in text.split(",") if each.strip()]
    for each in ids:
        if not _ID.fullmatch(each) or len(each) > _LONGEST_ID:
            raise ValueError(
                f"a replica is called like eu-west-1, up to {_LONGEST_ID} characters, not {each!r}"
            )
        if each == PRIMARY:
            raise ValueError(f"{PRIMARY} is what the bucket itself is called")
    if len(set(ids)) < len(ids):
        raise ValueError("each replica is named once")
    return ids


def price(text: str) -> float:
    """Read a price."""
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found < float("inf"):
        raise ValueError("must be a price such as 0.09")
    return found


def replica_prefix(replica: str) -> str:
    """Return what the names of the settings of a replica begin with."""
    return f"REPOSITORY_REPLICA_{replica.upper().replace('-', '_')}"


def replica_settings(replica: str) -> Sequence[Setting]:
    """Return the settings of one replica of the repository store."""
    upper = replica_prefix(replica)
    return (
        Setting(
            f"{upper}_BUCKET",
            f"Where the replica {replica} of the repository store is; with REPOSITORY_TENANT, the tenant's bucket in its region when unset.",
        ),
        *reaching_settings(upper, f"replica {replica}"),
        Setting(
            f"{upper}_READ_PRICE",
            f"What reading a GB from the replica {replica} costs, for `lowest-cost`; by the price book when unset.",
            check=price,
        ),
    )


REGIONS_SETTINGS: tuple[Setting, ...] = (
    Setting(
        REPLICAS,
        "The ids of the replicas of the repository store, separated by commas, such as `eu,us-west`; each has settings of its own.",
        check=replica_ids,
    ),
    Setting(
        "REPOSITORY_READ_STRATEGY",
        "Which of the repository store and its replicas is read from: `nearest-latency`, `lowest-cost`, `round-robin`, or `primary-only` unless that fails.",
        "nearest-latency",
        check=checks.choice("nearest-latency", "lowest-cost", "round-robin", "primary-only"),
    ),
    Setting(
        "REPOSITORY_READ_PRICE",
        "What reading a GB from the repository store itself costs, for `lowest-cost`; by the price book when unset.",
        check=price,
    ),
    Setting(
        "KEYSHELF_REPLICA_STATUS_HOURS",
        "After how many hours replicas are compared with the repository store again, by listing both; 0 is never.",
        "1",
        check=checks.not_negative,
    ),
    Setting(
        "KEYSHELF_STORE_READS",
        "How many reads a second one process asks of each prefix of a store in a cloud; 0 is any number.",
        "5500",
        check=checks.not_negative,
    ),
    Setting(
        "KEYSHELF_STORE_WRITES",
        "How many writes a second one process asks of each prefix of a store in a cloud; 0 is any number.",
        "3500",
        check=checks.not_negative,
    ),
)
