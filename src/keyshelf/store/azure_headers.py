"""What Azure's headers say of a blob, written and read."""

import re
from collections.abc import Mapping

from keyshelf.layout.keys import ObjectKey
from keyshelf.store import header_text
from keyshelf.store.base import (
    Attributes,
    Condition,
    IfMatch,
    ObjectMeta,
    PutOptions,
    WriteCondition,
)
from keyshelf.store.wire_reading import object_meta

UPLOAD_KEY = "keyshelf-key"
"""The metadata by which an open upload knows its key; never shown."""
_ENCODED = re.compile(r"_([0-9a-f]{2})")
_METADATA = "x-ms-meta-"


def encode_name(name: str) -> str:
    """Return a metadata name as an identifier, which Azure wants: `a-b` is `a_2db`."""
    return "".join(
        char if char.isalpha() or (char.isdigit() and position) else f"_{ord(char):02x}"
        for position, char in enumerate(name)
    )


def decode_name(name: str) -> str:
    """Return the metadata name that `encode_name` encoded."""
    return _ENCODED.sub(lambda found: chr(int(found[1], 16)), name)


def metadata_headers(metadata: Mapping[str, str]) -> dict[str, str]:
    """Return metadata as headers."""
    return header_text.encode_values(
        {encode_name(name): value for name, value in metadata.items()}, prefix=_METADATA
    )


def content_headers(attributes: Attributes) -> dict[str, str]:
    """Return the headers that give a blob its attributes, metadata left out."""
    named = {
        "x-ms-blob-content-type": attributes.content_type,
        "x-ms-blob-cache-control": attributes.cache_control,
        "x-ms-blob-content-disposition": attributes.content_disposition,
    }
    return {name: value for name, value in named.items() if value is not None}


def blob_metadata(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the metadata among a blob's headers."""
    found = header_text.decode_values(headers, prefix=_METADATA)
    return {decode_name(name): value for name, value in found.items()}


def tier_header(storage_class: str | None) -> dict[str, str]:
    """Return the header that asks for a storage class."""
    return {} if storage_class is None else {"x-ms-access-tier": storage_class}


def write_headers(options: PutOptions) -> dict[str, str]:
    """Return the headers that give a new blob its attributes and class."""
    return {
        **content_headers(options.attributes),
        **metadata_headers(options.attributes.metadata),
        **tier_header(options.storage_class),
    }


def condition_headers(condition: WriteCondition) -> dict[str, str]:
    """Return the headers that state a condition."""
    if isinstance(condition, IfMatch):
        return {"if-match": f'"{condition.etag}"'}
    return {"if-none-match": "*"} if condition is Condition.CREATE else {}


def blob_meta(key: ObjectKey, headers: Mapping[str, str]) -> ObjectMeta:
    """Return what the headers of a GET or HEAD tell of a blob."""
    inferred = headers.get("x-ms-access-tier-inferred") == "true"
    metadata = {name: text for name, text in blob_metadata(headers).items() if name != UPLOAD_KEY}
    return object_meta(
        key,
        headers,
        metadata=metadata,
        found_class=None if inferred else headers.get("x-ms-access-tier"),
    )
