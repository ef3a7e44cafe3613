"""Which repository a request is about, and whether its caller may do that to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends

from keyshelf.access.identity import Identity
from keyshelf.access.permissions import Action, require, visible_owners
from keyshelf.api.caller import Caller, Service
from keyshelf.layout.drive import OwnerId
from keyshelf.repositories import managing as catalog
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.direct.carrier import DirectCarrier
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.pushes.service import require_open
from keyshelf.repositories.pushes.values import OpenPush
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.serving import readable_with


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may use repositories, with the service's parts for it."""

    parts: RepositoryParts
    identity: Identity

    @property
    def owners(self) -> Sequence[OwnerId]:
        """Whose repositories there are for them."""
        return visible_owners(self.identity)


@dataclass(frozen=True, slots=True)
class Opened:
    """A repository, and the one who may read or change it."""

    parts: RepositoryParts
    identity: Identity
    record: RepositoryRecord

    def carrier(self) -> DirectCarrier:
        """Return the way to what is there, for whoever need not open it."""
        return self._carrier(None)

    def reader(self) -> Reader:
        """Return what reads its commits. Raises `RepositoryLockedError`."""
        return Reader(self._carrier(readable_with(self.parts, self.record)))

    async def push(self, push: UUID) -> OpenPush:
        """Return the caller's open push. Raises `PushExpiredError`."""
        return await require_open(self.parts, self.record.number, push, self.identity.id)

    def _carrier(self, keys: Keys | None) -> DirectCarrier:
        opened = self.record.opened(keys)
        return DirectCarrier(self.parts, self.record, opened, self.identity.id)


async def _reading(service: Service, caller: Caller) -> User:
    require(caller, Action.READ_REPOSITORIES)
    return User(service.repositories, caller)


async def _writing(service: Service, caller: Caller) -> User:
    require(caller, Action.WRITE_REPOSITORIES)
    return User(service.repositories, caller)


Reading = Annotated[User, Depends(_reading)]
Writing = Annotated[User, Depends(_writing)]


async def _readable(who: Reading, repository_id: UUID) -> Opened:
    return await _opened(who, repository_id)


async def _writable(who: Writing, repository_id: UUID) -> Opened:
    return await _opened(who, repository_id)


async def _opened(who: User, repository: UUID) -> Opened:
    record = await catalog.get(who.parts, repository, who.owners)
    return Opened(who.parts, who.identity, record)


Readable = Annotated[Opened, Depends(_readable)]
Writable = Annotated[Opened, Depends(_writable)]
