"""Chunks: which are missing, where they go, and where they are fetched."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from keyshelf.api.bytes import FRAME, FRAME_BODY, OCTETS, begun
from keyshelf.api.cursors import decode, encode
from keyshelf.api.repository_access import Readable, Writable
from keyshelf.api.repository_chunk_schemas import (
    ChunkIdsIn,
    ConfirmAnswer,
    ConfirmIn,
    DeletedAnswer,
    DeletedOut,
    DownloadsAnswer,
    MissingAnswer,
    MissingIn,
    SignedOut,
    StoredChunkList,
    StoredChunkOut,
    UploadsAnswer,
    UploadsIn,
)
from keyshelf.api.room import RoomForBody
from keyshelf.api.routes.paging import PageWanted
from keyshelf.layout.repository import ChunkId, chunk_id
from keyshelf.repositories.chunks.confirming import confirm
from keyshelf.repositories.chunks.listing import stored_chunks
from keyshelf.repositories.chunks.passing import contents, receive
from keyshelf.repositories.chunks.records import read_sent
from keyshelf.repositories.chunks.transfers import missing, sign_downloads, sign_uploads
from keyshelf.repositories.gc import service as collector
from keyshelf.repositories.serving import keys_at_hand, readable_with

router = APIRouter(prefix="/api/repositories/{repository_id}/chunks", tags=["repositories"])


@router.get("")
async def list_chunks(
    at: Readable,
    paging: PageWanted,
    prefix: Annotated[str, Query(pattern=r"^[0-9a-f]{0,64}$")] = "",
) -> StoredChunkList:
    """Return what the store holds of this repository's chunks whose ids begin so."""
    after = chunk_id(decode(paging.cursor, str)) if paging.cursor else None
    page = await stored_chunks(
        at.parts, at.record, beginning=prefix, after=after, limit=paging.limit
    )
    items = [StoredChunkOut.of(each) for each in page.chunks]
    return StoredChunkList(items=items, next_cursor=encode(page.next) if page.next else None)


@router.post("/missing")
async def find_missing(at: Readable, body: MissingIn) -> MissingAnswer:
    """Return which of up to 10,000 chunks are not in the repository."""
    if body.push is not None:
        await at.push(body.push)
    ids = [ChunkId(each) for each in body.ids]
    return MissingAnswer(missing=list(await missing(at.parts, at.record, ids)))


@router.post("/uploads")
async def sign_chunk_uploads(at: Writable, body: UploadsIn) -> UploadsAnswer:
    """Return the requests that send chunks to the store, of those that are not there.

    Each is good for exactly the announced bytes, and never replaces an object. A request
    that finds one is answered 412, by Azure 409: then too the chunk is to be confirmed.
    """
    push = await at.push(body.push)
    chunks = [each.announced() for each in body.chunks]
    signed = await sign_uploads(at.parts, at.record, push, chunks)
    return UploadsAnswer(reservation=signed.reservation, uploads=SignedOut.all(signed.uploads))


@router.post("/confirm")
async def confirm_chunks(at: Writable, body: ConfirmIn) -> ConfirmAnswer:
    """Take chunks that were sent into the repository, all or none; twice is once.

    `proof` shows that the caller has the bytes of a chunk, whose id alone tells nothing:
    BLAKE3 of the content, keyed with the push's nonce; in an encrypted repository of the
    frame. 422 `chunk-not-as-named` lists in `ids` those whose objects hold something else:
    send these through the service, and confirm the others again.
    """
    push = await at.push(body.push)
    claims = [each.claimed() for each in body.chunks]
    keys = keys_at_hand(at.parts, at.record)
    await confirm(at.parts, at.record, push, body.reservation, claims, keys=keys)
    return ConfirmAnswer(confirmed=len(claims))


@router.post("/downloads")
async def sign_chunk_downloads(at: Readable, body: ChunkIdsIn) -> DownloadsAnswer:
    """Return the requests that fetch chunks; 404 `chunk-missing` names one that is not here."""
    ids = [ChunkId(each) for each in body.ids]
    return DownloadsAnswer(downloads=SignedOut.all(await sign_downloads(at.parts, at.record, ids)))


@router.post("/content", response_class=StreamingResponse, responses=FRAME)
async def give_chunks(at: Readable, body: ChunkIdsIn) -> StreamingResponse:
    """Return up to 1,000 chunks through the service, in the order in which they are asked for.

    Each is the length of its bytes (4 bytes, little-endian) and these as they are stored; the
    length 4294967295 alone says that its object is gone. 404 `chunk-missing` names one that
    is not in the repository.
    """
    pieces = contents(at.parts, at.record, [ChunkId(each) for each in body.ids])
    return StreamingResponse(await begun(pieces), media_type=OCTETS)


@router.put("/content", status_code=204, openapi_extra=FRAME_BODY)
async def send_chunks(
    at: Writable, push: Annotated[UUID, Query()], request: Request, _room: RoomForBody
) -> None:
    """Take up to 1,000 chunks through the service into the repository, all or none.

    The body, of at most 16 MiB, has for each the 32 bytes of its id, the length of its bytes
    (4 bytes, little-endian), and these as they are stored. They are verified before they are
    stored: 422 `chunk-not-as-named` lists wrong ones in `ids`. Again after a lost answer is
    safe. With a store of the service's own (`moves_chunks`) this is the quickest way. Only so
    many bytes are taken at a time: others wait, and after a while are told 503 `too-busy`.
    """
    opened, keys = await at.push(push), keys_at_hand(at.parts, at.record)
    sent = await read_sent(request.stream())
    await receive(at.parts, at.record, opened, sent, keys=keys)


@router.post("/delete")
async def delete_chunks(at: Writable, body: ChunkIdsIn) -> DeletedAnswer:
    """Delete those of some chunks that nothing leads to, and say what became of each.

    As the collector does, without waiting: one that a push may rely on is in use.
    """
    ids = [ChunkId(each) for each in body.ids]
    keys = readable_with(at.parts, at.record)
    results = await collector.delete_chunks(at.parts, at.record, keys, ids)
    return DeletedAnswer(results=[DeletedOut(id=each, result=results[each]) for each in ids])


@router.put("/{chunk}", status_code=204, openapi_extra=FRAME_BODY)
async def send_chunk(
    at: Writable, chunk: str, push: Annotated[UUID, Query()], request: Request, _room: RoomForBody
) -> None:
    """Take a chunk, as it is stored, through the service into the repository.

    It puts right what somebody has put in the chunk's place.
    """
    opened, keys = await at.push(push), keys_at_hand(at.parts, at.record)
    sent = {chunk_id(chunk): await request.body()}
    await receive(at.parts, at.record, opened, sent, keys=keys)
