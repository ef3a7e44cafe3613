"""The shapes of requests and answers about chunks that must be restored."""

from collections.abc import Sequence
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field

from keyshelf.api.schemas import Answer, JobOut, Request
from keyshelf.store.restoring import RestoreTier
from keyshelf.workflows.restore_chunks import DAYS
from keyshelf.workflows.restore_jobs import RestoreWish

MOST_PATHS = 1000
Days = Annotated[int, Field(ge=1, le=365, strict=True)]
RefText = Annotated[str, Field(min_length=1, max_length=300)]
PathText = Annotated[str, Field(max_length=20_000)]


class RestoreIn(Request):
    """What is to be restored, and how."""

    repository: UUID
    ref: RefText
    """A branch, tag or commit."""
    paths: Annotated[tuple[PathText, ...], Field(max_length=MOST_PATHS)] = ()
    """Only these of it; all of it without any."""
    tier: RestoreTier = RestoreTier.STANDARD
    """How quickly, and at what price."""
    days: Days = DAYS
    """How long S3 keeps copies. Azure moves what is restored, and keeps it."""
    dry_run: Annotated[bool, Field(strict=True)] = True
    """Only plan: the job's result is the plan."""


class RestoreClassOut(Answer):
    """What has to be restored of one class."""

    model_config = ConfigDict(use_attribute_docstrings=True, populate_by_name=True)

    storage_class: str = Field(alias="class")
    """In Keyshelf's word."""
    name: str
    """In the cloud's word."""
    objects: int
    bytes: int
    asked: int
    """Those of them that somebody has asked for already."""


class RestoreChoiceOut(Answer):
    """One way to restore it all."""

    tier: RestoreTier
    seconds: Sequence[float]
    """How long it takes at least and at most, as the cloud says."""
    cost: float | None
    """With copies kept for `days`; null where the price book has no price for it."""


class RestorePlanOut(Answer):
    """What a version needs restored before it can be read."""

    objects: int
    """Chunks that cannot be read."""
    bytes: int
    asked: int
    """Those of them that somebody has asked for already."""
    restored: int
    """Chunks that lie in such a class and can be read, as they were restored."""
    restored_bytes: int
    looked_at: int
    """How many chunks it needs in all, as far as that is known; 0 where no class is such."""
    is_partial: bool
    """Whether folders or lists cannot be read: what they lead to comes on top."""
    days: int
    currency: str
    classes: Sequence[RestoreClassOut]
    choices: Sequence[RestoreChoiceOut]
    """The quickest first; only what all of the classes have."""
    chunks: Sequence[str]
    """The first 1,000."""
    files_count: int
    """Files that cannot be read."""
    files: Sequence[str]
    """The first 1,000; none for who may not read the repository."""


class RestoreOut(Answer):
    """A restore that was asked for."""

    job: JobOut
    repository: UUID
    name: str
    """What the repository was called."""
    ref: str | None
    """The version as it was named; null for who may not read the repository."""
    tier: RestoreTier
    days: int

    @classmethod
    def of(cls, job: JobOut, wish: RestoreWish, *, names: bool) -> Self:
        """Show a restore."""
        return cls(
            job=job,
            repository=wish.repository,
            name=wish.name,
            ref=wish.ref if names else None,
            tier=wish.tier,
            days=wish.days,
        )


class RestoresOut(Answer):
    """The newest restores, the newest first."""

    items: Sequence[RestoreOut]
