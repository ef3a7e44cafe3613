"""Pushes: what is told to be there stays until they are over; and the commits that they make."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from keyshelf.api.bytes import FRAME, FRAME_BODY, OCTETS
from keyshelf.api.once import OnceRoute
from keyshelf.api.repository_access import Readable, Writable
from keyshelf.api.repository_chunk_schemas import ManifestAnswer, PushOut
from keyshelf.api.repository_schemas import Hash
from keyshelf.errors import InvalidInputError, NotFoundError
from keyshelf.layout.repository import CommitHash, commit_hash
from keyshelf.repositories.formats.manifest import MAX_PARENTS
from keyshelf.repositories.pushes import service as pushes
from keyshelf.repositories.receiving import SentManifest, ToldCommit, receive
from keyshelf.repositories.serving import keys_at_hand
from keyshelf.repositories.values import RefKind, RefName

router = APIRouter(
    prefix="/api/repositories/{repository_id}", tags=["repositories"], route_class=OnceRoute
)

_Number = Annotated[int | None, Query(ge=0, le=2**63 - 1)]


class NoFilterError(NotFoundError):
    """A repository has no Bloom filter yet; it only spares questions."""

    code = "no-chunk-filter"


@router.post("/pushes", status_code=201)
async def open_push(at: Writable) -> PushOut:
    """Open a push; it is over when it is closed, or silent for a day.

    One identity may have 1,000 open: past that the answer is 429 `too-many-pushes`.
    """
    return PushOut.of(await pushes.begin(at.parts, at.record.number, at.identity.id))


@router.delete("/pushes/{push_id}", status_code=204)
async def close_push(at: Writable, push_id: UUID) -> None:
    """Close a push, published or not."""
    await pushes.end(at.parts, at.record.number, push_id, at.identity.id)


@router.get("/manifests/{commit}", response_class=Response, responses=FRAME)
async def show_manifest(at: Readable, commit: str) -> Response:
    """Return the manifest of a commit as it is stored."""
    return Response(await at.carrier().get_manifest(commit_hash(commit)), media_type=OCTETS)


@router.put("/manifests/{commit}", openapi_extra=FRAME_BODY)
async def publish_manifest(
    at: Writable,
    commit: str,
    request: Request,
    push: Annotated[UUID, Query()],
    branch: Annotated[str, Query(max_length=200)],
    expected: Annotated[Hash | None, Query()] = None,
    root: Annotated[Hash | None, Query()] = None,
    parents: Annotated[str | None, Query(max_length=65 * MAX_PARENTS)] = None,
    generation: _Number = None,
    files: _Number = None,
    bytes: _Number = None,  # noqa: A002 -- the parameter's name in the interface
) -> ManifestAnswer:
    """Store the manifest of a commit, and move a branch to it from `expected`.

    The body is the manifest as it is stored. Without `expected` the branch is made. Where
    this service cannot read the repository, `root`, `parents` (with commas), `generation`,
    `files` and `bytes` tell what it must know. 409 `ref-moved` names both commits. Otherwise
    all that the commit leads to must be there: 404 `chunk-missing` and 422 `broken-commit`
    name in `chunk` what is not, or is no folder or list.
    """
    told = None
    if root and generation is not None and files is not None and bytes is not None:
        told = ToldCommit(_root(root), _parents(parents), generation, files, bytes)
    sent = SentManifest(commit_hash(commit), await request.body(), told)
    await receive(
        at.parts,
        at.record,
        await at.push(push),
        sent,
        keys_at_hand(at.parts, at.record),
        branch=RefName(RefKind.BRANCH, branch),
        expected=CommitHash(expected) if expected else None,
        identity=at.identity.id,
    )
    return ManifestAnswer(commit=sent.commit)


@router.get("/filter", response_class=Response, responses=FRAME)
async def show_filter(at: Readable) -> Response:
    """Return the Bloom filter of the chunks: it spares questions about new ones, no more."""
    found = await at.carrier().chunk_filter()
    if found is None:
        raise NoFilterError("there is no filter of this repository's chunks yet")
    return Response(found, media_type=OCTETS)


def _root(text: str) -> bytes:
    return bytes.fromhex(text)


def _parents(text: str | None) -> tuple[CommitHash, ...]:
    parents = tuple(commit_hash(each) for each in text.split(",")) if text else ()
    if len(set(parents)) != len(parents) or len(parents) > MAX_PARENTS:
        raise InvalidInputError(f"a commit has up to {MAX_PARENTS} different parents")
    return parents
