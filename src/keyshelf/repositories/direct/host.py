"""The repositories on this machine's stores."""

from collections.abc import Sequence
from dataclasses import dataclass

from keyshelf.layout.drive import SHARED, OwnerId
from keyshelf.repositories import managing as catalog
from keyshelf.repositories.catalog.values import Filled, RepositoryRecord
from keyshelf.repositories.direct.carrier import DirectCarrier
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.formats.slots import Slot
from keyshelf.repositories.host import NewEncryption, RepositoryInfo
from keyshelf.repositories.managing import NewRepository
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.values import RepositoryName

_PAGE = 500


@dataclass(frozen=True, slots=True)
class DirectHost:
    """Sees and changes repositories as one identity does."""

    parts: RepositoryParts
    identity: OwnerId

    @property
    def _owners(self) -> Sequence[OwnerId]:
        return self.identity, SHARED

    async def create(
        self, name: RepositoryName, *, is_shared: bool, encryption: NewEncryption | None
    ) -> RepositoryInfo:
        """Make an empty repository."""
        new = NewRepository(
            name=name,
            owner=SHARED if is_shared else self.identity,
            key_id=encryption.key_id if encryption else None,
            slots=encryption.slots if encryption else (),
        )
        return shown(await catalog.create(self.parts, new), Filled())

    async def all(self) -> Sequence[RepositoryInfo]:
        """Return every repository that the identity sees."""
        found: list[RepositoryInfo] = []
        after = ("", 0)
        while True:
            page = await catalog.visible(self.parts, self._owners, after=after, limit=_PAGE)
            found += [shown(record, filled) for record, filled in page]
            if len(page) < _PAGE:
                return found
            last = page[-1][0]
            after = (last.name, last.number)

    async def find(self, name: str) -> RepositoryInfo:
        """Return a repository by its name or id."""
        record = await self.record(name)
        return shown(record, await catalog.filled(self.parts, record))

    async def record(self, name: str) -> RepositoryRecord:
        """Return a repository as the database knows it. Raises `RepositoryNotFoundError`."""
        return await catalog.find(self.parts, name, self._owners)

    async def change(
        self,
        info: RepositoryInfo,
        *,
        name: RepositoryName | None = None,
        slots: Sequence[Slot] | None = None,
    ) -> RepositoryInfo:
        """Rename a repository or replace its key slots."""
        record = await catalog.get(self.parts, info.id, self._owners)
        changed = await catalog.change(
            self.parts, record, expected=info.generation, name=name, slots=slots
        )
        return shown(changed, await catalog.filled(self.parts, changed))

    async def open(self, info: RepositoryInfo, keys: Keys | None) -> DirectCarrier:
        """Return the way to a repository's content."""
        record = await catalog.get(self.parts, info.id, self._owners)
        return DirectCarrier(self.parts, record, record.opened(keys), self.identity)


def shown(record: RepositoryRecord, filled: Filled) -> RepositoryInfo:
    """Return a repository as its users see it."""
    return RepositoryInfo(
        id=record.id,
        name=record.name,
        is_shared=record.owner == SHARED,
        created_at=record.created_at,
        cutting=record.cutting,
        level=record.level,
        key_id=record.key_id,
        slots=record.slots,
        generation=record.generation,
        filled=filled,
    )
