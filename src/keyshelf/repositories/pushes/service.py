"""Opening and ending pushes for somebody who is elsewhere."""

from secrets import token_bytes
from uuid import UUID

from keyshelf.errors import LimitError
from keyshelf.repositories.catalog.values import RepositoryNumber
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.pushes import queries
from keyshelf.repositories.pushes.values import NONCE_BYTES, OpenPush
from keyshelf.repositories.values import PushExpiredError


class TooManyPushesError(LimitError):
    """One identity has too many pushes open: close some, or wait until they are over."""

    code = "too-many-pushes"


async def begin(parts: RepositoryParts, number: RepositoryNumber, identity: str) -> OpenPush:
    """Open a push of an identity: what it is told to be there stays until it is over.

    Raises `TooManyPushesError`. Pushes that begin at the same moment may come to a few more
    than there may be.
    """
    options, now = parts.options, parts.clock()
    push = OpenPush(parts.new_id(), token_bytes(NONCE_BYTES), now + options.push_life)
    async with parts.database.transaction() as tx:
        if await queries.count_open(tx, identity=identity, now=now) >= options.most_pushes:
            hours = options.push_life.total_seconds() / 3600
            raise TooManyPushesError(
                f"{options.most_pushes} pushes of yours are open: let them end, or close those"
                f" that nobody needs; after {hours:g} silent hours they are over by themselves"
            )
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
