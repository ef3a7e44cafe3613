"""Making, finding and opening repositories."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from keyshelf.errors import InvalidInputError
from keyshelf.layout.drive import OwnerId
from keyshelf.layout.repository import RepositoryId
from keyshelf.repositories.catalog import queries
from keyshelf.repositories.catalog.values import Filled, RepositoryNumber, RepositoryRecord
from keyshelf.repositories.chunking import Cutting
from keyshelf.repositories.formats.frame import DEFAULT_LEVEL
from keyshelf.repositories.formats.slots import Slot, require_bearable
from keyshelf.repositories.mirroring import changing, mirror
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.values import (
    NoKeySlotError,
    RepositoryChangedError,
    RepositoryExistsError,
    RepositoryName,
    RepositoryNotFoundError,
    TooManyKeySlotsError,
)

MOST_SLOTS = 32


@dataclass(frozen=True, slots=True)
class NewRepository:
    """What somebody wants a repository to be."""

    name: RepositoryName
    owner: OwnerId
    key_id: bytes | None = None
    """Of its secret, when encrypted."""
    slots: Sequence[Slot] = ()
    level: int = DEFAULT_LEVEL

    def __post_init__(self) -> None:
        if self.key_id is not None and not self.slots:
            raise NoKeySlotError("an encrypted repository needs a passphrase or a key")
        if self.key_id is None and self.slots:
            raise InvalidInputError("a repository that is not encrypted has no key slots")
        _require_bearable(self.slots)


async def create(parts: RepositoryParts, new: NewRepository) -> RepositoryRecord:
    """Make an empty repository. Raises `RepositoryExistsError`."""
    record = RepositoryRecord(
        number=RepositoryNumber(0),
        id=RepositoryId(parts.new_id()),
        owner=new.owner,
        name=new.name,
        created_at=parts.clock(),
        cutting=Cutting(),
        level=new.level,
        key_id=new.key_id,
        slots=tuple(new.slots),
        generation=1,
    )
    async with parts.database.transaction() as tx:
        if await queries.insert(tx, record) is None:
            raise RepositoryExistsError(f"there is a repository called {new.name} already")
        tx.on_commit(lambda: mirror(parts, record.id))
    return await get(parts, record.id, [new.owner])


async def get(
    parts: RepositoryParts, repository: UUID, owners: Sequence[OwnerId]
) -> RepositoryRecord:
    """Return a repository of some owners. Raises `RepositoryNotFoundError`."""
    async with parts.database.read() as tx:
        found = await queries.by_id(tx, repository)
    if found is None or found.owner not in owners:
        raise RepositoryNotFoundError("there is no such repository")
    return found


async def find(parts: RepositoryParts, name: str, owners: Sequence[OwnerId]) -> RepositoryRecord:
    """Return a repository by its name or id; of two owners' the first's.

    Raises `RepositoryNotFoundError`.
    """
    async with parts.database.read() as tx:
        found = await queries.by_name(tx, name, owners)
    if found:
        return found[0]
    try:
        return await get(parts, UUID(name), owners)
    except ValueError:
        raise RepositoryNotFoundError(f"there is no repository called {name}") from None


async def visible(
    parts: RepositoryParts, owners: Sequence[OwnerId], *, after: tuple[str, int], limit: int
) -> Sequence[tuple[RepositoryRecord, Filled]]:
    """Return some repositories with what they hold, by name after a place."""
    async with parts.database.read() as tx:
        return await queries.visible(tx, owners, after=after, limit=limit)


async def everybodys(
    parts: RepositoryParts, *, after: tuple[str, int], limit: int
) -> Sequence[tuple[RepositoryRecord, Filled]]:
    """Return some repositories, whoever's they are, with what they hold, by name after a place."""
    async with parts.database.read() as tx:
        return await queries.everybodys(tx, after=after, limit=limit)


async def get_anybodys(parts: RepositoryParts, repository: UUID) -> RepositoryRecord:
    """Return a repository, whoever's it is. Raises `RepositoryNotFoundError`."""
    async with parts.database.read() as tx:
        found = await queries.by_id(tx, repository)
    if found is None:
        raise RepositoryNotFoundError("there is no such repository")
    return found


async def filled(parts: RepositoryParts, record: RepositoryRecord) -> Filled:
    """Return what a repository holds."""
    async with parts.database.read() as tx:
        return await queries.filled(tx, record.number)


async def change(
    parts: RepositoryParts,
    record: RepositoryRecord,
    *,
    expected: int,
    name: RepositoryName | None = None,
    slots: Sequence[Slot] | None = None,
) -> RepositoryRecord:
    """Rename a repository or replace its key slots, if its generation is as expected.

    Content and secret stay as they are. Raises `RepositoryChangedError`,
    `RepositoryExistsError`, `DatabaseBehindError`, and for slots `NoKeySlotError`,
    `TooManyKeySlotsError` and `IllegalSlotError`.
    """
    name = name or record.name
    slots = record.slots if slots is None else slots
    if record.is_encrypted and not slots:
        raise NoKeySlotError("the last key slot stays: without it nobody could read anything")
    _require_bearable(slots)
    async with changing(parts, record) as tx:
        taken = await queries.by_name(tx, name, [record.owner])
        if any(each.id != record.id for each in taken):
            raise RepositoryExistsError(f"there is a repository called {name} already")
        if not await queries.update(tx, record.number, name=name, slots=slots, after=expected):
            raise RepositoryChangedError("the repository was changed meanwhile: look again")
    return await get(parts, record.id, [record.owner])


def _require_bearable(slots: Sequence[Slot]) -> None:
    if len(slots) > MOST_SLOTS:
        raise TooManyKeySlotsError(f"a repository has at most {MOST_SLOTS} key slots")
    require_bearable(slots)
