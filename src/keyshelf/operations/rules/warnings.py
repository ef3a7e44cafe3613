"""What rules would do that nobody may have meant, with the setting that mends it."""

from collections.abc import Mapping, Sequence

from keyshelf.operations.classes import Cloud, billed_bytes, facts, named
from keyshelf.operations.rules import gcs_warnings, s3
from keyshelf.operations.rules.merging import foreign_rules, rules_of
from keyshelf.operations.rules.values import ReplicationTarget, Wanted
from keyshelf.store.control import Document, Json, RuleKind

_CHUNK_BYTES = 64 * 1024
"""What a chunk has on average, before it is compressed."""
_EXISTING = (
    "objects that are in the bucket already are not copied by a rule:"
    " `keyshelf replication backfill` copies them"
)


def warnings(wanted: Wanted, kind: RuleKind, current: Document | None) -> Sequence[str]:
    """Return what to know before rules are applied, each a sentence for a person."""
    found: Sequence[str | None] = []
    if kind is RuleKind.LIFECYCLE:
        found = [
            _restores(wanted),
            _small_objects(wanted),
            _deletions(wanted),
            *_rules_of_others(wanted, current),
        ]
    elif kind is RuleKind.REPLICATION and wanted.replication is not None:
        found = [_EXISTING, _slow_copies(wanted.cloud, wanted.replication)]
    elif kind is RuleKind.VERSIONING and (current or {}).get("MFADelete") == "Enabled":
        found = ["MFA delete is on and stays on: only the account's owner can change it"]
    return [each for each in found if each is not None]


def _slow_copies(cloud: Cloud, target: ReplicationTarget) -> str | None:
    of = facts(cloud, target.storage_class)
    if not of.needs_restore:
        return None
    return f"copies lie in {of.name}: whoever needs one waits {of.first_byte} for a restore"


def _restores(wanted: Wanted) -> str | None:
    """Say what a class that must be restored means for what is still needed."""
    classes = [facts(wanted.cloud, each) for each in wanted.moved]
    offline = [each for each in classes if each.needs_restore]
    if not offline:
        return None
    names = " and ".join(each.name for each in offline)
    if not wanted.tiers.keep_readable:
        first = offline[0]
        return (
            f"what branches and tags still need goes to {names} as well, from day"
            f" {wanted.moved[first.storage_class]} on: a checkout then waits {first.first_byte}"
            " for a restore. KEYSHELF_TIER_KEEP_READABLE=true leaves it where it can be read"
        )
    tags = " or ".join(f"{wanted.namespace}:tier={each.storage_class}" for each in offline)
    goes = "nothing goes" if wanted.cloud is Cloud.AZURE else f"only what is tagged {tags} goes"
    return (
        f"{goes} to {names}, which cannot be read at once:"
        " KEYSHELF_TIER_KEEP_READABLE=false moves everything there by its age"
    )


def _small_objects(wanted: Wanted) -> str | None:
    """Say where a chunk is billed as more than it is."""
    # What servers of other makers bill is known to whoever runs them.
    if not wanted.is_amazon or not wanted.tiered_prefix or wanted.tiers.min_bytes > _CHUNK_BYTES:
        return None
    for to, days in wanted.moved.items():
        of = facts(wanted.cloud, to)
        billed = billed_bytes(_CHUNK_BYTES, of)
        if billed > _CHUNK_BYTES:
            return (
                f"a chunk of {_CHUNK_BYTES // 1024} KiB is billed as {billed // 1024} KiB in"
                f" {of.name}, and moving it costs a request, which"
                f" `keyshelf cost --what-if tier={to}:{days}` reckons:"
                " KEYSHELF_TIER_MIN_KIB leaves smaller objects where they are"
            )
    return None


def _deletions(wanted: Wanted) -> str | None:
    if not wanted.deleted_days or wanted.versioning or wanted.cloud is not Cloud.S3:
        return None
    return (
        f"{s3.CLEANUP} counts days from when an object was written, not from when it was tagged:"
        f" without versions, what is older than {wanted.deleted_days} days is gone a day after it"
        f" is tagged. {wanted.role.upper()}_VERSIONING=true keeps it {wanted.noncurrent_days} more"
    )


def _rules_of_others(wanted: Wanted, current: Document | None) -> Sequence[str]:
    """Say which rules of others delete, or put out of reach, what Keyshelf has there."""
    if wanted.cloud is Cloud.GCS:
        return gcs_warnings.warnings(wanted, current)
    found: list[str] = []
    for rule in foreign_rules(RuleKind.LIFECYCLE, current):
        if rule.get("Status") != "Enabled" or not _reaches(rule, wanted):
            continue
        name = rule.get("ID") or "without a name"
        expiration = rule.get("Expiration")
        if isinstance(expiration, Mapping) and expiration.keys() & {"Days", "Date"}:
            found.append(
                f"the rule {name} of others deletes objects of Keyshelf for good:"
                " narrow its filter, or take it away"
            )
        for each in _steps(rule):
            of = named(Cloud.S3, str(each.get("StorageClass")))
            if of is not None and of.needs_restore and wanted.tiers.keep_readable:
                found.append(
                    f"the rule {name} of others moves objects of Keyshelf to {of.name},"
                    " which must be restored before they are read"
                )
    return found


def _steps(rule: Document) -> Sequence[Document]:
    return rules_of({"Rules": rule.get("Transitions")})


def _reaches(rule: Document, wanted: Wanted) -> bool:
    """Say whether a rule is about objects of ours; one with tags or sizes is somebody's choice."""
    chosen = rule.get("Filter")
    outer: Mapping[str, Json] = chosen if isinstance(chosen, Mapping) else {}
    if outer.keys() - {"Prefix"}:
        return False
    prefix = str(outer.get("Prefix", rule.get("Prefix", "")))
    ours = list(wanted.replicated_prefixes.values()) or [""]
    return any(prefix.startswith(each) or each.startswith(prefix) for each in ours)
