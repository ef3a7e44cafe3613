"""What work replaces of what was made before, and whose that is.

What is made of content is shared by all who have it. Nobody changes what the others see:
what was made of a file is replaced by who may write to the drive that it is in.
"""

from collections.abc import Mapping, Sequence

from keyshelf.database.transactions import Transaction
from keyshelf.jobs.values import Job
from keyshelf.layout.drive import SHARED
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import MediaHash, audio_key, image_key, is_content_hash, video_key
from keyshelf.media.audio import waveform
from keyshelf.media.streams.packaging import MASTER
from keyshelf.media.video import cover
from keyshelf.media.work import queries
from keyshelf.media.work.failures import MadeForAnotherError
from keyshelf.media.work.kinds import NAMES, MakerName, Step, steps, work_of
from keyshelf.media.work.options import (
    COVER_THUMBNAIL,
    CoverOptions,
    PreviewOptions,
    ThumbnailOutput,
    TranscodeOptions,
)
from keyshelf.media.work.parts import WorkParts
from keyshelf.media.work.values import Work


def targets(work: Work) -> frozenset[ObjectKey]:
    """Return the keys of all renditions that some work makes."""
    return frozenset(key for step in steps(work) for key in _made_by(work.hash, step))


async def is_provided(tx: Transaction, parts: WorkParts, work: Work) -> bool:
    """Say whether all that some work makes is there, or is being made."""
    there = {ObjectKey(row["key"]) for row in await queries.renditions(tx, work.hash)}
    for job in await parts.media.jobs.of_hash(tx, work.hash):
        if _goes_on(job):
            there |= targets(work_of(job.payload))
    return targets(work) <= there


async def require_replaceable(
    tx: Transaction, parts: WorkParts, work: Work, *, asked_by: str, drive: str
) -> None:
    """Raise `MadeForAnotherError` when work would replace what is another's.

    What is being made for another counts as made. The caller holds the hash, so that of
    two who ask at once the second is refused.
    """
    if not is_content_hash(work.hash):
        return  # such a name is one person's
    wanted, own = targets(work), {asked_by, drive, SHARED}
    made = await queries.makers_of(tx, work.hash, list(wanted))
    if any(own.isdisjoint(makers) for makers in made):
        raise _refused(work)
    going_on = [job for job in await parts.media.jobs.of_hash(tx, work.hash) if _goes_on(job)]
    others = [job for job in going_on if own.isdisjoint([job.owner_id, str(job.payload["owner"])])]
    if any(wanted & targets(work_of(job.payload)) for job in others):
        raise _refused(work)


def _goes_on(job: Job) -> bool:
    return job.kind in NAMES and not job.state.is_final


def _refused(work: Work) -> MadeForAnotherError:
    return MadeForAnotherError(
        "somebody else has the same content, and what was made of it for them would be replaced",
        hash=work.hash,
    )


def _made_by(media: MediaHash, step: Step) -> Sequence[ObjectKey]:
    match step.options:
        case ThumbnailOutput() as output:
            return [_thumbnail(media, output)]
        case PreviewOptions() as options:
            return [video_key(media, f"preview.{each}") for each in options.wanted]
        case CoverOptions():
            return [video_key(media, cover.NAME), _thumbnail(media, COVER_THUMBNAIL)]
        case TranscodeOptions():
            return [video_key(media, MASTER)]
        case _:
            path = _SOUND.get(step.maker)
            return [audio_key(media, path)] if path else []


_SOUND: Mapping[MakerName, str] = {
    "waveform": f"waveform/{waveform.NAME}",
    "mp3": "downloads/audio.mp3",
    "flac": "downloads/audio.flac",
    "hls": f"hls/{MASTER}",
}
"""What is made of sound; a probe stores nothing."""


def _thumbnail(media: MediaHash, output: ThumbnailOutput) -> ObjectKey:
    return image_key(media, output.variant, output.format)
