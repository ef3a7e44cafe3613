"""Elements of Google's XML API that hold one value each, and the JSON fields that they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from keyshelf.store.control import Json, RulesRefusedError

BOOLEANS: Mapping[str, Json] = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Field:
    """A JSON field, and how its element spells it."""

    name: str
    words: Mapping[str, Json] | None = None
    """All the texts there are, and what they mean; None for any text."""
    is_number: bool = False
    is_many: bool = False
    """Whether the element stands once for each of several values."""


Fields = Mapping[str, Field]
"""By the name of the element, in the order in which they are written."""


def read(parent: ET.Element, fields: Fields) -> tuple[Mapping[str, Json], Sequence[ET.Element]]:
    """Return what is known in an element, in JSON's words, and the elements that are not."""
    found: dict[str, Json] = {}
    several: dict[str, list[Json]] = {}
    unknown: list[ET.Element] = []
    for each in parent:
        field = fields.get(each.tag)
        value = None if field is None or len(each) or each.attrib else _value(field, each.text)
        if field is None or value is None or field.name in found:
            unknown.append(each)
        elif field.is_many:
            several.setdefault(field.name, []).append(value)
        else:
            found[field.name] = value
    return {**found, **several}, unknown


def write(parent: ET.Element, values: Mapping[str, Json], fields: Fields) -> None:
    """Put values into an element. Raises `RulesRefusedError` for one that has no element."""
    if strange := values.keys() - {each.name for each in fields.values()}:
        raise RulesRefusedError(f"no element of Google's says {', '.join(sorted(strange))}")
    for element, field in fields.items():
        value = values.get(field.name)
        several = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        for each in several:
            if each is not None:
                ET.SubElement(parent, element).text = _text(field, each)


def _value(field: Field, text: str | None) -> Json:
    """Return what a text means; None for one that is not understood."""
    text = text or ""
    if field.words is not None:
        return field.words.get(text)
    if field.is_number:
        return int(text) if text.isascii() and text.isdecimal() else None
    return text


def _text(field: Field, value: Json) -> str:
    if field.words is None:
        return str(value)
    found = next((word for word, meant in field.words.items() if meant == value), None)
    if found is None:
        raise RulesRefusedError(f"{field.name} cannot be {value}")
    return found
