"""Where what was made of media is served, with the signature or token that it needs."""

from collections.abc import Callable
from datetime import datetime, timedelta

from keyshelf.api.media_schemas import LinkOf
from keyshelf.app.service import Keyshelf
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import MediaHash, audio_prefix, videos_prefix
from keyshelf.media.keys import tokens
from keyshelf.media.pictures.addresses import Signer

_PICTURES = (".webp", ".avif", ".jpg", ".png", ".gif")


def signer(service: Keyshelf) -> Signer:
    """Return what makes addresses of pictures and originals."""
    return Signer(service.settings.public_url, service.playback.url_keys)


def links(service: Keyshelf, media: MediaHash) -> LinkOf:
    """Return what tells the address of a rendition of some media.

    Pictures have signed addresses, the same for a while so that browsers keep them;
    streams have a token in theirs where playback is signed.
    """
    until = _ends_at(service)
    picture_url = signer(service).thumb_urls(expires_at=until)
    streamed = (videos_prefix(media), audio_prefix(media))

    def link_of(key: ObjectKey) -> str | None:
        if key.endswith(_PICTURES):
            return picture_url(key)
        prefix = next((each for each in streamed if key.startswith(each)), None)
        if prefix is None:
            return None
        token = ""
        if service.playback.needs_token:
            token = f"@{tokens.mint(service.playback.token_key, media, expires_at=until)}/"
        return f"{service.settings.public_url}/stream/{media}/{token}{key.removeprefix(prefix)}"

    return link_of


def pictures(service: Keyshelf) -> Callable[[ObjectKey], str]:
    """Return what tells the address of a picture in the media store."""
    return signer(service).thumb_urls(expires_at=_ends_at(service))


def _ends_at(service: Keyshelf) -> datetime:
    """Return when links end: after one to two of the lives of URLs, at the same time for all."""
    life = timedelta(seconds=service.settings.number("KEYSHELF_URL_SECONDS"))
    now = service.media.parts.clock()
    past = now.timestamp() % life.total_seconds()
    return now - timedelta(seconds=past) + 2 * life
