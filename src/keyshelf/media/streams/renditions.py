"""Which renditions a stream has besides the picture, and making them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from anyio import to_thread

from keyshelf.errors import LimitError
from keyshelf.media.audio.encoding import EncodedSound, encode_sound
from keyshelf.media.audio.sound import SecondsHandler, Sound
from keyshelf.media.audio.tracks import plan_sound, tidy_name, unused
from keyshelf.media.streams.cues import size_in_segments, within
from keyshelf.media.streams.values import Film, Track
from keyshelf.media.tools.failures import MediaUnreadableError
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.probed import Probe, SubtitleStream
from keyshelf.media.video.fragments import read_fragments
from keyshelf.media.video.subtitles import Subtitles, extract_subtitles
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)

_MOST_TRACKS = 32
_MOST_CHARACTERS = 32 * 2**20
"""Of a subtitle track in segments."""


async def film_tracks(
    tools: Tools, film: Film, *, duration: float, folder: Path, on_seconds: SecondsHandler
) -> list[Track]:
    """Return the picture of a film, its sound and its subtitles, made in `folder`.

    `duration` is that of all of it. Each is in the folder that it has in the first encode of
    a hash. Sound and subtitles that cannot be read within their limits are left out, and so
    is what comes after the first 32 tracks of either.
    """
    sound = Sound(film.source, duration, is_levelled=film.is_levelled)
    planned = plan_sound(film.probe.audio[:_MOST_TRACKS])
    encoded = await encode_sound(tools, sound, planned, folder=folder, on_seconds=on_seconds)
    texts = await _subtitles(tools, film, duration, folder)
    return [
        *_video_tracks(film),
        *(sound_track(each, f"audio/{each.track.id}") for each in encoded),
        *_text_tracks(texts),
    ]


def sound_track(encoded: EncodedSound, folder: str) -> Track:
    """Return sound as a rendition that is in a folder."""
    track = encoded.track
    return Track(
        id=track.id,
        kind="audio",
        file=encoded.path,
        folder=folder,
        language=track.stream.language,
        name=track.name,
        channels=track.channels,
        is_default=track.is_default,
        is_chosen_by_language=track.is_chosen_by_language,
    )


def smallest_picture(tracks: Sequence[Track]) -> Track:
    """Return the picture that is quickest to read: H.264 if there is any."""
    pictures = [each for each in tracks if each.kind == "video"]
    return min(pictures, key=lambda each: (not each.id.endswith("h264"), each.width * each.height))


def picture_seconds(film: Film) -> float:
    """Return how long the encoded picture is, whatever the source says. Reads all fragments."""
    made = read_fragments(next(iter(film.tracks.values())))
    return float(made.samples / film.plan.rate)


def _video_tracks(film: Film) -> list[Track]:
    return [
        Track(
            id=name,
            kind="video",
            file=film.tracks[name],
            folder=f"video/{name}",
            width=rung.width,
            height=rung.height,
        )
        for rung in film.plan.rungs
        for name in (rung.track(codec) for codec in film.plan.codecs)
    ]


async def _subtitles(
    tools: Tools, film: Film, duration: float, folder: Path
) -> Sequence[Subtitles]:
    probe = replace(film.probe, subtitles=_first_texts(film.probe))
    segment_seconds = float(film.plan.segment_seconds)
    try:
        texts = await extract_subtitles(tools, film.source, probe, folder=folder)
    except (MediaUnreadableError, LimitError) as error:
        _log.warning("subtitles left out", error=error.detail)
        return []
    return [
        each
        for each in texts
        if await to_thread.run_sync(_keep_within, each.path, duration, segment_seconds)
    ]


def _first_texts(probe: Probe) -> tuple[SubtitleStream, ...]:
    return tuple(each for each in probe.subtitles if each.is_text)[:_MOST_TRACKS]


def _keep_within(path: Path, duration: float, segment_seconds: float) -> bool:
    """Keep the cues that are in the film; returns whether there are any, and not too many."""
    # FFmpeg writes UTF-8, and passes on what a damaged source has in its place.
    text = within(path.read_text(encoding="utf-8", errors="replace"), duration)
    if size_in_segments(text, segment_seconds) > _MOST_CHARACTERS:
        _log.warning("subtitles left out", error="they would be too large in segments")
        return False
    path.write_text(text, encoding="utf-8")
    return " --> " in text


def _text_tracks(texts: Sequence[Subtitles]) -> list[Track]:
    tracks: list[Track] = []
    for text in texts:
        stream = text.stream
        taken = {each.id for each in tracks}
        name = tidy_name(stream.title, stream.language)
        track_id = unused(stream.language, taken)
        tracks.append(
            Track(
                id=track_id,
                kind="text",
                file=text.path,
                folder=f"subtitles/{track_id}",
                language=stream.language,
                name=unused(name, {each.name for each in tracks}),
                is_chosen_by_language=stream.is_forced or track_id == stream.language,
                is_forced=stream.is_forced,
            )
        )
    return tracks
