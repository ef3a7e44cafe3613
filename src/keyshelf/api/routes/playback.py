"""Playing streams: their playlists and segments, their keys, and tokens for both."""

import re
from datetime import timedelta
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, Field

from keyshelf.api.bytes import ANY_BYTES
from keyshelf.api.caller import Caller, Service
from keyshelf.api.objects import ANY_PAGE, Shown, answer_with_changed, answer_with_object, preflight
from keyshelf.api.schemas import Answer
from keyshelf.api.schemas import Request as Body
from keyshelf.app.service import Keyshelf
from keyshelf.clock import system_clock
from keyshelf.delivery.headers import Caching
from keyshelf.errors import NotFoundError
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import audio_key, media_hash, video_key
from keyshelf.media.keys import tokens
from keyshelf.media.keys.values import PlaybackTokenError
from keyshelf.media.streams.key_addresses import with_keys_at
from keyshelf.store.errors import ObjectNotFoundError
from keyshelf.workflows.media_access import require_readable

router = APIRouter(tags=["playback"])

_TOKEN_MARK = "@"
_PLAYLIST, _DASH = "application/vnd.apple.mpegurl", "application/dash+xml"
_CHANGING = {"m3u8": _PLAYLIST, "mpd": _DASH, "json": "application/json"}
"""A later encode replaces these under the same address."""
_TYPES = {
    **_CHANGING,
    "m4s": "video/iso.segment",
    "mp4": "video/mp4",
    "vtt": "text/vtt; charset=utf-8",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "mp3": "audio/mpeg",
    "flac": "audio/flac",
}
_PART_OF_AN_ENCODE = frozenset({"m4s", "mp4"})
_VERSION = re.compile("[0-9a-f]{8}")
"""The query that playlists give addresses of segments: that of one encode."""
_PRIVATE_FOR_EVER = "private, max-age=31536000, immutable"


class StreamObjectNotFoundError(NotFoundError):
    """The stream has no such part."""

    code = "stream-object-not-found"


class PlaybackTokenIn(Body):
    """For what a playback token is wanted."""

    hash: str = Field(min_length=1, max_length=128)
    ttl_seconds: int = Field(
        int(tokens.DEFAULT_LIFE.total_seconds()),
        ge=1,
        le=int(tokens.LONGEST_LIFE.total_seconds()),
    )


class PlaybackTokenOut(Answer):
    """A playback token, and when it ends."""

    token: str
    expires_at: AwareDatetime


@router.post("/api/playback-tokens", status_code=201)
async def mint_playback_token(
    service: Service, caller: Caller, wanted: PlaybackTokenIn
) -> PlaybackTokenOut:
    """Return a token that plays the media of one hash, for a while.

    Any page may then play it, without a session: it opens the stream where playback is
    signed, and the keys of encrypted ones.
    """
    media = media_hash(wanted.hash)
    async with service.database.read() as tx:
        await require_readable(tx, caller, media)
    expires_at = system_clock() + timedelta(seconds=wanted.ttl_seconds)
    token = tokens.mint(service.playback.token_key, media, expires_at=expires_at)
    return PlaybackTokenOut(token=token, expires_at=expires_at.replace(microsecond=0))


@router.options("/api/key/{key_id}", include_in_schema=False)
async def preflight_key(key_id: str) -> Response:
    """Tell a browser that any page may ask for keys, with a token."""
    del key_id
    return preflight("GET")


@router.get("/api/key/{key_id}", response_class=Response, responses=ANY_BYTES)
async def content_key(service: Service, key_id: UUID, request: Request) -> Response:
    """Return the 16 bytes of a content key to whoever holds a token of its media."""
    token = tokens.from_headers(request.headers)
    # What is no token of ours costs no counter and no look at the database.
    media, _ = tokens.opened(service.playback.token_key, token, now=system_clock())
    counted = sha256(token.encode()).hexdigest()
    await service.coordination.limiter.hit(service.playback.key_requests, counted)
    key = await service.playback.content_keys.get(key_id)
    if key.hash != media:
        raise PlaybackTokenError("this playback token is of other media")
    headers = {**ANY_PAGE, "Cache-Control": "no-store"}
    return Response(key.key, headers=headers, media_type="application/octet-stream")


@router.options("/stream/{path:path}", include_in_schema=False)
async def preflight_stream(path: str) -> Response:
    """Tell a browser that any page may play streams."""
    del path
    return preflight("GET, HEAD")


@router.get("/stream/{hash}/{path:path}", response_class=Response, responses=ANY_BYTES)
@router.head("/stream/{hash}/{path:path}", response_class=Response, responses=ANY_BYTES)
async def stream(
    service: Service,
    hash: str,  # noqa: A002 -- the parameter's name in the interface
    path: Annotated[str, Field(max_length=1024)],
    request: Request,
) -> Response:
    """Return a playlist, a segment or a picture of a stream.

    Where playback is signed, the token is the first segment of `path` behind `@`, so
    that addresses inside playlists inherit it, or it is in `Authorization: Bearer`.
    """
    media = media_hash(hash)
    path, token = _split_token(path)
    if service.playback.needs_token:
        shown_token = token if token is not None else tokens.from_headers(request.headers)
        tokens.verify(service.playback.token_key, shown_token, media, now=system_clock())
    shown = _shown(path, request.url.query, is_private=service.playback.needs_token)
    try:
        return await _answer(service, request, video_key(media, path), shown)
    except ObjectNotFoundError:
        pass  # it may be of audio alone
    try:
        return await _answer(service, request, audio_key(media, path), shown)
    except ObjectNotFoundError as error:
        raise StreamObjectNotFoundError("the stream has no such part", path=path) from error


async def _answer(service: Keyshelf, request: Request, key: ObjectKey, shown: Shown) -> Response:
    store = service.stores["media"]
    if shown.content_type != _PLAYLIST:
        return await answer_with_object(request, store, key, shown)
    # The service may have moved since the playlist was made.
    public_url = service.settings.text("KEYSHELF_PUBLIC_URL") or ""
    return await answer_with_changed(
        request, store, key, shown, lambda stored: with_keys_at(stored, public_url)
    )


def _split_token(path: str) -> tuple[str, str | None]:
    first, slash, rest = path.partition("/")
    if slash and first.startswith(_TOKEN_MARK):
        return rest, first.removeprefix(_TOKEN_MARK)
    return path, None


def _shown(path: str, query: str, *, is_private: bool) -> Shown:
    extension = path.rpartition(".")[2]
    if extension not in _TYPES:
        raise StreamObjectNotFoundError("the stream has no such part", path=path[:160])
    headers = {**ANY_PAGE, "Content-Type": _TYPES[extension], "Content-Disposition": "inline"}
    # Without it another encode may have the name, once all before it were deleted.
    is_fixed = extension in _PART_OF_AN_ENCODE and _VERSION.fullmatch(query) is not None
    if is_fixed and is_private:
        headers["Cache-Control"] = _PRIVATE_FOR_EVER
    return Shown(
        filename=path.rpartition("/")[2],
        content_type=_TYPES[extension],
        caching=Caching.IMMUTABLE if is_fixed else Caching.REVALIDATE,
        headers=headers,
    )
