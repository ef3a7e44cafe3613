"""The shapes of requests and answers about repositories and their refs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field

from keyshelf.api.schemas import Answer, Request
from keyshelf.drive.values import Space
from keyshelf.layout.drive import SHARED
from keyshelf.repositories.catalog.values import Filled, RepositoryRecord
from keyshelf.repositories.formats import slots
from keyshelf.repositories.formats.frame import DEFAULT_LEVEL
from keyshelf.repositories.formats.slots import MAX_LABEL, MAX_SLOTS, Slot
from keyshelf.repositories.refs.values import RefSummary
from keyshelf.repositories.values import Ref, RefKind

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""An id or hash."""
KeyId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
_Count = Annotated[int, Field(ge=1, le=2**31 - 1, strict=True)]
_Base64 = Annotated[str, Field(max_length=200)]


class Argon2Body(Request):
    """How a passphrase becomes a key: Argon2id."""

    memory_kib: _Count
    passes: _Count
    lanes: _Count


class SlotBody(Request):
    """One way to a repository's secret, wrapped by whoever has it."""

    id: UUID
    kind: Literal["passphrase", "key"]
    label: Annotated[str, Field(max_length=MAX_LABEL, pattern=r"^[^\x00]*$")]
    salt: _Base64
    wrapped: _Base64
    argon2: Argon2Body | None = None

    @classmethod
    def of(cls, slot: Slot) -> Self:
        """Show a slot."""
        argon2 = slot.argon2
        shown = argon2 and Argon2Body(
            memory_kib=argon2.memory_kib, passes=argon2.passes, lanes=argon2.lanes
        )
        return cls(
            id=slot.id,
            kind=slot.kind,
            label=slot.label,
            salt=slot.salt,
            wrapped=slot.wrapped,
            argon2=shown,
        )

    def slot(self) -> Slot:
        """Return the slot. Raises `IllegalSlotError`."""
        told = self.argon2
        argon2 = told and slots.Argon2(told.memory_kib, told.passes, told.lanes)
        return Slot(self.id, self.kind, self.label, self.salt, self.wrapped, argon2)


class EncryptionIn(Request):
    """How a new repository is encrypted. Its secret stays with whoever made it."""

    key_id: KeyId
    slots: Annotated[list[SlotBody], Field(min_length=1, max_length=MAX_SLOTS)]


class NewRepositoryIn(Request):
    """A repository to make."""

    name: str
    space: Space = Space.MY_FILES
    encryption: EncryptionIn | None = None
    level: Annotated[int, Field(ge=1, le=19, strict=True)] = DEFAULT_LEVEL


class RepositoryChangeIn(Request):
    """What is to change of a repository."""

    name: str | None = None
    slots: Annotated[list[SlotBody], Field(max_length=MAX_SLOTS)] | None = None


class CuttingOut(Answer):
    """How files are cut, in bytes."""

    min: int
    average: int
    max: int


class RepositoryOut(Answer):
    """A repository, and how much it holds."""

    id: UUID
    name: str
    space: Space
    is_encrypted: bool
    is_readable: bool
    """The service can show what is in it."""
    moves_chunks: bool
    """The service moves chunks itself, many at once: there is no store to go to directly."""
    key_id: str | None
    cutting: CuttingOut
    level: int
    created_at: datetime
    changed_at: datetime | None
    generation: int
    default_branch: str | None
    branches: int
    tags: int
    commits: int
    logical_bytes: int
    chunks: int
    chunk_bytes: int
    stored_bytes: int
    saved_bytes: int
    slots: list[SlotBody] | None = None
    """Only where they were asked for."""

    @classmethod
    def of(
        cls,
        record: RepositoryRecord,
        filled: Filled,
        refs: RefSummary,
        *,
        is_readable: bool,
        moves_chunks: bool,
        with_slots: bool = False,
    ) -> Self:
        """Show a repository."""
        cutting = record.cutting
        return cls(
            id=record.id,
            name=record.name,
            space=Space.SHARED if record.owner == SHARED else Space.MY_FILES,
            is_encrypted=record.is_encrypted,
            is_readable=is_readable,
            moves_chunks=moves_chunks,
            key_id=record.key_id.hex() if record.key_id else None,
            cutting=CuttingOut(
                min=cutting.min_bytes, average=cutting.average_bytes, max=cutting.max_bytes
            ),
            level=record.level,
            created_at=record.created_at,
            changed_at=filled.changed_at,
            generation=record.generation,
            default_branch=refs.default_branch,
            branches=refs.branches,
            tags=refs.tags,
            commits=filled.commits,
            logical_bytes=filled.logical_bytes,
            chunks=filled.chunks,
            chunk_bytes=filled.chunk_bytes,
            stored_bytes=filled.stored_bytes,
            saved_bytes=_saved(filled),
            slots=[SlotBody.of(each) for each in record.slots] if with_slots else None,
        )


class RepositoryList(Answer):
    """One page of repositories."""

    items: list[RepositoryOut]
    next_cursor: str | None


class StatsOut(Answer):
    """What a repository holds."""

    generation: int
    commits: int
    logical_bytes: int
    """What a copy of every commit would take."""
    chunks: int
    chunk_bytes: int
    """Bytes of all distinct chunks, before compression."""
    stored_bytes: int
    """Bytes of their objects."""
    saved_bytes: int

    @classmethod
    def of(cls, record: RepositoryRecord, filled: Filled) -> Self:
        """Show what a repository holds."""
        return cls(
            generation=record.generation,
            commits=filled.commits,
            logical_bytes=filled.logical_bytes,
            chunks=filled.chunks,
            chunk_bytes=filled.chunk_bytes,
            stored_bytes=filled.stored_bytes,
            saved_bytes=_saved(filled),
        )


class RefOut(Answer):
    """Where a branch or tag is."""

    kind: RefKind
    name: str
    commit: str
    updated_at: datetime

    @classmethod
    def of(cls, ref: Ref) -> Self:
        """Show a ref."""
        return cls(
            kind=ref.name.kind, name=ref.name.name, commit=ref.commit, updated_at=ref.updated_at
        )


class RefList(Answer):
    """All branches and tags."""

    items: list[RefOut]

    @classmethod
    def of(cls, refs: Sequence[Ref]) -> Self:
        """Show refs."""
        return cls(items=[RefOut.of(each) for each in refs])


class CommitHashes(Answer):
    """Hashes of commits."""

    items: list[str]


class MoveRefIn(Request):
    """Where a ref is to go, and where it is; null when it is to be made."""

    commit: Hash
    expected: Hash | None


class CheckIn(Request):
    """How thoroughly a repository is looked through."""

    read_data: Annotated[bool, Field(strict=True)] = False
    """Read and verify the bytes of chunks, not only that they are there."""
    sample: Annotated[float, Field(gt=0, le=1)] | None = None
    """Only this part of them, chosen at random: 0.05 is one in twenty."""


class CollectIn(Request):
    """Whether to delete, or only to say what would be."""

    dry_run: Annotated[bool, Field(strict=True)] = False


def _saved(filled: Filled) -> int:
    return max(0, filled.logical_bytes - filled.stored_bytes)
