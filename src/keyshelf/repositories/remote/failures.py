"""What a service refuses, as the errors that the same code raises on one machine."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager

from keyshelf.client.failures import RemoteError
from keyshelf.errors import Error
from keyshelf.repositories.values import (
    ChunkMissingError,
    IllegalRefError,
    IllegalRepositoryNameError,
    NoKeySlotError,
    PushExpiredError,
    RefMovedError,
    RefNotFoundError,
    RepositoryChangedError,
    RepositoryExistsError,
    RepositoryNotFoundError,
    TooManyKeySlotsError,
)
from keyshelf.store.errors import NeedsRestoreError

_SAME: Mapping[str, type[Error]] = {
    "precondition-failed": RepositoryChangedError,
    **{
        each.code: each
        for each in (
            ChunkMissingError,
            IllegalRefError,
            IllegalRepositoryNameError,
            NeedsRestoreError,
            NoKeySlotError,
            PushExpiredError,
            RefMovedError,
            RefNotFoundError,
            RepositoryChangedError,
            RepositoryExistsError,
            RepositoryNotFoundError,
            TooManyKeySlotsError,
        )
    },
}


@contextmanager
def translated() -> Generator[None]:
    """Raise what a service says of repositories as this machine would; the rest as it came."""
    try:
        yield
    except RemoteError as error:
        kind = _SAME.get(error.code)
        if kind is None:
            raise
        extras = {name: each for name, each in error.extras.items() if name != "request_id"}
        raise kind(error.detail, **extras) from error
