"""Taking in a commit whose manifest somebody else sealed and sent: looked at first."""

from dataclasses import dataclass

from keyshelf.errors import IntegrityError, InvalidInputError
from keyshelf.layout.repository import CommitHash, manifest_key
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.chunks.reservations import reserve
from keyshelf.repositories.direct.carrier import DirectCarrier
from keyshelf.repositories.formats import frame, ids, manifest
from keyshelf.repositories.formats.entries import FolderEntry
from keyshelf.repositories.formats.frame import FrameType, Suite, WrongKeyError
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.formats.manifest import Author, Manifest
from keyshelf.repositories.objects import manifest_object
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.publishing import publish
from keyshelf.repositories.pushes.values import OpenPush
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.refs import queries
from keyshelf.repositories.values import RefName
from keyshelf.repositories.wholeness import require_whole


class ManifestNotAsNamedError(InvalidInputError):
    """The bytes that were sent are not the manifest of this commit in this repository."""

    code = "manifest-not-as-named"


@dataclass(frozen=True, slots=True)
class ToldCommit:
    """What the database keeps of a commit, told by whoever sealed its manifest.

    Needed only where the service cannot read the manifest.
    """

    root: bytes
    """The node of the root."""
    parents: tuple[CommitHash, ...]
    generation: int
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class SentManifest:
    """A manifest as it was sent."""

    commit: CommitHash
    frame: bytes
    told: ToldCommit | None


async def receive(
    parts: RepositoryParts,
    record: RepositoryRecord,
    push: OpenPush,
    sent: SentManifest,
    keys: Keys | None,
    *,
    branch: RefName,
    expected: CommitHash | None,
    identity: str,
) -> None:
    """Store a manifest and move a branch to its commit, as `Push.publish` does.

    Raises `ManifestNotAsNamedError`, `ChunkMissingError` and `BrokenCommitError` for a commit
    that leads to what is not there, and what that raises. Where the service cannot
    open the manifest its users can, and find out: a wrong one never replaces another.
    """
    is_sealed = record.is_encrypted and keys is None
    said = _told(parts, record, sent) if is_sealed else _read(record, sent, keys)
    reservation = await reserve(
        parts, record.number, push.id, [manifest_key(record.id, sent.commit)]
    )
    async with parts.database.read() as tx:
        known = await queries.known_commits(tx, record.number, [sent.commit])
    if not (is_sealed or known):
        reader = Reader(DirectCarrier(parts, record, record.opened(keys), identity))
        await require_whole(parts, record.number, reader, said)
    if not (is_sealed and known):
        made = manifest_object(record, sent.commit, sent.frame, said, parts.options)
        await parts.store.put(made.key, made.body, made.options)
    await publish(
        parts,
        record,
        sent.commit,
        said,
        branch=branch,
        expected=expected,
        push=push.id,
        reservation=reservation,
        identity=identity,
    )


def _read(record: RepositoryRecord, sent: SentManifest, keys: Keys | None) -> Manifest:
    try:
        content = frame.open_frame(
            sent.frame, type=FrameType.MANIFEST, digest=bytes.fromhex(sent.commit), keys=keys
        )
        is_right = ids.commit_hash(content, keys) == sent.commit
        said = manifest.decode(content)
    except (IntegrityError, WrongKeyError) as error:
        raise ManifestNotAsNamedError(f"this is no manifest of {sent.commit}") from error
    if not is_right or said.repository != record.id:
        raise ManifestNotAsNamedError(f"this is not the manifest of {sent.commit}")
    return said


def _told(parts: RepositoryParts, record: RepositoryRecord, sent: SentManifest) -> Manifest:
    """Return what is told of a manifest that only its users can read."""
    if sent.told is None:
        raise ManifestNotAsNamedError(
            "this service cannot read the manifest: tell root, parents, generation, files, bytes"
        )
    try:
        header = frame.read_header(sent.frame)
    except IntegrityError as error:
        raise ManifestNotAsNamedError(f"this is no manifest: {error.detail}") from error
    found = (header.type, header.suite, header.key_id)
    is_sealed = found == (FrameType.MANIFEST, Suite.AES_256_GCM, record.key_id)
    if not is_sealed or len(sent.frame) > header.overhead + header.size:
        raise ManifestNotAsNamedError("this is not sealed as this repository's manifests are")
    root = FolderEntry(b"", 0, 0, sent.told.root, sent.told.files, sent.told.bytes)
    return Manifest(
        repository=record.id,
        parents=sent.told.parents,
        root=root,
        message="",
        author=Author(""),
        committed_at=parts.clock(),
        generation=sent.told.generation,
    )
