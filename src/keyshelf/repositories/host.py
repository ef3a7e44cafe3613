"""Where repositories are: on this machine's stores, or at a service over HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from keyshelf.repositories.carrier import Carrier
from keyshelf.repositories.catalog.values import Filled, RepositoryFacts
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.formats.slots import Slot
from keyshelf.repositories.unlocking import Unlocking, keys_of
from keyshelf.repositories.values import RepositoryName


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryInfo(RepositoryFacts):
    """A repository as its users see it, wherever it is."""

    is_shared: bool
    """Everybody's who is signed in, instead of one person's."""
    filled: Filled
    moves_chunks: bool = False
    """Whether it is elsewhere, at a service that moves chunks itself."""


@dataclass(frozen=True, slots=True)
class NewEncryption:
    """How a new repository is encrypted: of which secret its keys are, and what opens it."""

    key_id: bytes
    slots: Sequence[Slot]


class Host(Protocol):
    """What can be done to repositories from outside. May be used by several tasks at once."""

    async def create(
        self, name: RepositoryName, *, is_shared: bool, encryption: NewEncryption | None
    ) -> RepositoryInfo:
        """Make an empty repository. Raises `RepositoryExistsError`."""
        ...

    async def all(self) -> Sequence[RepositoryInfo]:
        """Return every repository that the caller may see, by name."""
        ...

    async def find(self, name: str) -> RepositoryInfo:
        """Return a repository by its name or id; the caller's own before a shared one.

        Raises `RepositoryNotFoundError`.
        """
        ...

    async def change(
        self,
        info: RepositoryInfo,
        *,
        name: RepositoryName | None = None,
        slots: Sequence[Slot] | None = None,
    ) -> RepositoryInfo:
        """Rename a repository or replace its key slots.

        Raises `RepositoryChangedError` when it is not as `info` says any longer.
        """
        ...

    async def open(self, info: RepositoryInfo, keys: Keys | None) -> Carrier:
        """Return the way to a repository's content."""
        ...


async def opened(host: Host, name: str, unlocking: Unlocking) -> Carrier:
    """Find a repository and unlock it, where it is encrypted.

    Raises `RepositoryNotFoundError`, `RepositoryLockedError`, `WrongPassphraseError`.
    """
    info = await host.find(name)
    return await host.open(info, await keys_of(info.key_id, info.slots, unlocking))
