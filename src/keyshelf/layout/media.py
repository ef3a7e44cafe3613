"""Keys of the media store.

    images/{hash[0:2]}/{hash}/{variant}.{format}   a picture made for a hash
    videos/{hash[0:2]}/{hash}/{path}               cover, previews, playlists and segments of a film
    audio/{hash[0:2]}/{hash}/{path}                the same of audio alone
    cache/{processing_hash}.{format}               a picture made when it was asked for
    work/{job}/{path}                              what an unfinished encode has made so far

The first two characters of a hash are a folder of their own, so that each stays small.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NewType
from uuid import UUID

from keyshelf.errors import InvalidInputError
from keyshelf.layout.keys import ObjectKey

MediaHash = NewType("MediaHash", str)
"""What media are called: 1 to 128 of `[0-9A-Za-z_-]`; of a drive's file, its content's BLAKE3."""

ProcessingHash = NewType("ProcessingHash", str)
"""What a rendered picture is called: 64 lowercase hex digits, made from all that shapes it."""

IMAGES = "images/"
VIDEOS = "videos/"
CACHE = "cache/"
WORK = "work/"
_HASH = re.compile(r"[0-9A-Za-z_-]{1,128}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_VARIANT = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}")
_FORMAT = re.compile(r"[a-z0-9]{1,8}")
_MADE = re.compile(rf"(images|videos|audio)/([0-9A-Za-z_-]{{1,2}})/({_HASH.pattern})/(.+)")
_CACHED = re.compile(rf"{CACHE}({_DIGEST.pattern})\.{_FORMAT.pattern}")
_KEPT = re.compile(rf"{WORK}([0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}})/.+")
_SEGMENT = re.compile(r"[0-9A-Za-z_-][0-9A-Za-z_.-]{0,127}")


class IllegalMediaHashError(InvalidInputError):
    """Media are called by 1 to 128 letters, digits, hyphens and underscores."""

    code = "illegal-media-hash"


class IllegalMediaNameError(InvalidInputError):
    """A variant, format or path that no rendition is called."""

    code = "illegal-media-name"


def media_hash(text: str) -> MediaHash:
    """Return `text` as what media are called. Raises `IllegalMediaHashError`."""
    if not _HASH.fullmatch(text):
        raise IllegalMediaHashError(
            "a hash has 1 to 128 of the letters, digits, hyphen and underscore", got=text[:160]
        )
    return MediaHash(text)


def is_content_hash(media: MediaHash) -> bool:
    """Say whether a hash looks like the BLAKE3 of some content, which can be verified."""
    return _DIGEST.fullmatch(media) is not None


def processing_hash(text: str) -> ProcessingHash:
    """Return `text` as the hash of a rendered picture. Raises `IllegalMediaHashError`."""
    if not _DIGEST.fullmatch(text):
        raise IllegalMediaHashError("a processing hash has 64 hexadecimal digits", got=text[:80])
    return ProcessingHash(text)


def image_key(media: MediaHash, variant: str, extension: str) -> ObjectKey:
    """Return the key of a picture. Raises `IllegalMediaNameError`."""
    return ObjectKey(images_prefix(media) + _picture_name(variant, extension))


def video_key(media: MediaHash, path: str) -> ObjectKey:
    """Return the key of what was made of a film. Raises `IllegalMediaNameError`."""
    return ObjectKey(videos_prefix(media) + _path(path))


def audio_key(media: MediaHash, path: str) -> ObjectKey:
    """Return the key of what was made of audio alone. Raises `IllegalMediaNameError`."""
    return ObjectKey(audio_prefix(media) + _path(path))


def cache_key(processing: ProcessingHash, extension: str) -> ObjectKey:
    """Return the key of a rendered picture. Raises `IllegalMediaNameError`."""
    if not _FORMAT.fullmatch(extension):
        raise IllegalMediaNameError("a format has lowercase letters", got=extension[:80])
    return ObjectKey(f"{CACHE}{processing}.{extension}")


def work_key(job: UUID, path: str) -> ObjectKey:
    """Return the key of a part that an unfinished job keeps. Raises `IllegalMediaNameError`."""
    return ObjectKey(work_prefix(job) + _path(path))


def images_prefix(media: MediaHash) -> str:
    """Return what the keys of all pictures of a hash begin with."""
    return f"{IMAGES}{media[:2]}/{media}/"


def videos_prefix(media: MediaHash) -> str:
    """Return what the keys of all that was made of a film begin with."""
    return f"{VIDEOS}{media[:2]}/{media}/"


def audio_prefix(media: MediaHash) -> str:
    """Return what the keys of all that was made of audio alone begin with."""
    return f"audio/{media[:2]}/{media}/"


def work_prefix(job: UUID) -> str:
    """Return what the keys of all that an unfinished job keeps begin with."""
    return f"{WORK}{job}/"


@dataclass(frozen=True, slots=True)
class MadeKey:
    """What the key of something that was made for a hash says."""

    area: str
    """`images`, `videos` or `audio`."""
    hash: MediaHash
    path: str


def parse_made_key(key: ObjectKey) -> MadeKey | None:
    """Return what the key of something that was made for a hash says; None for any other key."""
    found = _MADE.fullmatch(key)
    if found is None or found[2] != found[3][:2]:
        return None
    return MadeKey(found[1], MediaHash(found[3]), found[4])


def parse_cache_key(key: ObjectKey) -> ProcessingHash | None:
    """Return which rendered picture a key is of; None for any other key."""
    found = _CACHED.fullmatch(key)
    return ProcessingHash(found[1]) if found else None


def parse_work_key(key: ObjectKey) -> UUID | None:
    """Return the job that keeps a part under a key; None for any other key."""
    found = _KEPT.fullmatch(key)
    return UUID(found[1]) if found else None


def prefixes(media: MediaHash) -> tuple[str, str, str]:
    """Return what the keys of everything made for a hash begin with, the cache excepted."""
    return images_prefix(media), videos_prefix(media), audio_prefix(media)


@lru_cache(maxsize=64)  # a list asks for the same few, a thousand times
def _picture_name(variant: str, extension: str) -> str:
    if not _VARIANT.fullmatch(variant) or not _FORMAT.fullmatch(extension):
        raise IllegalMediaNameError(
            "a variant has letters, digits, hyphens and underscores, a format lowercase letters",
            got=f"{variant}.{extension}"[:160],
        )
    return f"{variant}.{extension}"


def _path(path: str) -> str:
    segments = path.split("/")
    if len(path) > 512 or not all(_SEGMENT.fullmatch(each) for each in segments):
        raise IllegalMediaNameError("no rendition has such a path", got=path[:160])
    return path
