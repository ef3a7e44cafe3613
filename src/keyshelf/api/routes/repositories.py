"""Repositories as a whole: make, list, show and change them."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Response

from keyshelf.access.permissions import Action, require
from keyshelf.api.caller import IfMatch, Precondition
from keyshelf.api.cursors import decode, encode
from keyshelf.api.once import OnceRoute
from keyshelf.api.repository_access import Readable, Reading, User, Writable, Writing
from keyshelf.api.repository_schemas import (
    NewRepositoryIn,
    RepositoryChangeIn,
    RepositoryList,
    RepositoryOut,
)
from keyshelf.api.routes.paging import PageWanted
from keyshelf.drive.failures import ChangedError
from keyshelf.drive.values import Space
from keyshelf.layout.drive import SHARED, OwnerId
from keyshelf.repositories import managing as catalog
from keyshelf.repositories.catalog.values import Filled, RepositoryRecord
from keyshelf.repositories.managing import NewRepository
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.publishing import summaries
from keyshelf.repositories.serving import is_readable
from keyshelf.repositories.values import (
    IllegalRepositoryNameError,
    RepositoryChangedError,
    RepositoryNotFoundError,
    repository_name,
)

router = APIRouter(prefix="/api/repositories", tags=["repositories"], route_class=OnceRoute)

_START = ("", 0)


@router.get("")
async def list_repositories(
    who: Reading,
    paging: PageWanted,
    name: Annotated[str | None, Query(max_length=100)] = None,
) -> RepositoryList:
    """Return my repositories and the shared ones by name; with `name`, those called so."""
    if name is not None:
        return RepositoryList(items=await _named(who, name), next_cursor=None)
    after = decode(paging.cursor, tuple[str, int]) if paging.cursor else _START
    found = await catalog.visible(who.parts, who.owners, after=after, limit=paging.limit + 1)
    page = found[: paging.limit]
    last = page[-1][0] if len(found) > paging.limit else None
    return RepositoryList(
        items=await _shown(who.parts, page),
        next_cursor=encode((last.name, last.number)) if last else None,
    )


@router.post("", status_code=201)
async def create_repository(
    who: Writing, body: NewRepositoryIn, response: Response
) -> RepositoryOut:
    """Make an empty repository.

    The secret of an encrypted one is made and wrapped by the caller; it never comes here.
    """
    encryption = body.encryption
    new = NewRepository(
        name=repository_name(body.name),
        owner=SHARED if body.space is Space.SHARED else who.identity.id,
        key_id=bytes.fromhex(encryption.key_id) if encryption else None,
        slots=[each.slot() for each in encryption.slots] if encryption else (),
        level=body.level,
    )
    record = await catalog.create(who.parts, new)
    response.headers["ETag"] = f'"{record.generation}"'
    response.headers["Location"] = f"/api/repositories/{record.id}"
    (shown,) = await _shown(who.parts, [(record, Filled())])
    return shown


@router.get("/{repository_id}")
async def show_repository(
    at: Readable,
    response: Response,
    slots: Annotated[bool, Query()] = False,
) -> RepositoryOut:
    """Return a repository; with `slots` also what a passphrase or key opens it with."""
    return await _answer(at.parts, at.record, response, with_slots=slots)


@router.patch("/{repository_id}")
async def change_repository(
    at: Writable, body: RepositoryChangeIn, precondition: IfMatch, response: Response
) -> RepositoryOut:
    """Rename a repository, or replace its key slots; its content stays as it is.

    Only an administrator takes away a slot of a repository that all share: without
    slots its content is lost to everybody.
    """
    record = at.record
    slots = [each.slot() for each in body.slots] if body.slots is not None else None
    if slots is not None and record.owner == SHARED and not set(record.slots) <= set(slots):
        require(at.identity, Action.ADMINISTER)
    try:
        changed = await catalog.change(
            at.parts,
            record,
            expected=_expected(record, precondition),
            name=repository_name(body.name) if body.name is not None else None,
            slots=slots,
        )
    except RepositoryChangedError as error:
        if precondition.version is None:
            raise
        raise ChangedError(error.detail) from error
    return await _answer(at.parts, changed, response, with_slots=body.slots is not None)


def _expected(record: RepositoryRecord, precondition: Precondition) -> int:
    return record.generation if precondition.version is None else precondition.version


async def _answer(
    parts: RepositoryParts, record: RepositoryRecord, response: Response, *, with_slots: bool
) -> RepositoryOut:
    response.headers["ETag"] = f'"{record.generation}"'
    filled = await catalog.filled(parts, record)
    (shown,) = await _shown(parts, [(record, filled)], with_slots=with_slots)
    return shown


async def _named(who: User, name: str) -> list[RepositoryOut]:
    found: list[tuple[RepositoryRecord, Filled]] = []
    for owner in who.owners:
        record = await _find(who.parts, name, owner)
        if record is not None:
            found.append((record, await catalog.filled(who.parts, record)))
    return await _shown(who.parts, found)


async def _find(parts: RepositoryParts, name: str, owner: OwnerId) -> RepositoryRecord | None:
    try:
        return await catalog.find(parts, repository_name(name), [owner])
    except (RepositoryNotFoundError, IllegalRepositoryNameError):
        return None


async def _shown(
    parts: RepositoryParts,
    found: Sequence[tuple[RepositoryRecord, Filled]],
    *,
    with_slots: bool = False,
) -> list[RepositoryOut]:
    refs = await summaries(parts, [record for record, _ in found])
    return [
        RepositoryOut.of(
            record,
            filled,
            refs[record.number],
            is_readable=is_readable(parts, record),
            moves_chunks=parts.store.capabilities.is_local,
            with_slots=with_slots,
        )
        for record, filled in found
    ]
