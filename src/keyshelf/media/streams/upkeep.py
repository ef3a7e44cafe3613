"""Removing encodes that nobody plays any more, and those that never became whole."""

from datetime import timedelta

from keyshelf.jobs.values import JobNotFoundError
from keyshelf.media.streams import queries
from keyshelf.media.streams.encodes import forget, promote
from keyshelf.media.streams.packaging import DASH, MASTER
from keyshelf.media.streams.removing import EncodeNotGoneError, remove_manifest
from keyshelf.media.streams.uploading import ENCODE_ID
from keyshelf.media.streams.values import Encode, StreamParts
from keyshelf.store.errors import ObjectNotFoundError
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)

DRAIN = timedelta(days=1)
"""How long what was replaced stays for those who are playing it."""

_BATCH = 100
_BASES = {"videos": "", "audio": "hls/"}


async def sweep_encodes(parts: StreamParts) -> int:
    """Remove encodes that were replaced a day ago, and those that were given up; returns how many.

    One that was given up after its master playlist was stored is the one that is played: it
    becomes the live one, without a DASH manifest unless that was stored too. Twice at once is
    as good as once.
    """
    before = parts.media.clock() - DRAIN
    async with parts.media.database.read() as tx:
        gone = [*await queries.replaced(tx, before=before, limit=_BATCH)]
        doubtful = await queries.unfinished(tx, before=before)
    for encode in doubtful:
        if await _goes_on(parts, encode):
            continue
        if await _names(parts, encode, MASTER):
            if not await _names(parts, encode, DASH):
                # It was to be put next: what the one that is there names goes in a day.
                await remove_manifest(parts.media.media, encode.key(_BASES[encode.area] + DASH))
            await promote(parts, encode)
            continue
        gone.append(encode)
    removed = 0
    for encode in gone:
        try:
            await forget(parts, encode)
        except EncodeNotGoneError:
            # Logged where it happened. Its row stays, so the next look tries it again.
            continue
        removed += 1
    if removed:
        _log.info("encodes removed", count=removed)
    return removed


async def _goes_on(parts: StreamParts, encode: Encode) -> bool:
    async with parts.media.database.read() as tx:
        try:
            job = await parts.media.jobs.get(tx, encode.job_id)
        except JobNotFoundError:
            return False
    return not job.state.is_final


async def _names(parts: StreamParts, encode: Encode, manifest: str) -> bool:
    """Whether a manifest in the store is that of an encode."""
    try:
        meta = await parts.media.media.head(encode.key(_BASES[encode.area] + manifest))
    except ObjectNotFoundError:
        return False
    return meta.attributes is not None and meta.attributes.metadata.get(ENCODE_ID) == str(encode.id)
