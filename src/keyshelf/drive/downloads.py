"""Signed URLs of the bytes of single files."""

from uuid import UUID

from keyshelf.delivery.disposition import content_disposition
from keyshelf.delivery.inline import safe_inline_type
from keyshelf.drive.failures import NotAFileError, UploadOpenError
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.tree import places
from keyshelf.drive.values import FileState, Viewer
from keyshelf.store.base import PresignOptions, SignedRequest


async def sign_download(
    parts: DriveParts, viewer: Viewer, file_id: UUID, *, inline: bool
) -> SignedRequest:
    """Return a request for a file's bytes under its own name, good until it expires.

    `inline` is a wish: a type that could act in the reader's browser is an
    attachment all the same. Raises `NotAFileError` for a folder.
    """
    async with parts.database.read() as tx:
        file = await places.live(tx, file_id, viewer)
    if file.is_folder:
        raise NotAFileError(f"{file.filename!r} is a folder: ask for its archive", id=str(file_id))
    if file.state is FileState.PENDING:
        raise UploadOpenError(f"{file.filename!r} is still being uploaded", id=str(file_id))
    shown_type = safe_inline_type(file.mimetype) if inline else None
    options = PresignOptions(
        expires_in=parts.options.url_expiry,
        content_type=shown_type or file.mimetype,
        content_disposition=content_disposition(file.filename, inline=shown_type is not None),
    )
    return await parts.store.presign("GET", file.key, options)
