"""Reading a file once: the hash of its bytes, what media they are, and what is made of those."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from anyio import to_thread
from blake3 import blake3

from keyshelf.database.transactions import Transaction
from keyshelf.drive.content import inspecting
from keyshelf.drive.mimetypes import Category, category_of
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.values import DriveFile
from keyshelf.errors import Error, InvalidInputError, LimitError
from keyshelf.jobs.context import JobContext
from keyshelf.jobs.registry import Registration
from keyshelf.jobs.values import JobWaitingError, Payload
from keyshelf.layout.media import MediaHash
from keyshelf.media.assets import service as assets
from keyshelf.media.assets.looking import Eyes, look, unreadable
from keyshelf.media.assets.values import AssetKind, Facts
from keyshelf.media.doubts import BUSY_PERHAPS, TRIES
from keyshelf.media.images.failures import RenderDiedError
from keyshelf.media.pictures.upkeep import learn_content
from keyshelf.media.recognising import HEAD_BYTES, Seems, seems_to_be
from keyshelf.media.source_versions import SourceVersion
from keyshelf.media.sources import Sources, SourceTooLargeError
from keyshelf.media.tools.failures import ToolFailedError
from keyshelf.media.work.admission import Asker
from keyshelf.media.work.failures import MediaBeingRemovedError
from keyshelf.media.work.parts import WorkParts
from keyshelf.store.base import ByteRange, ObjectMeta
from keyshelf.store.errors import ObjectChangedError, ObjectNotFoundError
from keyshelf.workflows.derive_media import Content, DeriveOptions, derive, derive_missing

_TRIES = 3
_REMOVAL = timedelta(seconds=10)
"""How long a removal of the same content may take until the file is looked at again."""
_PERHAPS_ITS_FAULT = (*BUSY_PERHAPS, RenderDiedError, ToolFailedError)
"""What a file can cause, and so can a machine that is busy or has no memory left."""


@dataclass(frozen=True, slots=True)
class InspectParts:
    """What inspection stands on."""

    drive: DriveParts
    work: WorkParts
    sources: Sources
    eyes: Eyes
    derive: DeriveOptions


def registration(parts: InspectParts) -> Registration:
    """Return what a worker needs to inspect files."""

    async def handle(context: JobContext, payload: Payload) -> Payload | None:
        file_id, anew = UUID(str(payload["file_id"])), inspecting.ANEW in payload
        try:
            return await inspect_file(parts, context, file_id, anew=anew)
        except MediaBeingRemovedError as error:
            raise JobWaitingError(error.detail, again_after=_REMOVAL) from error

    return Registration(inspecting.INSPECT, handle)


async def inspect_file(
    parts: InspectParts, context: JobContext, file_id: UUID, *, anew: bool = False
) -> Payload:
    """Read a file, note what it is, and have made of it what lists show.

    Content that was looked at before is only looked at once more when that is to be `anew`.

    The hash, what is known and the jobs that follow come in one transaction: an attempt
    that dies before leaves nothing, one after it finds everything done. Of bytes that were
    replaced meanwhile nothing is noted: those that the file has then are read.
    """
    for tries_left in reversed(range(_TRIES)):
        async with parts.drive.database.read() as tx:
            file = await inspecting.find_file(tx, file_id)
        if file is None:
            return {"outcome": "gone"}
        try:
            return await _Inspection(parts, context, file, anew=anew).run()
        except (ObjectNotFoundError, ObjectChangedError):
            # Moved or replaced since its row was read: the row tells where it is by now.
            if not tries_left:
                raise
    raise AssertionError("the last try returns or raises")


class _Inspection:
    def __init__(
        self, parts: InspectParts, context: JobContext, file: DriveFile, *, anew: bool
    ) -> None:
        self._parts = parts
        self._context = context
        self._file = file
        self._anew = anew

    async def run(self) -> Payload:
        meta = await self._parts.drive.store.head(self._file.key)
        seems = seems_to_be(await self._head_of(meta))
        if seems is None:
            return await self._note(await self._hash(meta), meta, None)
        try:
            return await self._inspect(meta, seems)
        except SourceTooLargeError as error:
            return await self._note(await self._hash(meta), meta, self._refused(seems, error))

    async def _head_of(self, meta: ObjectMeta) -> bytes:
        if meta.size == 0:
            return b""
        wanted = ByteRange(0, min(HEAD_BYTES, meta.size))
        async with await self._parts.drive.store.get(
            meta.key, byte_range=wanted, if_match=meta.etag
        ) as reader:
            return await reader.read()

    async def _hash(self, meta: ObjectMeta) -> str:
        hasher, done = blake3(), 0
        async with await self._parts.drive.store.get(meta.key, if_match=meta.etag) as reader:
            async for piece in reader:
                await to_thread.run_sync(hasher.update, piece)
                done += len(piece)
                await self._context.progress(done, meta.size, "bytes")
        return hasher.hexdigest()

    async def _inspect(self, meta: ObjectMeta, seems: Seems) -> Payload:
        async def progress(done: int) -> None:
            await self._context.progress(done, meta.size, "bytes")

        local = self._parts.sources.local(meta.key, version=meta.etag, on_bytes=progress)
        async with local as source:
            content_hash = source.content_hash
            if not self._anew and (told := await self._note_known(content_hash)):
                return told
            facts = await self._look(source.path, seems)
        return await self._note(content_hash, meta, facts)

    async def _look(self, path: Path, seems: Seems) -> Facts | None:
        """Return what is in a file; None when it only begins as media do."""
        try:
            return await look(self._parts.eyes, path, seems)
        except _PERHAPS_ITS_FAULT as error:
            if self._context.attempt < TRIES:
                raise
            return self._refused(seems, error)
        except (InvalidInputError, LimitError) as error:
            return self._refused(seems, error)

    def _refused(self, seems: Seems, error: Error) -> Facts | None:
        named = category_of(self._file.mimetype, self._file.filename)
        if named not in _MEDIA:
            return None
        if seems is Seems.PICTURE:
            return unreadable(AssetKind.IMAGE, error)
        return unreadable(AssetKind.AUDIO if named is Category.AUDIO else AssetKind.VIDEO, error)

    async def _note_known(self, content_hash: str) -> Payload | None:
        """Note the hash of content that was looked at before; None, noting nothing, of other.

        What was made of it and removed since is made again.
        """
        parts = self._parts
        async with parts.drive.database.transaction() as tx:
            await assets.hold(tx, MediaHash(content_hash))
            if not await assets.is_known(tx, MediaHash(content_hash)):
                return None
            await self._remember(tx, content_hash)
            await derive_missing(
                tx, parts.work, self._file, MediaHash(content_hash), options=parts.derive
            )
        return _told(content_hash)

    async def _note(self, content_hash: str, meta: ObjectMeta, facts: Facts | None) -> Payload:
        """Note the hash, and of media what was seen, unless somebody saw it meanwhile."""
        parts, file = self._parts, self._file
        content = Content(MediaHash(content_hash), meta.key, SourceVersion(meta.etag, meta.size))
        async with parts.drive.database.transaction() as tx:
            # A deletion of this content comes before all that is noted here, or after it.
            await assets.hold(tx, content.hash)
            await self._remember(tx, content_hash)
            if facts is None:
                return _told(content_hash)
            if not self._anew and await assets.is_known(tx, content.hash):
                return _told(content_hash)
            await assets.note(
                tx, content.hash, facts, owner=file.owner_id, source=meta.key, size=meta.size
            )
            asker = Asker(self._context.owner_id, file.owner_id)
            await derive(tx, parts.work, content, facts, asker=asker, options=parts.derive)
        return {**_told(content_hash), "kind": facts.kind}

    async def _remember(self, tx: Transaction, content_hash: str) -> None:
        if not await inspecting.remember(tx, self._file, content_hash):
            raise ObjectChangedError("the file has other bytes by now", key=self._file.key)
        if (etag := self._file.object_etag) is not None:
            key, size = self._file.key, self._file.size
            await learn_content(tx, key, etag=etag, size=size, content_hash=content_hash)


_MEDIA = frozenset({Category.IMAGE, Category.VIDEO, Category.AUDIO})


def _told(content_hash: str) -> Payload:
    return {"outcome": "read", "content_hash": content_hash}
