"""What the service makes of media by itself, once it knows what they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from keyshelf.database.transactions import Transaction
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import MediaHash
from keyshelf.media.assets.service import FORMAT, LARGE, THUMBNAIL
from keyshelf.media.assets.values import AssetKind, Facts
from keyshelf.media.work.admission import Asker, admit
from keyshelf.media.work.options import canonical
from keyshelf.media.work.parts import WorkParts
from keyshelf.media.work.values import MediaType, SourceVersion, Work

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
    """
    if facts.unreadable is not None:
        return
    for kind, wish in _wishes(facts.kind, options):
        work = Work(kind, content.hash, content.source, content.version, canonical(kind, wish))
        await admit(tx, parts, work, asker, background=True)


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
