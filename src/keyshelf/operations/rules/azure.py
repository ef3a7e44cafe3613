"""The rules of a container as Azure's resource manager has them, to be applied by `az`.

A lifecycle policy is of a whole account, so each rule names the container in its prefix.
Keyshelf writes no tags here, so what is deleted is deleted by Keyshelf itself, and what must
stay readable never goes to the archive. Azure drops unfinished uploads by itself in a week.
"""

from collections.abc import Callable, Mapping

from keyshelf.operations.classes import Cloud, StorageClass, facts
from keyshelf.operations.rules.s3 import NONCURRENT, TRANSITIONS
from keyshelf.operations.rules.values import Prepared, Wanted
from keyshelf.store.control import Document, Json, RuleKind

_ACTIONS = {
    StorageClass.WARM: "tierToCool",
    StorageClass.COLD: "tierToCold",
    StorageClass.ARCHIVE: "tierToArchive",
}
_LOGGED = ("StorageRead", "StorageWrite", "StorageDelete")


def prepared(wanted: Wanted, kind: RuleKind) -> Prepared:
    """Return the rules of one kind."""
    make, tell = _KINDS[kind]
    return Prepared(kind, make(wanted), f"az {tell(wanted)}")


def lifecycle(wanted: Wanted) -> Document:
    """Return the policy as `management-policy create --policy` takes it."""
    rules: list[Json] = [
        _rule(
            TRANSITIONS[to],
            f"{wanted.bucket}/{wanted.tiered_prefix}",
            {"baseBlob": {_ACTIONS[to]: {"daysAfterModificationGreaterThan": days}}},
        )
        for to, days in wanted.moved.items()
        if not (wanted.tiers.keep_readable and facts(Cloud.AZURE, to).needs_restore)
    ]
    if wanted.noncurrent_days:
        # Azure counts a version's days from when it was written, not from when it was replaced.
        gone: Document = {"delete": {"daysAfterCreationGreaterThan": wanted.noncurrent_days}}
        rules.append(_rule(NONCURRENT, f"{wanted.bucket}/", {"version": gone}))
    return {"rules": rules}


def replication(wanted: Wanted) -> Document | None:
    """Return the policy as `or-policy create --policy` takes it; None where none is asked for."""
    if wanted.replication is None:
        return None
    account, container = _replica(wanted)
    prefixes = [each for each in wanted.replicated_prefixes.values() if each]
    rule: dict[str, Json] = {"sourceContainer": wanted.bucket, "destinationContainer": container}
    if prefixes:
        rule["filters"] = {"prefixMatch": prefixes}
    return {
        "properties": {
            "sourceAccount": wanted.account,
            "destinationAccount": account,
            "rules": [rule],
        }
    }


def _rule(name: str, prefix: str, actions: Document) -> Document:
    filters: Document = {"blobTypes": ["blockBlob"], "prefixMatch": [prefix]}
    return {
        "enabled": True,
        "name": name,
        "type": "Lifecycle",
        "definition": {"actions": actions, "filters": filters},
    }


def _replica(wanted: Wanted) -> tuple[str, str]:
    account, _, container = (wanted.replication.bucket if wanted.replication else "").partition("/")
    return account or "ACCOUNT", container or wanted.bucket


def _versioning(wanted: Wanted) -> Document | None:
    return {"properties": {"isVersioningEnabled": True}} if wanted.versioning else None


def _encryption(wanted: Wanted) -> Document | None:
    if wanted.kms_key is None:
        return None
    vault, name = _key(wanted.kms_key)
    key: Document = {"keyvaulturi": vault, "keyname": name}
    return {
        "properties": {"encryption": {"keySource": "Microsoft.Keyvault", "keyvaultproperties": key}}
    }


def _key(url: str) -> tuple[str, str]:
    """Split `https://VAULT/keys/NAME`."""
    vault, _, name = url.partition("/keys/")
    return vault, name.partition("/")[0]


def _logging(wanted: Wanted) -> Document | None:
    """Return a diagnostic setting, which is what the log of accesses is here."""
    if wanted.logs is None:
        return None
    categories: list[Json] = [{"category": each, "enabled": True} for each in _LOGGED]
    return {"properties": {"storageAccountId": wanted.logs.bucket, "logs": categories}}


def _account(wanted: Wanted, verb: str, *flags: str) -> str:
    of = f"--account-name {wanted.account or 'ACCOUNT'}"
    return " ".join(("storage account", verb, of, "--resource-group GROUP", *flags))


def _keyed(wanted: Wanted) -> str:
    vault, name = _key(wanted.kms_key or "https://VAULT/keys/NAME")
    return (
        f"storage account update --name {wanted.account} --resource-group GROUP"
        " --encryption-key-source Microsoft.Keyvault"
        f" --encryption-key-vault {vault} --encryption-key-name {name}"
    )


def _replicated(wanted: Wanted) -> str:
    account, _ = _replica(wanted)
    return (
        f"storage account or-policy create --account-name {account} --resource-group GROUP"
        f" --policy @{RuleKind.REPLICATION}.json"
    )


def _logged(wanted: Wanted) -> str:
    service = f"BLOB-SERVICE-OF-{wanted.account}"
    setting = "providers/Microsoft.Insights/diagnosticSettings/keyshelf"
    address = f"https://management.azure.com/{service}/{setting}?api-version=2021-05-01-preview"
    return f"rest --method put --url '{address}' --body @{RuleKind.LOGGING}.json"


_KINDS: Mapping[RuleKind, tuple[Callable[[Wanted], Document | None], Callable[[Wanted], str]]] = {
    RuleKind.VERSIONING: (
        _versioning,
        lambda wanted: _account(
            wanted, "blob-service-properties update", "--enable-versioning true"
        ),
    ),
    RuleKind.ENCRYPTION: (_encryption, _keyed),
    RuleKind.LIFECYCLE: (
        lifecycle,
        lambda wanted: _account(
            wanted, "management-policy create", f"--policy @{RuleKind.LIFECYCLE}.json"
        ),
    ),
    RuleKind.REPLICATION: (replication, _replicated),
    RuleKind.LOGGING: (_logging, _logged),
}
