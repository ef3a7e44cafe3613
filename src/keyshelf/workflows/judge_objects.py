"""Saying of any version of a repository's object whether it is what its name promises."""

from dataclasses import dataclass, field

from keyshelf.errors import IntegrityError, UnauthenticatedError
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.repository import parse_chunk_key, parse_manifest_key, parse_repository_key
from keyshelf.operations.versions.healing import Verdict
from keyshelf.repositories.check.judging import least_stored
from keyshelf.repositories.check.outside import is_sound
from keyshelf.repositories.formats import frame, ids
from keyshelf.repositories.formats.documents import UnknownVersionError
from keyshelf.repositories.formats.frame import MAX_CONTENT, FrameHeader, FrameType, Suite
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.unlocking import Unlocking, keys_of
from keyshelf.store.versions import ObjectVersion, VersionedStore
from keyshelf.workflows.bucket_documents import all_documents, read_document


@dataclass(slots=True)
class RepositoryJudge:
    """Judges chunks, manifests and documents, those of locked repositories as far as it can.

    All that it needs is in the bucket. Key slots are opened when the first object of their key
    is met.
    """

    versions: VersionedStore
    unlocking: Unlocking
    _keys: dict[bytes, Keys | None] = field(default_factory=dict[bytes, Keys | None])

    async def __call__(self, version: ObjectVersion) -> Verdict:
        """Read one version and judge it."""
        if parse_repository_key(version.key):
            return await self._document(version)
        chunk, commit = parse_chunk_key(version.key), parse_manifest_key(version.key)
        kind = FrameType.CHUNK if chunk else FrameType.MANIFEST
        if version.size > _most_stored(kind):
            return Verdict.DAMAGED
        framed = await self.versions.read(version)
        told = is_sound(version.key, framed)
        if told is not None:
            return _verdict(is_right=told)
        keys = await self._keys_of(frame.read_header(framed).key_id)
        if keys is None:
            return Verdict.UNTOLD
        name = chunk or (commit[1] if commit else "")
        try:
            content = frame.open_frame(framed, type=kind, digest=bytes.fromhex(name), keys=keys)
        except IntegrityError:
            return Verdict.DAMAGED
        held = ids.chunk_id(content, keys) if chunk else ids.commit_hash(content, keys)
        return _verdict(is_right=held == name)

    def trust(self, keys: Keys) -> None:
        """Judge by keys that were opened already, whatever slots the bucket has."""
        self._keys[keys.key_id] = keys

    async def _document(self, version: ObjectVersion) -> Verdict:
        try:
            return _verdict(is_right=await read_document(self.versions, version) is not None)
        except UnknownVersionError:
            return Verdict.SOUND  # a newer Keyshelf wrote it

    async def _keys_of(self, key_id: bytes) -> Keys | None:
        if key_id not in self._keys:
            self._keys[key_id] = None if self.unlocking.is_empty else await self._opened(key_id)
        return self._keys[key_id]

    async def _opened(self, key_id: bytes) -> Keys | None:
        async for each in all_documents(self.versions, unread=list[ObjectKey]()):
            if each.document.key_id == key_id.hex():
                try:
                    return await keys_of(key_id, each.document.slots, self.unlocking)
                except UnauthenticatedError:
                    continue
        return None


def _most_stored(kind: FrameType) -> int:
    """Return the most bytes that an object of this kind has."""
    sealed = FrameHeader(kind, frame.Codec.NONE, Suite.AES_256_GCM, MAX_CONTENT[kind], b"")
    return least_stored(sealed)


def _verdict(*, is_right: bool) -> Verdict:
    return Verdict.SOUND if is_right else Verdict.DAMAGED
