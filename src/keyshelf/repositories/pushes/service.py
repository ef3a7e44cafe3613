"""Opening and ending pushes for somebody who is elsewhere."""

from secrets import token_bytes
from uuid import UUID

from keyshelf.repositories.catalog.values import RepositoryNumber
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.pushes import queries
from keyshelf.repositories.pushes.values import NONCE_BYTES, OpenPush
from keyshelf.repositories.values import PushExpiredError


async def begin(parts: RepositoryParts, number: RepositoryNumber, identity: str) -> OpenPush:
    """Open a push of an identity: what it is told to be there stays until it is over."""
    now = parts.clock()
    push = OpenPush(parts.new_id(), token_bytes(NONCE_BYTES), now + parts.options.push_life)
    async with parts.database.transaction() as tx:
        await queries.begin(tx, number, push, identity=identity, now=now)
    return push


async def require_open(
    parts: RepositoryParts, number: RepositoryNumber, push: UUID, identity: str
) -> OpenPush:
    """Return an identity's push. Raises `PushExpiredError` unless it is open."""
    async with parts.database.read() as tx:
        found = await queries.find(tx, number, push, identity=identity, now=parts.clock())
    if found is None:
        raise PushExpiredError("this push is over: it was silent for too long; commit again")
    return found


async def end(parts: RepositoryParts, number: RepositoryNumber, push: UUID, identity: str) -> None:
    """End an identity's push; one that is over is success."""
    async with parts.database.transaction() as tx:
        if await queries.find(tx, number, push, identity=identity, now=parts.clock()):
            await queries.end(tx, push)
