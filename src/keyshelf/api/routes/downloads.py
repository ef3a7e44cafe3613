"""Downloads: signed URLs of the bytes of files."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse

from keyshelf.api.caller import Reader, Service
from keyshelf.api.schemas import UrlAnswer
from keyshelf.drive import downloads

router = APIRouter(prefix="/api", tags=["downloads"])


@router.get("/files/{file_id}/download", response_model=UrlAnswer, responses={302: {}})
async def download_file(
    service: Service,
    viewer: Reader,
    file_id: UUID,
    response: Response,
    inline: Annotated[bool, Query()] = False,
    redirect: Annotated[bool, Query()] = False,
) -> UrlAnswer | RedirectResponse:
    """Return a signed URL of the file's bytes, or with `redirect` go there.

    With `inline` a browser shows what is safe to show; all else is an attachment.
    """
    signed = await downloads.sign_download(service.drive, viewer, file_id, inline=inline)
    if redirect:
        return RedirectResponse(signed.url, 302, headers={"Cache-Control": "no-store"})
    response.headers["Cache-Control"] = "no-store"
    return UrlAnswer(url=signed.url, expires_at=signed.expires_at)
