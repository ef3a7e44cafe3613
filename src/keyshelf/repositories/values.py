"""What repositories are made of."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from keyshelf.errors import ConflictError, InvalidInputError, NotFoundError
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.repository import ChunkId, CommitHash, RepositoryId, parse_chunk_key
from keyshelf.repositories.chunking import Cutting
from keyshelf.repositories.formats.frame import DEFAULT_LEVEL
from keyshelf.repositories.formats.ids import Keys
from keyshelf.store.errors import NeedsRestoreError

RepositoryName = NewType("RepositoryName", str)
"""1 to 100 characters: letters, digits, `.`, `_` and `-`, beginning with a letter or digit."""

_REPOSITORY_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_REF_SEGMENT = re.compile(r"[^\x00-\x20\x7f~^:?*\[\\/]+")
_MAX_REF_BYTES = 200


class IllegalRepositoryNameError(InvalidInputError):
    """A name that no repository may have."""

    code = "illegal-repository-name"


class IllegalRefError(InvalidInputError):
    """A name that no branch or tag may have; the detail says why."""

    code = "illegal-ref"


class RepositoryNotFoundError(NotFoundError):
    """There is no such repository, or not for the caller."""

    code = "repository-not-found"


class RepositoryExistsError(ConflictError):
    """Its owner has a repository of this name already."""

    code = "repository-exists"


class RepositoryChangedError(ConflictError):
    """Somebody else changed the repository meanwhile. Look again, then change it."""

    code = "repository-changed"


class NoKeySlotError(InvalidInputError):
    """An encrypted repository needs a key slot: without one nobody could ever read it."""

    code = "no-key-slot"


class TooManyKeySlotsError(InvalidInputError):
    """A repository has only so many key slots. Remove one before."""

    code = "too-many-key-slots"


class RefNotFoundError(NotFoundError):
    """There is no branch, tag or commit of this name."""

    code = "ref-not-found"


class RefMovedError(ConflictError):
    """Somebody else moved the branch first; the extras name both commits."""

    code = "ref-moved"


class PushExpiredError(ConflictError):
    """A push took longer than it may; what it sent may be gone. Commit again: it is quick."""

    code = "push-expired"


class ChunkMissingError(NotFoundError):
    """A chunk that a commit needs is not in the repository."""

    code = "chunk-missing"


class RefKind(StrEnum):
    """What a ref is: a branch moves with commits, a tag stays."""

    BRANCH = "branch"
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class RefName:
    """A branch or tag, by name."""

    kind: RefKind
    name: str

    def __post_init__(self) -> None:
        segments = self.name.split("/")
        if len(self.name.encode(errors="replace")) > _MAX_REF_BYTES:
            raise IllegalRefError(f"a {self.kind} is called by at most {_MAX_REF_BYTES} bytes")
        for segment in segments:
            is_legal = _REF_SEGMENT.fullmatch(segment) and not segment.startswith((".", "-"))
            if not is_legal or segment.endswith((".", ".lock")) or ".." in segment:
                raise IllegalRefError(
                    f"{self.name!r} cannot name a {self.kind}:"
                    " use letters, digits, '.', '_', '-' and '/'"
                )


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository that is open: what it is, and its keys when it is encrypted."""

    id: RepositoryId
    name: RepositoryName
    created_at: datetime
    cutting: Cutting = field(default_factory=Cutting)
    level: int = DEFAULT_LEVEL
    """How hard Zstandard tries, 1 to 19."""
    keys: Keys | None = None


@dataclass(frozen=True, slots=True)
class SealedChunk:
    """A chunk as it is stored."""

    id: ChunkId
    frame: bytes
    size: int
    """Bytes of content."""


@dataclass(frozen=True, slots=True)
class Ref:
    """Where a branch or tag is."""

    name: RefName
    commit: CommitHash
    updated_at: datetime
    updated_by: str = ""
    """The identity that moved it last."""


def repository_name(text: str) -> RepositoryName:
    """Return `text` as a repository's name. Raises `IllegalRepositoryNameError`."""
    if not _REPOSITORY_NAME.fullmatch(text):
        raise IllegalRepositoryNameError(
            "a repository is called by 1 to 100 letters, digits, '.', '_' and '-', "
            "the first a letter or digit",
            got=text[:100],
        )
    return RepositoryName(text)


def chunk_needs_restore(error: NeedsRestoreError) -> NeedsRestoreError:
    """Return the error of a store that must restore a chunk, in the words of repositories."""
    lies_in = error.extras.get("storage_class")
    chunk = parse_chunk_key(ObjectKey(str(error.extras.get("key", ""))))
    where = f" lies in {lies_in}, and" if lies_in else ""
    extras = {"storage_class": lies_in} if lies_in else {}
    return NeedsRestoreError(
        f"{f'the chunk {chunk}' if chunk else 'a chunk'}{where} must be restored before it is read:"
        " `keyshelf restore-plan` says how much must be, how long it takes and what it costs",
        **({"chunk": chunk} if chunk else {}),
        **extras,
    )
