"""Turns JSON into frozen values, and back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from types import UnionType
from typing import TypeVar, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

from keyshelf.client.failures import UnexpectedAnswerError

JSON = None | bool | int | float | str | Sequence["JSON"] | Mapping[str, "JSON"]
"""Whatever a JSON document holds."""

T = TypeVar("T")


def loads(text: str | bytes) -> JSON:
    """Read one JSON document; raises `UnexpectedAnswerError` for anything else."""
    try:
        return cast("JSON", json.loads(text))  # the standard library's parser gives nothing else
    except ValueError as error:
        raise UnexpectedAnswerError("the answer is not JSON") from error


def decode(kind: type[T], value: JSON) -> T:
    """Return `value` as a `kind`: a dataclass, or one of the types their fields have.

    Fields that `kind` does not know are passed over, so that a newer service is
    understood. Raises `UnexpectedAnswerError` naming what is missing or wrong.
    """
    return cast("T", _decode(kind, value, kind.__name__))  # _decode checks every value it returns


def encode(value: object) -> JSON:
    """Return a value as JSON: dataclasses as objects, times in RFC 3339, ids as text."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, UUID):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: encode(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        mapping = cast("Mapping[object, object]", value)  # isinstance leaves its types unknown
        return {str(name): encode(each) for name, each in mapping.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        sequence = cast("Sequence[object]", value)  # isinstance leaves its types unknown
        return [encode(each) for each in sequence]
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _decode(kind: object, value: JSON, where: str) -> object:
    origin: object = get_origin(kind)
    if origin is Union or origin is UnionType:
        return _decode_optional(get_args(kind), value, where)
    if origin is tuple:
        return _decode_tuple(get_args(kind)[0], value, where)
    if origin is Mapping:
        if not isinstance(value, Mapping):
            raise _wrong(where, "an object", value)
        return value
    if not isinstance(kind, type):
        raise TypeError(f"{where} has a type that no JSON has: {kind}")
    plain: type[object] = kind
    if is_dataclass(plain):
        return _decode_object(plain, value, where)
    return _decode_scalar(kind, value, where)


def _decode_optional(choices: tuple[object, ...], value: JSON, where: str) -> object:
    if value is None:
        return None
    (kind,) = (each for each in choices if each is not type(None))
    return _decode(kind, value, where)


def _decode_tuple(kind: object, value: JSON, where: str) -> object:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise _wrong(where, "a list", value)
    return tuple(_decode(kind, each, f"{where}[{number}]") for number, each in enumerate(value))


def _decode_object(kind: type, value: JSON, where: str) -> object:
    if not isinstance(value, Mapping):
        raise _wrong(where, "an object", value)
    hints = _hints(kind)
    missing = hints.keys() - value.keys() - _optional(kind)
    if missing:
        raise UnexpectedAnswerError(f"the answer lacks {where}.{min(missing)}")
    given = {
        name: _decode(hint, value.get(name), f"{where}.{name}") for name, hint in hints.items()
    }
    return kind(**given)


def _decode_scalar(kind: type, value: JSON, where: str) -> object:
    if kind is UUID or kind is datetime:
        if not isinstance(value, str):
            raise _wrong(where, "a text", value)
        try:
            return UUID(value) if kind is UUID else datetime.fromisoformat(value)
        except ValueError as error:
            raise _wrong(where, "an id" if kind is UUID else "a time", value) from error
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not kind:  # a bool is an int to isinstance, and not to us
        raise _wrong(where, kind.__name__, value)
    return value


@cache
def _hints(kind: type) -> dict[str, object]:
    return dict(get_type_hints(kind))


@cache
def _optional(kind: type) -> frozenset[str]:
    """The fields that an answer may leave out: those that may be None."""
    return frozenset(name for name, hint in _hints(kind).items() if type(None) in get_args(hint))


def _wrong(where: str, wanted: str, value: JSON) -> UnexpectedAnswerError:
    return UnexpectedAnswerError(f"in the answer, {where} is {value!r:.60} and not {wanted}")
