"""Documents about repositories: read as written, or told where they are wrong."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.repositories.chunking import Cutting
from keyshelf.repositories.formats import documents
from keyshelf.repositories.formats.documents import (
    DamagedDocumentError,
    RepositoryDocument,
    StatsDocument,
    StoredCutting,
    StoredRef,
    UnknownVersionError,
)
from keyshelf.repositories.formats.slots import Argon2, add_slot

NOW = datetime(2026, 11, 22, 12, 30, 15, 123456, UTC)
ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
SLOTS = (
    add_slot(b"s" * 32, key=b"k" * 32, id=ID, label="the service"),
    add_slot(b"s" * 32, passphrase="p", id=UUID(int=2), label="Anna", argon2=Argon2(8, 1, 1)),
)
DOCUMENT = RepositoryDocument(
    id=ID,
    name="film",
    owner="anna",
    created_at=NOW,
    cutting=StoredCutting.of(Cutting()),
    level=3,
    key_id="0123456789abcdef",
    slots=SLOTS,
    generation=7,
    refs=(
        StoredRef("branch", "main", "ab" * 32, NOW, "anna"),
        StoredRef("tag", "main", "cd" * 32, NOW, "bo"),
    ),
)
STATS = StatsDocument(
    at=NOW,
    generation=7,
    commits=2,
    chunks=3,
    logical_bytes=2**40,
    chunk_bytes=5,
    stored_bytes=6,
)

Json = dict[str, Any]  # Any: JSON that a test takes apart


def as_json(document: RepositoryDocument | StatsDocument) -> Json:
    return json.loads(documents.encode(document))


def test_a_repository_is_read_as_it_was_written() -> None:
    read = documents.decode_repository(documents.encode(DOCUMENT))

    assert read == DOCUMENT
    assert read.cutting.cutting == Cutting()


def test_a_repository_without_encryption_has_no_slots() -> None:
    plain: Json = {**as_json(DOCUMENT), "key_id": None, "slots": [], "refs": []}

    assert documents.decode_repository(json.dumps(plain).encode()).slots == ()


def test_statistics_are_read_as_they_were_written() -> None:
    assert documents.decode_stats(documents.encode(STATS)) == STATS


MISSING = "(missing)"


def damaged(path: str, value: object) -> bytes:
    """Return the document with one field changed, found by a path such as `refs.0.name`."""
    document = as_json(DOCUMENT)
    found: Any = document  # Any: an object or array of JSON
    *above, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in above:
        found = found[step]
    found[last] = value
    if value == MISSING:
        del found[last]
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("version", "1", r"\$\.version"),
        ("version", MISSING, "`version`"),
        ("refs", MISSING, "`refs`"),
        ("key_id", MISSING, "`key_id`"),
        ("extra", 1, "`extra`"),
        ("cutting.extra", 1, r"`extra` - at `\$\.cutting`"),
        ("slots.0.extra", 1, r"`extra` - at `\$\.slots\[0\]`"),
        ("refs.0.extra", 1, r"`extra` - at `\$\.refs\[0\]`"),
        ("id", "x", r"\$\.id"),
        ("name", "", r"\$\.name"),
        ("owner", None, r"\$\.owner"),
        ("created_at", "2026-11-22T12:00:00", r"\$\.created_at"),
        ("cutting.min_bytes", 16, r"\$\.cutting\.min_bytes"),
        ("cutting.min_bytes", 100_000, r"order - at `\$\.cutting`"),
        ("cutting.max_bytes", 2**20, r"\$\.cutting\.max_bytes"),
        ("level", 23, r"\$\.level"),
        ("key_id", "0123", r"\$\.key_id"),
        ("key_id", "0123456789abcdef\n", r"\$\.key_id"),
        ("key_id", None, "key_id"),
        ("slots", [], "slots"),
        ("slots.0.kind", "door", r"\$\.slots\[0\]\.kind"),
        ("slots.0.salt", "AAAA", "salt"),
        ("slots.1.wrapped", "*", "wrapped"),
        ("slots.1.argon2", None, "Argon2"),
        ("slots.1.argon2.memory_kib", 2**40, "beyond reason"),
        ("generation", -1, r"\$\.generation"),
        ("generation", 2**63, r"\$\.generation"),
        ("refs.0.kind", "remote", r"\$\.refs\[0\]\.kind"),
        ("refs.1.name", "x" * 201, r"\$\.refs\[1\]\.name"),
        ("refs.1.commit", "AB" * 32, r"\$\.refs\[1\]\.commit"),
        ("refs.1.commit", "ab" * 32 + "\n", r"\$\.refs\[1\]\.commit"),
        ("refs.1.kind", "branch", "`refs` has a name twice"),
    ],
)
def test_a_damaged_field_is_named(path: str, value: object, told: str) -> None:
    with pytest.raises(DamagedDocumentError, match=told):
        documents.decode_repository(damaged(path, value))


@pytest.mark.parametrize("version", [0, 2, -1])
def test_another_version_is_told_from_damage(version: int) -> None:
    data = json.dumps({"version": version, "whatever": "it says"}).encode()

    for read in (documents.decode_repository, documents.decode_stats):
        with pytest.raises(UnknownVersionError, match=f"version {version}"):
            read(data)


def test_more_slots_than_are_tried_are_refused() -> None:
    found = as_json(DOCUMENT)
    found["slots"] *= 20

    with pytest.raises(DamagedDocumentError, match=r"\$\.slots"):
        documents.decode_repository(json.dumps(found).encode())


@pytest.mark.parametrize("name", ["commits", "chunks", "logical_bytes", "stored_bytes"])
@pytest.mark.parametrize("value", [-1, "1", None, 1.5], ids=repr)
def test_damaged_statistics_are_told(name: str, value: object) -> None:
    found: Json = {**as_json(STATS), name: value}

    with pytest.raises(DamagedDocumentError, match=name):
        documents.decode_stats(json.dumps(found).encode())


@given(st.binary(max_size=60))
def test_what_is_no_document_is_told(data: bytes) -> None:
    for read in (documents.decode_repository, documents.decode_stats):
        with pytest.raises(DamagedDocumentError):
            read(data)


@pytest.mark.parametrize("data", [b"[" * 100_000, b'{"a":' * 100_000, b'{"version":' * 100_000])
def test_brackets_without_end_are_told(data: bytes) -> None:
    with pytest.raises(DamagedDocumentError):
        documents.decode_repository(data)


def test_a_document_beyond_all_reason_is_not_read() -> None:
    with pytest.raises(DamagedDocumentError, match="at most"):
        documents.decode_repository(bytes(documents.MAX_BYTES + 1))
