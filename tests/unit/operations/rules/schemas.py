"""Schemas of what Google and Microsoft publish, as far as a lifecycle needs them.

Google: the `lifecycle` of the JSON API's bucket resource
(https://cloud.google.com/storage/docs/json_api/v1/buckets#resource). Microsoft: the template
reference of `storageAccounts/managementPolicies` and `objectReplicationPolicies`
(https://learn.microsoft.com/azure/templates/microsoft.storage).
"""

from typing import Any

_DAYS = {"type": "integer", "minimum": 0}
_TEXTS = {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1}


def _closed(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


_GCS_CLASSES = ["STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE"]
_GCS_ACTION = {
    "oneOf": [
        _closed(
            {"type": {"const": "SetStorageClass"}, "storageClass": {"enum": _GCS_CLASSES}},
            "type",
            "storageClass",
        ),
        _closed({"type": {"enum": ["Delete", "AbortIncompleteMultipartUpload"]}}, "type"),
    ]
}
_GCS_CONDITION = {
    **_closed(
        {
            "age": _DAYS,
            "createdBefore": {"type": "string", "format": "date"},
            "customTimeBefore": {"type": "string", "format": "date"},
            "daysSinceCustomTime": _DAYS,
            "daysSinceNoncurrentTime": _DAYS,
            "isLive": {"type": "boolean"},
            "matchesPrefix": _TEXTS,
            "matchesStorageClass": {"type": "array", "items": {"enum": _GCS_CLASSES}},
            "matchesSuffix": _TEXTS,
            "noncurrentTimeBefore": {"type": "string", "format": "date"},
            "numNewerVersions": _DAYS,
        }
    ),
    "minProperties": 1,
}
_GCS_RULE = _closed({"action": _GCS_ACTION, "condition": _GCS_CONDITION}, "action", "condition")
GCS_LIFECYCLE = _closed(
    {"lifecycle": _closed({"rule": {"type": "array", "items": _GCS_RULE}}, "rule")}, "lifecycle"
)

_AGE = {
    "type": "object",
    "properties": dict.fromkeys(
        (
            "daysAfterCreationGreaterThan",
            "daysAfterLastAccessTimeGreaterThan",
            "daysAfterLastTierChangeGreaterThan",
            "daysAfterModificationGreaterThan",
        ),
        _DAYS,
    ),
    "additionalProperties": False,
    "minProperties": 1,
}
_OLD = _closed(
    {"daysAfterCreationGreaterThan": _DAYS, "daysAfterLastTierChangeGreaterThan": _DAYS},
    "daysAfterCreationGreaterThan",
)
_STEPS = ("delete", "tierToHot", "tierToCool", "tierToCold", "tierToArchive")
_AZURE_ACTIONS = {
    **_closed(
        {
            "baseBlob": _closed(
                {
                    **dict.fromkeys(_STEPS, _AGE),
                    "enableAutoTierToHotFromCool": {"type": "boolean"},
                }
            ),
            "snapshot": _closed(dict.fromkeys(_STEPS, _OLD)),
            "version": _closed(dict.fromkeys(_STEPS, _OLD)),
        }
    ),
    "minProperties": 1,
}
_AZURE_FILTERS = _closed(
    {
        "blobTypes": {
            "type": "array",
            "items": {"enum": ["blockBlob", "appendBlob"]},
            "minItems": 1,
        },
        "prefixMatch": {**_TEXTS, "maxItems": 10},
        "blobIndexMatch": {"type": "array", "maxItems": 10},
    },
    "blobTypes",
)
_AZURE_RULE = _closed(
    {
        "enabled": {"type": "boolean"},
        "name": {"type": "string", "pattern": "^[A-Za-z0-9]{1,256}$"},
        "type": {"const": "Lifecycle"},
        "definition": _closed(
            {"actions": _AZURE_ACTIONS, "filters": _AZURE_FILTERS}, "actions", "filters"
        ),
    },
    "name",
    "type",
    "definition",
)
AZURE_LIFECYCLE = _closed(
    {"rules": {"type": "array", "items": _AZURE_RULE, "minItems": 1, "maxItems": 100}}, "rules"
)
AZURE_REPLICATION = _closed(
    {
        "properties": _closed(
            {
                "sourceAccount": {"type": "string", "minLength": 3},
                "destinationAccount": {"type": "string", "minLength": 3},
                "rules": {
                    "type": "array",
                    "items": _closed(
                        {
                            "ruleId": {"type": "string"},
                            "sourceContainer": {"type": "string", "minLength": 3},
                            "destinationContainer": {"type": "string", "minLength": 3},
                            "filters": _closed(
                                {"prefixMatch": _TEXTS, "minCreationTime": {"type": "string"}}
                            ),
                        },
                        "sourceContainer",
                        "destinationContainer",
                    ),
                },
            },
            "sourceAccount",
            "destinationAccount",
            "rules",
        )
    },
    "properties",
)
