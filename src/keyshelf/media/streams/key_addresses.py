"""Where playlists say that the keys of encrypted streams are."""

import re
from uuid import UUID

_PATH = "/api/key/"
_NAMED = re.compile(rb'^(#EXT-X-KEY:.*\bURI=")[^"]*(/api/key/[0-9a-f-]{36}")', re.MULTILINE)


def key_address(public_url: str, key_id: UUID) -> str:
    """Return where a content key is; of the host that is asked, where `public_url` is empty."""
    return f"{public_url}{_PATH}{key_id}"


def with_keys_at(playlist: bytes, public_url: str) -> bytes:
    """Return a media playlist whose keys are at `public_url`, wherever they were when it was made.

    What has no keys is returned as it is.
    """
    return _NAMED.sub(lambda named: named[1] + public_url.encode() + named[2], playlist)
