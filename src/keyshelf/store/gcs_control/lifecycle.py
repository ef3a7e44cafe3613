"""One rule of a lifecycle in Google's two spellings.

A rule in which something is not known is kept whole, as the XML that it is: none is known by
half, and none that somebody else made is lost or changed.
"""

from collections.abc import Mapping
from xml.etree import ElementTree as ET

from keyshelf.store.control import Document, Json, RulesRefusedError
from keyshelf.store.gcs_control import fields
from keyshelf.store.gcs_control.fields import BOOLEANS, Field

UNKNOWN = "xml"
"""Under which a rule, or a whole document, holds XML that is kept as it is."""

_ACTIONS = ("AbortIncompleteMultipartUpload", "Delete", "SetStorageClass")
_INTO_A_CLASS = "SetStorageClass"
_CONDITIONS = {
    "Age": Field("age", is_number=True),
    "CreatedBefore": Field("createdBefore"),
    "CustomTimeBefore": Field("customTimeBefore"),
    "DaysSinceCustomTime": Field("daysSinceCustomTime", is_number=True),
    "DaysSinceNoncurrentTime": Field("daysSinceNoncurrentTime", is_number=True),
    "IsLive": Field("isLive", words=BOOLEANS),
    "MatchesPrefix": Field("matchesPrefix", is_many=True),
    "MatchesStorageClass": Field("matchesStorageClass", is_many=True),
    "MatchesSuffix": Field("matchesSuffix", is_many=True),
    "NoncurrentTimeBefore": Field("noncurrentTimeBefore"),
    "NumberOfNewerVersions": Field("numNewerVersions", is_number=True),
}


def parsed(rule: ET.Element) -> Document:
    """Return a rule in JSON's words, or with its XML where it has something unknown."""
    parts = {each.tag: each for each in rule}
    if len(rule) == 2 and parts.keys() == {"Action", "Condition"}:
        action = _action(parts["Action"])
        condition, unknown = fields.read(parts["Condition"], _CONDITIONS)
        is_plain = not (rule.attrib or parts["Condition"].attrib)
        if action is not None and condition and not unknown and is_plain:
            return {"action": action, "condition": condition}
    return {UNKNOWN: verbatim(rule)}


def written(rule: Document) -> ET.Element:
    """Return a rule's element. Raises `RulesRefusedError` for what is none."""
    if UNKNOWN in rule:
        return element(rule[UNKNOWN])
    action, condition = rule.get("action"), rule.get("condition")
    if not isinstance(action, Mapping) or not isinstance(condition, Mapping):
        raise RulesRefusedError("a rule of Google's is an action and a condition")
    kind = str(action.get("type"))
    if kind not in _ACTIONS:
        raise RulesRefusedError(f"Google knows no action {kind}")
    root = ET.Element("Rule")
    does = ET.SubElement(ET.SubElement(root, "Action"), kind)
    if kind == _INTO_A_CLASS:
        does.text = str(action.get("storageClass"))
    fields.write(ET.SubElement(root, "Condition"), condition, _CONDITIONS)
    return root


def verbatim(of: ET.Element) -> str:
    """Return an element as the XML that it is, without what follows it."""
    of.tail = None
    # A bare carriage return would be read as a line feed.
    return ET.tostring(of, encoding="unicode").replace("\r", "&#13;")


def element(xml: Json) -> ET.Element:
    """Return the element that `verbatim` told. Raises `RulesRefusedError` for what is none."""
    try:
        return ET.fromstring(str(xml))  # noqa: S314 (told by the configured store)
    except ET.ParseError as error:
        raise RulesRefusedError(f"this is no XML: {error}") from error


def _action(action: ET.Element) -> Document | None:
    """Return an action in JSON's words; None for one that is not understood."""
    if len(action) != 1 or action.attrib or len(action[0]) or action[0].attrib:
        return None
    kind, text = action[0].tag, action[0].text or ""
    if kind == _INTO_A_CLASS:
        return {"type": kind, "storageClass": text} if text else None
    return {"type": kind} if kind in _ACTIONS and not text.strip() else None
