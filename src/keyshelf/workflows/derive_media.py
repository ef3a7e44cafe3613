"""What the service makes of media by itself, once it knows what they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from keyshelf.database.transactions import Transaction
from keyshelf.drive.values import DriveFile
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import MediaHash
from keyshelf.media.assets import service as assets
from keyshelf.media.assets.service import FORMAT, LARGE, THUMBNAIL
from keyshelf.media.assets.values import AssetKind, Facts
from keyshelf.media.source_versions import SourceVersion
from keyshelf.media.work.admission import Asker, admit, hold
from keyshelf.media.work.options import canonical
from keyshelf.media.work.parts import WorkParts
from keyshelf.media.work.replacing import is_provided
from keyshelf.media.work.values import MediaType, Work

_THUMBNAIL_WIDTH, _LARGE_WIDTH = 320, 1600

Wish = tuple[MediaType, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class DeriveOptions:
    """What is made of every film and recording besides what lists show."""

    streams: bool = False
    """Whether they are made to be streamed."""
    encrypt: bool = False
    """Whether those streams are encrypted."""


@dataclass(frozen=True, slots=True)
class Content:
    """Some content, and where its bytes are."""

    hash: MediaHash
    source: ObjectKey
    version: SourceVersion


async def derive(
    tx: Transaction,
    parts: WorkParts,
    content: Content,
    facts: Facts,
    *,
    asker: Asker,
    options: DeriveOptions,
) -> None:
    """Have made what the service makes by itself.

    What was asked for before is not asked for again. Of unreadable media nothing is made.
    Raises `MediaBeingRemovedError`.
    """
    for work in _wanted(content, facts, options):
        await admit(tx, parts, work, asker, background=True)


async def derive_missing(
    tx: Transaction,
    parts: WorkParts,
    file: DriveFile,
    media: MediaHash,
    *,
    options: DeriveOptions,
) -> None:
    """Have made of known content, which a file has, what is neither there nor being made.

    The file's owner asks for it. Raises `MediaBeingRemovedError`.
    """
    await hold(tx, media)
    known = (await assets.shown(tx, [media])).get(media)
    if known is None or file.object_etag is None:
        return  # what moves is looked at when it is there
    content = Content(media, file.key, SourceVersion(file.object_etag, file.size))
    asker = Asker(file.owner_id, file.owner_id)
    for work in _wanted(content, known.facts, options):
        if not await is_provided(tx, parts, work):
            await admit(tx, parts, work, asker, background=True)


def _wanted(content: Content, facts: Facts, options: DeriveOptions) -> Sequence[Work]:
    if facts.unreadable is not None:
        return []
    return [
        Work(kind, content.hash, content.source, content.version, canonical(kind, wish))
        for kind, wish in _wishes(facts.kind, options)
    ]


def _wishes(kind: AssetKind, options: DeriveOptions) -> Sequence[Wish]:
    match kind:
        case AssetKind.IMAGE:
            return [(MediaType.THUMBNAIL, {"outputs": [_THUMBNAIL, _LARGE]})]
        case AssetKind.VIDEO:
            stream: Wish = (MediaType.TRANSCODE, {"encrypt": options.encrypt})
            shown: list[Wish] = [(MediaType.COVER, {}), (MediaType.PREVIEW, {"format": "webp"})]
            return [*shown, stream] if options.streams else shown
        case AssetKind.AUDIO:
            sound = {"hls": True, "waveform": True, "encrypt": options.encrypt}
            return [(MediaType.AUDIO, sound if options.streams else {"waveform": True})]


_THUMBNAIL = {"variant": THUMBNAIL, "width": _THUMBNAIL_WIDTH, "format": FORMAT}
_LARGE = {"variant": LARGE, "width": _LARGE_WIDTH, "format": FORMAT}
