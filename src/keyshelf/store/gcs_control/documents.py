"""The rules of a bucket in Google's two spellings: JSON's, which people know, and XML's.

HMAC keys open the XML API only, while what Google publishes of rules, and takes by `gcloud`,
is JSON. Elements are those of https://cloud.google.com/storage/docs/xml-api, "Get bucket
metadata" and "Set bucket metadata". What else an answer has is kept as the XML that it is, and
written again word for word.
"""

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

from keyshelf.store import s3_xml
from keyshelf.store.control import Document, Json, RuleKind
from keyshelf.store.gcs_control import fields, lifecycle
from keyshelf.store.gcs_control.fields import Field, Fields
from keyshelf.store.gcs_control.lifecycle import UNKNOWN

_ROOTS: Mapping[RuleKind, str] = {
    RuleKind.VERSIONING: "VersioningConfiguration",
    RuleKind.ENCRYPTION: "EncryptionConfiguration",
    RuleKind.LIFECYCLE: "LifecycleConfiguration",
    RuleKind.LOGGING: "Logging",
}
_FIELDS: Mapping[RuleKind, Fields] = {
    RuleKind.VERSIONING: {"Status": Field("enabled", {"Enabled": True, "Suspended": False})},
    RuleKind.ENCRYPTION: {"DefaultKmsKeyName": Field("defaultKmsKeyName")},
    RuleKind.LOGGING: {
        "LogBucket": Field("logBucket"),
        "LogObjectPrefix": Field("logObjectPrefix"),
    },
}
_WITHOUT: Mapping[RuleKind, Document] = {RuleKind.VERSIONING: {"enabled": False}}
"""What takes the rules of a kind away, where an empty document does not."""


def parsed(kind: RuleKind, body: bytes) -> Document | None:
    """Return the rules in an answer, in JSON's words; None where the bucket has none.

    Raises `StoreUnavailableError` for what is no such answer.
    """
    tree = s3_xml.parse(body, _ROOTS[kind])
    found: dict[str, Json] = {}
    if kind is RuleKind.LIFECYCLE:
        unknown = [each for each in tree if each.tag != "Rule"]
        if rules := [lifecycle.parsed(each) for each in tree if each.tag == "Rule"]:
            found["rule"] = rules
    else:
        known, unknown = fields.read(tree, _FIELDS[kind])
        found |= known
    if unknown:
        found[UNKNOWN] = [lifecycle.verbatim(each) for each in unknown]
    return {kind.value: found} if found else None


def written(kind: RuleKind, document: Document | None) -> bytes:
    """Return the body that makes these the rules of a bucket; None takes them away.

    Raises `RulesRefusedError` for what Google has no words for.
    """
    inner = (document or {}).get(kind.value, _WITHOUT.get(kind))
    values = dict(inner) if isinstance(inner, Mapping) else {}
    unknown = _listed(values.pop(UNKNOWN, None))
    tree = ET.Element(_ROOTS[kind])
    if kind is RuleKind.LIFECYCLE:
        rules = [each for each in _listed(values.get("rule")) if isinstance(each, Mapping)]
        tree.extend([lifecycle.written(each) for each in rules])
    else:
        fields.write(tree, values, _FIELDS[kind])
    tree.extend([lifecycle.element(each) for each in unknown])
    return f'<?xml version="1.0" encoding="UTF-8"?>{lifecycle.verbatim(tree)}'.encode()


def _listed(value: Json) -> Sequence[Json]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else []
