"""Metadata and tags of objects, as the specification spells them."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

from keyshelf.layout.namespace import namespace
from keyshelf.layout.repository import CommitHash, RepositoryId
from keyshelf.repositories.formats import frame, headers, ids
from keyshelf.repositories.formats.entries import FolderEntry
from keyshelf.repositories.formats.frame import FrameType
from keyshelf.repositories.formats.headers import ObjectType, Status, Tier
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.formats.manifest import MAX_PARENTS, Author, Manifest

KEYS = Keys.of(b"s" * 32)
REPOSITORY = RepositoryId(UUID("01890a5d-ac96-774b-bcce-b302099a8057"))
COMMIT = CommitHash("c0" * 32)
NOON = datetime(2025, 1, 8, 12, 0, 0, 999, UTC)
S3_METADATA_BYTES = 2048


def said(parents: int) -> Manifest:
    return Manifest(
        repository=REPOSITORY,
        parents=tuple(CommitHash(f"{each:064x}") for each in range(parents)),
        root=FolderEntry(b"", 0o755, 0, b"n" * 32, files=1234, size=10_737_418_240),
        message="m",
        author=Author("Anna"),
        committed_at=NOON,
        generation=1,
    )


def metadata_of(content: bytes, keys: Keys | None) -> dict[str, str]:
    chunk = ids.chunk_id(content, keys)
    sealed = frame.seal(content, type=FrameType.CHUNK, digest=bytes.fromhex(chunk), keys=keys)
    found = headers.chunk_metadata(
        chunk, frame.read_header(sealed), stored_size=len(sealed), created_at=NOON
    )
    return dict(found)


def test_a_chunk_says_what_the_specification_lists() -> None:
    content = bytes(range(256))

    assert metadata_of(content, None) == {
        "dits-version": "1",
        "dits-type": "chunk",
        "dits-hash": ids.chunk_id(content, None),
        "dits-size": "256",
        "dits-compressed-size": "256",
        "dits-compression": "none",
        "dits-encrypted": "false",
        "dits-created-at": "2025-01-08T12:00:00Z",
    }


def test_an_encrypted_chunk_names_its_key() -> None:
    found = metadata_of(b"a" * 1000, KEYS)

    assert found["dits-encrypted"] == "true"
    assert found["dits-key-id"] == KEYS.key_id.hex()
    assert found["dits-compression"] == "zstd"


def test_encryption_does_not_count_as_compressed_size() -> None:
    plain, encrypted = metadata_of(b"a" * 1000, None), metadata_of(b"a" * 1000, KEYS)

    assert plain["dits-compressed-size"] == encrypted["dits-compressed-size"]


def test_times_are_told_in_utc() -> None:
    east = NOON.astimezone(timezone(timedelta(hours=9)))

    found = headers.proxy_metadata(REPOSITORY, ids.asset_hash(b"h" * 32, None), created_at=east)

    assert found["dits-created-at"] == "2025-01-08T12:00:00Z"


def test_a_manifest_says_what_the_specification_lists() -> None:
    assert headers.manifest_metadata(COMMIT, said(parents=2)) == {
        "dits-version": "1",
        "dits-type": "manifest",
        "dits-repo-id": str(REPOSITORY),
        "dits-commit": COMMIT,
        "dits-parent": "0" * 64 + "," + "0" * 63 + "1",
        "dits-entries": "1234",
        "dits-total-size": "10737418240",
    }
    assert "dits-parent" not in headers.manifest_metadata(COMMIT, said(parents=0))


def test_all_parents_fit_into_what_s3_keeps() -> None:
    found = headers.manifest_metadata(
        COMMIT, said(MAX_PARENTS), namespace=namespace("a-namespace-of-20-xx")
    )

    assert sum(len(name) + len(value) for name, value in found.items()) < S3_METADATA_BYTES


def test_a_document_names_its_repository() -> None:
    assert headers.document_metadata(REPOSITORY) == {
        "dits-version": "1",
        "dits-type": "metadata",
        "dits-repo-id": str(REPOSITORY),
    }


def test_tags_are_the_four_of_the_specification() -> None:
    assert headers.tags(ObjectType.CHUNK, REPOSITORY) == {
        "dits:type": "chunk",
        "dits:repo": str(REPOSITORY),
        "dits:status": "active",
        "dits:tier": "hot",
    }
    deleted = headers.tags(ObjectType.PROXY, REPOSITORY, status=Status.DELETED, tier=Tier.ARCHIVE)
    assert (deleted["dits:status"], deleted["dits:tier"]) == ("deleted", "archive")


def test_everything_begins_with_the_namespace() -> None:
    shelf = namespace("shelf")

    tags = headers.tags(ObjectType.METADATA, REPOSITORY, namespace=shelf)
    metadata = headers.document_metadata(REPOSITORY, namespace=shelf)

    assert all(name.startswith("shelf:") for name in tags)
    assert all(name.startswith("shelf-") for name in metadata)


def test_an_asset_of_an_encrypted_repository_is_not_known_by_its_content() -> None:
    assert ids.asset_hash(b"h" * 32, None) == (b"h" * 32).hex()
    assert ids.asset_hash(b"h" * 32, KEYS) != (b"h" * 32).hex()
    assert ids.asset_hash(b"h" * 32, KEYS) == ids.asset_hash(b"h" * 32, KEYS)
