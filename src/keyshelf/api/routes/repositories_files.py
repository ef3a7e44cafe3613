"""Bytes of files at any commit, and folders as streamed ZIP files."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from keyshelf.api.bytes import ANY_BYTES, begun
from keyshelf.api.repository_access import Readable
from keyshelf.api.routes.repositories_history import PathWanted, root_at
from keyshelf.delivery.answers import plan
from keyshelf.delivery.archives import archive
from keyshelf.delivery.disposition import content_disposition
from keyshelf.delivery.headers import Representation
from keyshelf.drive.mimetypes import UNKNOWN_MIMETYPE, mimetype_of
from keyshelf.repositories.history.content import content
from keyshelf.repositories.history.folders import find_file, find_folder
from keyshelf.repositories.history.members import members
from keyshelf.repositories.paths import components, path_bytes, path_text

router = APIRouter(prefix="/api/repositories/{repository_id}", tags=["repositories"])

_EMPTY = "empty"


@router.get("/file/{ref:path}", response_class=Response, responses=ANY_BYTES)
@router.head("/file/{ref:path}", response_class=Response, responses=ANY_BYTES)
async def download_file(
    at: Readable,
    ref: str,
    request: Request,
    path: PathWanted,
    download: Annotated[bool, Query()] = False,
) -> Response:
    """Return the bytes of a file at a commit, verified: all, or a range of them.

    A browser shows what is safe to show, unless `download` asks to save it.
    """
    reader = at.reader()
    _, root = await root_at(reader, ref)
    way = b"/".join(components(path_bytes(path)))
    entry = await find_file(reader, root, way)
    name = path_text(entry.name)
    shown = Representation(
        size=entry.size,
        content_type=mimetype_of(name) or UNKNOWN_MIMETYPE,
        etag=entry.hash.hex() or _EMPTY,
    )
    answer = plan(request.method, request.headers, shown, filename=name, inline=not download)
    if not answer.has_body or not entry.size:
        return Response(status_code=answer.status, headers=dict(answer.headers))
    wanted = answer.byte_range
    pieces = content(
        reader,
        entry,
        start=wanted.start if wanted else 0,
        end=wanted.end if wanted else None,
        path=way,
    )
    return StreamingResponse(await begun(pieces), answer.status, dict(answer.headers))


@router.get("/archive/{ref:path}", response_class=StreamingResponse)
async def download_folder(at: Readable, ref: str, path: PathWanted = "") -> StreamingResponse:
    """Stream a folder of a commit with all below it as a ZIP archive."""
    reader = at.reader()
    commit, root = await root_at(reader, ref)
    way = b"/".join(components(path_bytes(path)))
    folder = await find_folder(reader, root, way)
    top = way.rpartition(b"/")[2] or f"{at.record.name}-{commit[:12]}".encode()
    return StreamingResponse(
        await begun(archive(members(reader, folder, top=top))),
        media_type="application/zip",
        headers={
            "Content-Disposition": content_disposition(f"{path_text(top)}.zip", inline=False),
            "X-Content-Type-Options": "nosniff",
        },
    )
