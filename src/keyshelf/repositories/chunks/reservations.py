"""Reserving objects before they are written, and letting a push live on meanwhile."""

from collections.abc import Sequence
from uuid import UUID

from keyshelf.layout.keys import ObjectKey
from keyshelf.repositories.catalog.values import RepositoryNumber
from keyshelf.repositories.deleting import queries as notes
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.pushes import queries
from keyshelf.repositories.values import PushExpiredError


async def reserve(
    parts: RepositoryParts, number: RepositoryNumber, push: UUID, keys: Sequence[ObjectKey]
) -> UUID:
    """Note that a push is about to write objects, which nobody then deletes.

    Returns what the reservation is called. A crash leaves it, and the collector looks at
    what it names when the push is over. Raises `PushExpiredError`.
    """
    reservation, now = parts.new_id(), parts.clock()
    async with parts.database.transaction() as tx:
        until = now + parts.options.push_life
        if not await queries.extend(tx, number, push, now=now, until=until):
            raise PushExpiredError("this push is over: it was silent for too long; commit again")
        await queries.reserve(tx, number, reservation=reservation, push=push, keys=keys, now=now)
    # Not before everybody sees the reservation: a deleter that looked before it was
    # committed may hold notes made since, and is waited for here.
    async with parts.database.transaction() as tx:
        await notes.withdraw(tx, keys)
    return reservation
