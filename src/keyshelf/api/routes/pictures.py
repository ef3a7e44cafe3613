"""Pictures, originals and thumbnails under signed addresses, and making such addresses.

No cookie and no token is looked at where bytes are served: the signature says all, and it is
looked at before anything else.
"""

from dataclasses import replace
from datetime import timedelta

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, Field

from keyshelf.access.permissions import Action, require
from keyshelf.api.bytes import ANY_BYTES
from keyshelf.api.caller import Caller, Service
from keyshelf.api.media_links import signer
from keyshelf.api.objects import ANY_PAGE, Shown, answer_with_object, preflight
from keyshelf.api.pictures import CHANGING, Term, answer_with_picture
from keyshelf.api.schemas import Answer
from keyshelf.api.schemas import Request as Body
from keyshelf.api.warm_pictures import PICTURE_PATH, WarmAddresses
from keyshelf.clock import system_clock
from keyshelf.delivery.headers import Caching
from keyshelf.drive.mimetypes import mimetype_of
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import CACHE, IMAGES, VIDEOS
from keyshelf.media.images.formats import ImageFormat, output_format
from keyshelf.media.images.grammar import parse_options
from keyshelf.media.images.presets import expand
from keyshelf.media.pictures.addresses import picture_address, read_signed
from keyshelf.store.base import ObjectStore
from keyshelf.store.errors import ObjectNotFoundError
from keyshelf.workflows.media_access import require_source_readable

router = APIRouter(tags=["pictures"])

_AUTO = "auto"
_SECONDS = int(timedelta(days=7).total_seconds())
_MOST_SECONDS = int(timedelta(days=3660).total_seconds())
_PICTURE_FOLDERS = (IMAGES, VIDEOS, CACHE)
_PICTURE_TYPES = {each.value: each.mimetype for each in ImageFormat}


class NewUrl(Body):
    """What an address is wanted of: a picture, or the original without options and format."""

    source: str = Field(min_length=1, max_length=1024)
    options: str = Field("", max_length=512)
    format: str | None = Field(None, max_length=8)
    expires_in: int | None = Field(_SECONDS, ge=1, le=_MOST_SECONDS)
    """Seconds; null for an address without an end."""
    pinned: bool = False


class UrlOut(Answer):
    """A signed address, and when it ends; without an end it holds as long as its key."""

    url: str
    expires_at: AwareDatetime | None


@router.post("/api/media/urls", status_code=201)
async def make_url(service: Service, caller: Caller, wanted: NewUrl) -> UrlOut:
    """Return an address of a source, or of a picture made of it, for whoever gets it.

    `source` is a key that the caller may read. A pinned address of a picture names the
    source's version: browsers keep the picture for ever, until the source has another one.
    It ends after a week, or `expires_in` seconds; never when that is null, for which the
    scope drive:write is needed, because it outlives every token.
    """
    source = ObjectKey(wanted.source)
    require_source_readable(caller, source)
    if wanted.expires_in is None:
        require(caller, Action.WRITE, caller.id)
    options = parse_options(wanted.options)
    expand(options, service.pictures.parts.options.presets)
    if wanted.pinned:
        version = await service.pictures.versions.look(source)
        options = replace(options, version=version.pin)
    expires_at = None
    if wanted.expires_in is not None:
        lifetime = timedelta(seconds=wanted.expires_in)
        expires_at = (system_clock() + lifetime).replace(microsecond=0)
    signs = signer(service)
    if not (wanted.options or wanted.format or wanted.pinned):
        url = signs.original_url(source, expires_at=expires_at)
    else:
        chosen = output_format(wanted.format or _AUTO)
        extension = _AUTO if chosen is None else chosen.value
        url = signs.picture_url(source, options, extension, expires_at=expires_at)
    return UrlOut(url=url, expires_at=expires_at)


