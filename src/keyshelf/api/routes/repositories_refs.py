"""Branches, tags, and which commits there are."""

from typing import Annotated

from fastapi import APIRouter, Query

from keyshelf.api.repository_access import Readable, Writable
from keyshelf.api.repository_schemas import CommitHashes, Hash, MoveRefIn, RefList, RefOut
from keyshelf.layout.repository import CommitHash
from keyshelf.repositories.values import RefKind, RefName, RefNotFoundError

router = APIRouter(prefix="/api/repositories/{repository_id}", tags=["repositories"])


@router.get("/refs")
async def list_refs(at: Readable) -> RefList:
    """Return all branches and tags."""
    return RefList.of(await at.carrier().refs())


@router.get("/refs/{kind}/{name:path}")
async def show_ref(at: Readable, kind: RefKind, name: str) -> RefOut:
    """Return where a branch or tag is."""
    wanted = RefName(kind, name)
    for ref in await at.carrier().refs():
        if ref.name == wanted:
            return RefOut.of(ref)
    raise RefNotFoundError(f"there is no {kind} {name!r}")


@router.put("/refs/{kind}/{name:path}", status_code=204)
async def move_ref(at: Writable, kind: RefKind, name: str, body: MoveRefIn) -> None:
    """Move a ref from the commit where it was, or make it; 409 `ref-moved` names both."""
    expected = CommitHash(body.expected) if body.expected else None
    await at.carrier().move_ref(RefName(kind, name), expected=expected, to=CommitHash(body.commit))


@router.delete("/refs/{kind}/{name:path}", status_code=204)
async def delete_ref(
    at: Writable, kind: RefKind, name: str, expected: Annotated[Hash, Query()]
) -> None:
    """Remove a ref that is where it was; one that is not there is success."""
    await at.carrier().delete_ref(RefName(kind, name), expected=CommitHash(expected))


@router.get("/hashes")
async def list_hashes(
    at: Readable, beginning: Annotated[str, Query(pattern=r"^[0-9a-f]{4,64}$")]
) -> CommitHashes:
    """Return up to ten commits whose hashes begin so."""
    return CommitHashes(items=list(await at.carrier().commits_like(beginning)))
