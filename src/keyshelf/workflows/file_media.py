"""What lists of the drive show of the media in files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction
from keyshelf.drive.content.inspecting import expected
from keyshelf.drive.mimetypes import Category
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.values import DriveFile
from keyshelf.layout.media import MediaHash
from keyshelf.media.assets import service as assets
from keyshelf.media.assets.values import AssetKind, Facts, Shown

_KINDS: Mapping[Category, AssetKind] = {
    Category.IMAGE: AssetKind.IMAGE,
    Category.VIDEO: AssetKind.VIDEO,
    Category.AUDIO: AssetKind.AUDIO,
}


class MediaState(StrEnum):
    """How far the service is with the media in a file."""

    WAITING = "waiting"
    """The bytes are to be read, or what stands for them in a list is being made."""
    READY = "ready"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class FileMedia:
    """The media in one file."""

    state: MediaState
    facts: Facts
    shown: Shown | None = None
    """None until the bytes were read."""


async def media_in(
    tx: ReadTransaction, parts: DriveParts, files: Sequence[DriveFile]
) -> Mapping[UUID, FileMedia]:
    """Return what is shown of the media in some files; others are not in it.

    One statement, however many files.
    """
    hashes = [MediaHash(each.content_hash) for each in files if each.content_hash]
    known = await assets.shown(tx, hashes)
    found: dict[UUID, FileMedia] = {}
    for file in files:
        if shown := known.get(MediaHash(file.content_hash or "")):
            found[file.id] = FileMedia(_state(shown), shown.facts, shown)
        elif category := expected(parts, file):
            found[file.id] = FileMedia(MediaState.WAITING, Facts(kind=_KINDS[category]))
    return found


def may_have_media(parts: DriveParts, files: Sequence[DriveFile]) -> bool:
    """Say whether it is worth asking `media_in`."""
    return any(file.content_hash or expected(parts, file) for file in files)


def _state(shown: Shown) -> MediaState:
    if shown.facts.unreadable is not None:
        return MediaState.UNREADABLE
    return MediaState.WAITING if shown.is_awaited else MediaState.READY
