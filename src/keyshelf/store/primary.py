"""Where reads may come from copies, the store that says what is there."""

from typing import Protocol, runtime_checkable

from keyshelf.store.base import ObjectStore


@runtime_checkable
class ReplicatedStore(Protocol):
    """A store whose reads may come from copies of it."""

    @property
    def primary(self) -> ObjectStore:
        """The store that is written to."""
        ...


def primary_of(store: ObjectStore) -> ObjectStore:
    """Return the store that is written to: what it lacks is not there, whoever else has it."""
    return store.primary if isinstance(store, ReplicatedStore) else store
