"""What was ever stored stays readable, and what is made again from it is the same.

The files beside this one were written by the version that they are of, and only get company.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from blake3 import blake3
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keyshelf.layout.repository import ChunkId
from keyshelf.repositories import bloom
from keyshelf.repositories.chunking import Cutting
from keyshelf.repositories.formats import documents, frame, ids, manifest, nodes
from keyshelf.repositories.formats.documents import StatsDocument, StoredRef
from keyshelf.repositories.formats.entries import HAS_HOLES, FileEntry, FolderEntry, LinkEntry
from keyshelf.repositories.formats.frame import Codec, FrameType
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.formats.manifest import Author
from keyshelf.repositories.formats.nodes import ChunkRef, FolderRef, ListRef, NodeKind
from keyshelf.repositories.formats.slots import Argon2, open_slots

HERE = Path(__file__).parent
SECRET = bytes(range(32))
KEY = bytes(range(32, 64))
REPOSITORY = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
AT = datetime(2026, 11, 22, 9, 0, 15, 123456, UTC)


def golden(name: str) -> Any:  # Any: JSON
    return json.loads((HERE / name).read_text("utf-8"))


def digest(number: int) -> bytes:
    return bytes([number]) * 32


FRAMES = {each["what"]: each for each in golden("frames.json")}
NODES = {each["what"]: bytes.fromhex(each["content"]) for each in golden("nodes.json")}


@pytest.mark.parametrize("what", FRAMES)
def test_frames_are_opened(what: str) -> None:
    found = FRAMES[what]
    kind, content = FrameType(found["type"]), bytes.fromhex(found["content"])
    keys = Keys.of(bytes.fromhex(found["secret"])) if found["secret"] else None
    name = ids.chunk_id if kind is FrameType.CHUNK else ids.commit_hash

    opened = frame.open_frame(
        bytes.fromhex(found["frame"]), type=kind, digest=bytes.fromhex(found["name"]), keys=keys
    )

    assert opened == content
    assert name(opened, keys) == found["name"]


@pytest.mark.parametrize("what", FRAMES)
def test_what_is_not_compressed_is_sealed_as_ever(what: str) -> None:
    found = FRAMES[what]
    kind, sealed = FrameType(found["type"]), bytes.fromhex(found["frame"])
    keys = Keys.of(bytes.fromhex(found["secret"])) if found["secret"] else None

    again = frame.seal(
        bytes.fromhex(found["content"]), type=kind, digest=bytes.fromhex(found["name"]), keys=keys
    )

    # Zstandard may compress better one day, which then is another frame of the same chunk.
    assert again == sealed or frame.read_header(sealed).codec is Codec.ZSTD


def test_encryption_is_what_the_reference_says() -> None:
    found = FRAMES["chunk, encrypted"]
    sealed, content = bytes.fromhex(found["frame"]), bytes.fromhex(found["content"])

    def derived(purpose: str) -> bytes:
        return blake3(SECRET, derive_key_context=f"keyshelf repository v1 {purpose}").digest()

    header = sealed[:20]
    chunk = blake3(b"chunk" + content, key=derived("identification")).digest()
    vector = blake3(header + chunk + content, key=derived("synthetic vector")).digest()
    both = blake3(vector, key=derived("encryption")).digest(length=44)
    payload = AESGCM(both[:32]).encrypt(both[32:], content, header + chunk)

    assert header == b"KSHF\1\1\0\1" + (64).to_bytes(4, "little") + derived("key id")[:8]
    assert chunk.hex() == found["name"]
    assert sealed == header + vector + payload


@pytest.mark.parametrize(
    ("what", "kind", "level", "items"),
    [
        (
            "list, level 0",
            NodeKind.LIST,
            0,
            [ChunkRef(digest(1), 65536), ChunkRef(digest(2), 1)],
        ),
        (
            "list, level 1",
            NodeKind.LIST,
            1,
            [ListRef(digest(1), 2**40, 2**24), ListRef(digest(2), 5, 1)],
        ),
        (
            "folder, level 0",
            NodeKind.FOLDER,
            0,
            [
                FileEntry(b"a", 0o644, 1_763_812_800_123_456_789, 5, digest(1), 0, digest(2)),
                FileEntry(
                    b"b \xff",
                    0o4755,
                    -1,
                    2**40,
                    digest(3),
                    2,
                    digest(4),
                    HAS_HOLES,
                    b"x/first",
                    ((b"user.k", b"v\0"),),
                ),
                FolderEntry(b"d\xcc\x88", 0o1777, 0, digest(5), 3, 2**41, ((b"user.k", b""),)),
                FileEntry(b"empty", 0o600, 1, 0),
                LinkEntry(b"link", 0o777, 2, b"../to \xfe"),
            ],
        ),
        ("folder, level 0, empty", NodeKind.FOLDER, 0, []),
        (
            "folder, level 1",
            NodeKind.FOLDER,
            1,
            [FolderRef(b"m\xff", digest(1), 128), FolderRef(b"z", digest(2), 7)],
        ),
    ],
)
def test_nodes_are_read_and_written_as_ever(
    what: str, kind: NodeKind, level: int, items: list[object]
) -> None:
    decode = nodes.decode_list if kind is NodeKind.LIST else nodes.decode_folder

    found = decode(NODES[what])

    assert (found.level, found.items) == (level, items)
    # Another encoding would give another id to all that is committed already.
    assert nodes.encode(kind, level, items) == NODES[what]


def test_a_manifest_is_read_and_written_as_ever() -> None:
    stored = golden("manifest.json")
    content = bytes.fromhex(stored["content"])

    found = manifest.decode(content)

    assert found.repository == REPOSITORY
    assert found.parents == ("aa" * 32, "bb" * 32)
    assert found.root == FolderEntry(b"", 0o755, 1_763_812_800_123_456_789, digest(5), 3, 2**41)
    assert found.message == "Grüße\n\n日本語 😀"
    assert found.author == Author("Anna", "anna@mail.test")
    assert found.committed_at == AT
    assert found.committed_at.utcoffset() == timedelta(hours=5, minutes=30)
    assert found.generation == 8
    assert manifest.encode(found) == content
    assert ids.commit_hash(content, None) == stored["commit"]
    assert ids.commit_hash(content, Keys.of(SECRET)) == stored["commit_encrypted"]


def test_a_repositorys_document_is_read_and_written_as_ever() -> None:
    stored = (HERE / "repository.json").read_bytes()

    found = documents.decode_repository(stored)

    assert (found.id, found.name, found.owner, found.level) == (REPOSITORY, "film", "anna", 3)
    assert (found.created_at, found.generation) == (AT, 7)
    assert found.cutting.cutting == Cutting(16 * 1024, 64 * 1024, 256 * 1024)
    assert found.key_id == Keys.of(SECRET).key_id.hex()
    assert found.refs == (
        StoredRef("branch", "main", "aa" * 32, AT, "anna"),
        StoredRef("tag", "v1/final", "bb" * 32, AT, "bo"),
    )
    assert documents.encode(found) == stored


def test_key_slots_are_opened() -> None:
    found = documents.decode_repository((HERE / "repository.json").read_bytes()).slots

    assert [slot.label for slot in found] == ["Anna", "the service"]
    assert found[0].argon2 == Argon2(64 * 1024, 3, 4)
    assert open_slots(found, passphrase="a passphrase, früh") == SECRET
    assert open_slots(found, key=KEY) == SECRET


def test_statistics_are_read_and_written_as_ever() -> None:
    stored = (HERE / "stats.json").read_bytes()

    found = documents.decode_stats(stored)

    assert found == StatsDocument(
        at=AT,
        generation=7,
        commits=2,
        chunks=3,
        logical_bytes=2**41,
        chunk_bytes=12345,
        stored_bytes=6789,
    )
    assert documents.encode(found) == stored


def test_a_bloom_filter_is_read_and_written_as_ever() -> None:
    stored = golden("bloom.json")
    chunks = [ChunkId(each) for each in stored["chunks"]]

    found = bloom.parse(bytes.fromhex(stored["filter"]))
    again = bloom.ChunkFilter(found.m, found.k, found.n, bytearray(found.m // 8))
    again.add(chunks)

    assert (found.m, found.k, found.n) == (216, 4, 20)
    assert all(found.may_have(each) for each in chunks)
    assert again.to_bytes().hex() == stored["filter"]
