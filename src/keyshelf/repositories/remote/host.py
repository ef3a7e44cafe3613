"""The repositories of a service elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from keyshelf.client import repository_values as values
from keyshelf.client.asynchronous import AsyncClient
from keyshelf.client.retrying import RetryOptions
from keyshelf.layout.repository import RepositoryId
from keyshelf.repositories.catalog.values import Filled
from keyshelf.repositories.chunking import Cutting
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.formats.slots import Argon2, Slot
from keyshelf.repositories.host import NewEncryption, RepositoryInfo
from keyshelf.repositories.remote.batches import BatchMover
from keyshelf.repositories.remote.carrier import RemoteCarrier
from keyshelf.repositories.remote.failures import translated
from keyshelf.repositories.remote.objects import ObjectMover
from keyshelf.repositories.values import (
    RepositoryName,
    RepositoryNotFoundError,
    repository_name,
)


@dataclass(frozen=True, slots=True)
class RemoteHost:
    """Sees and changes repositories as the holder of a client's token does."""

    client: AsyncClient
    retry: RetryOptions = field(default_factory=RetryOptions)
    """How patient transfers with the store are."""

    async def create(
        self, name: RepositoryName, *, is_shared: bool, encryption: NewEncryption | None
    ) -> RepositoryInfo:
        """Make an empty repository."""
        with translated():
            made = await self.client.repositories.create(
                name,
                space="shared" if is_shared else "my-files",
                key_id=encryption.key_id.hex() if encryption else None,
                slots=[_told(each) for each in encryption.slots] if encryption else (),
            )
        return await self._with_slots(made.id)

    async def all(self) -> Sequence[RepositoryInfo]:
        """Return every repository that the token's holder sees."""
        with translated():
            return [_shown(each) async for each in self.client.repositories.all()]

    async def find(self, name: str) -> RepositoryInfo:
        """Return a repository by its name or id."""
        with translated():
            found = await self.client.repositories.named(name)
        if found:
            return await self._with_slots(found[0].id)
        try:
            return await self._with_slots(UUID(name))
        except ValueError:
            raise RepositoryNotFoundError(f"there is no repository called {name}") from None

    async def change(
        self,
        info: RepositoryInfo,
        *,
        name: RepositoryName | None = None,
        slots: Sequence[Slot] | None = None,
    ) -> RepositoryInfo:
        """Rename a repository or replace its key slots."""
        with translated():
            changed = await self.client.repositories.change(
                info.id,
                generation=info.generation,
                name=name,
                slots=[_told(each) for each in slots] if slots is not None else None,
            )
        return await self._with_slots(changed.id)

    async def open(self, info: RepositoryInfo, keys: Keys | None) -> RemoteCarrier:
        """Return the way to a repository's content."""
        routes, repository = self.client.repositories, info.opened(keys)
        mover = (
            BatchMover(routes, info.id)
            if info.moves_chunks
            else ObjectMover(self.client, repository, self.retry)
        )
        return RemoteCarrier(routes, repository, mover)

    async def _with_slots(self, repository: UUID) -> RepositoryInfo:
        with translated():
            return _shown(await self.client.repositories.show(repository, slots=True))


def _shown(found: values.Repository) -> RepositoryInfo:
    """Return a repository as its users see it; key slots only where they were asked for."""
    cutting = found.cutting
    return RepositoryInfo(
        id=RepositoryId(found.id),
        name=repository_name(found.name),
        is_shared=found.space == "shared",
        created_at=found.created_at,
        cutting=Cutting(cutting.min, cutting.average, cutting.max),
        level=found.level,
        key_id=bytes.fromhex(found.key_id) if found.key_id else None,
        slots=[_slot(each) for each in found.slots or ()],
        generation=found.generation,
        filled=Filled(
            commits=found.commits,
            logical_bytes=found.logical_bytes,
            chunks=found.chunks,
            chunk_bytes=found.chunk_bytes,
            stored_bytes=found.stored_bytes,
            changed_at=found.changed_at,
        ),
        moves_chunks=found.moves_chunks,
    )


def _slot(told: values.KeySlot) -> Slot:
    """Return a key slot. Raises `IllegalSlotError`, also for one that would take for ever."""
    argon2 = told.argon2
    return Slot(
        id=told.id,
        kind="passphrase" if told.kind == "passphrase" else "key",
        label=told.label,
        salt=told.salt,
        wrapped=told.wrapped,
        argon2=Argon2(argon2.memory_kib, argon2.passes, argon2.lanes) if argon2 else None,
    )


def _told(slot: Slot) -> values.KeySlot:
    argon2 = slot.argon2
    told = argon2 and values.Argon2(argon2.memory_kib, argon2.passes, argon2.lanes)
    return values.KeySlot(slot.id, slot.kind, slot.label, slot.salt, slot.wrapped, told)