@router.options("/img/{path:path}", include_in_schema=False)
@router.options("/original/{path:path}", include_in_schema=False)
@router.options("/thumb/{path:path}", include_in_schema=False)
async def preflight_bytes(path: str) -> Response:
    """Tell a browser that any page may show pictures."""
    del path
    return preflight("GET, HEAD")


@router.get(PICTURE_PATH, response_class=Response, responses=ANY_BYTES)
@router.head(PICTURE_PATH, response_class=Response, responses=ANY_BYTES)
async def picture(service: Service, signature: str, address: str, request: Request) -> Response:
    """Return a picture made of a source: `{options}/{source}.{format}`.

    `format` is webp, avif, jpg, png, gif, or auto for what the reader takes.
    """
    del signature, address  # read from the path as it was sent
    now, raw_path = system_clock(), _raw_path(request)
    signed = read_signed(raw_path, "img", service.playback.url_keys, now=now)
    asked, accept = picture_address(signed.text), request.headers.get("accept")
    found = await service.pictures.find(asked, accept=accept)
    term = Term(found.is_pinned, signed.expires_at)
    name = asked.source.rpartition("/")[2].rpartition(".")
    filename = f"{name[0] or name[2]}.{found.picture.format.value}"
    response = answer_with_picture(request, found, term, filename=filename, now=now)
    if request.method == "GET" and response.status_code == 200:
        warm: WarmAddresses = request.app.state.warm_pictures
        warm.note(raw_path, accept, found, term, response.headers)
    return response


@router.get("/original/{signature}/{key:path}", response_class=Response, responses=ANY_BYTES)
@router.head("/original/{signature}/{key:path}", response_class=Response, responses=ANY_BYTES)
async def original(service: Service, signature: str, key: str, request: Request) -> Response:
    """Return a source as it is. What could act in a browser is shown as text, or saved."""
    del signature, key
    signed = read_signed(
        _raw_path(request), "original", service.playback.url_keys, now=system_clock()
    )
    filename = signed.text.rpartition("/")[2]
    shown = Shown(
        filename=filename,
        content_type=mimetype_of(filename),
        headers={**ANY_PAGE, "Cache-Control": CHANGING},
    )
    return await _stored(request, service.stores["source"], ObjectKey(signed.text), shown)


@router.get("/thumb/{signature}/{key:path}", response_class=Response, responses=ANY_BYTES)
@router.head("/thumb/{signature}/{key:path}", response_class=Response, responses=ANY_BYTES)
async def thumb(service: Service, signature: str, key: str, request: Request) -> Response:
    """Return a picture of the media store: a thumbnail, cover, preview or sprite sheet."""
    del signature, key
    signed = read_signed(_raw_path(request), "thumb", service.playback.url_keys, now=system_clock())
    wanted = ObjectKey(signed.text)
    content_type = _PICTURE_TYPES.get(wanted.rpartition(".")[2])
    if content_type is None or not wanted.startswith(_PICTURE_FOLDERS):
        raise ObjectNotFoundError("there is no such picture", key=wanted[:160])
    is_fixed = wanted.startswith(CACHE) and signed.expires_at is None
    headers = ANY_PAGE if is_fixed else {**ANY_PAGE, "Cache-Control": CHANGING}
    shown = Shown(
        filename=wanted.rpartition("/")[2],
        content_type=content_type,
        caching=Caching.IMMUTABLE,
        headers=headers,
    )
    return await _stored(request, service.stores["media"], wanted, shown)


async def _stored(request: Request, store: ObjectStore, key: ObjectKey, shown: Shown) -> Response:
    try:
        return await answer_with_object(request, store, key, shown)
    except ObjectNotFoundError as error:
        # What the store says of it is for whoever runs it, and not for visitors.
        raise ObjectNotFoundError("there is nothing at this address", key=key) from error


def _raw_path(request: Request) -> bytes:
    raw_path: bytes = request.scope["raw_path"]
    return raw_path
