"""Cutting renditions into segments, and encrypting them, by Shaka Packager."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from anyio import to_thread

from keyshelf.media.keys.values import ContentKey
from keyshelf.media.streams.failures import BrokenStreamError
from keyshelf.media.streams.measuring import Rate, Segment, measure, read_segments
from keyshelf.media.streams.values import Track
from keyshelf.media.tools.failures import MediaUnreadableError
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.room import refuse_without_room
from keyshelf.media.tools.running import Fence, run_tool
from keyshelf.media.video.plan import GOPS_A_SEGMENT

MASTER, DASH, INIT = "master.m3u8", "stream.mpd", "init.mp4"
SCHEME = "cbcs"

_UNDETERMINED = "und"
_LEAST_SECONDS = 300.0
_SPARE_BYTES = 64 * 2**20
_SECRETS = "/dev/stdin"
_ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"]*"|[^",]*)')
_IV = re.compile(r",IV=0x[0-9A-Fa-f]+")
_MAP = re.compile(r'^(#EXT-X-MAP:URI="[^"]+)"')
_TEMPLATE = re.compile(r' (initialization|media)="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Encryption:
    """The key of a stream, and where players find it."""

    key: ContentKey
    address: str


@dataclass(frozen=True, slots=True)
class PackagedTrack:
    """A rendition in segments."""

    track: Track
    segments: Sequence[Segment]
    rate: Rate
    facts: Mapping[str, str]
    """What the packager says of it in playlists: `CODECS`, `RESOLUTION`, `LANGUAGE`…"""
    trick: Rate | None = None
    """Of its playlist of keyframes alone, if it has one."""


async def package(
    tools: Tools,
    tracks: Sequence[Track],
    *,
    base: str,
    version: str,
    segment_seconds: Fraction,
    duration: float,
    encryption: Encryption | None,
    folder: Path,
) -> list[PackagedTrack]:
    """Write segments, media playlists and `stream.mpd` to `folder`, and return what they are.

    `base` is the folder of the manifests, empty or with a slash at its end; the tracks' are
    in it. Addresses of segments have `version` as their query. The content key reaches the
    packager through a pipe, and is on no disk and no command line.
    Raises as `run_tool` does, but `BrokenStreamError` in the place of `MediaUnreadableError`,
    and `NoScratchSpaceError` before anything is written.
    """
    size = _SPARE_BYTES + sum(track.file.stat().st_size for track in tracks)
    refuse_without_room(folder, size, tools.limits)
    sealing = [f"--flagfile={_SECRETS}"] if encryption else []
    try:
        await run_tool(
            tools.packager,
            [*sealing, *_descriptors(tracks, folder), *_outputs(base, segment_seconds)],
            folder=folder,
            fence=_fence(tools, tracks, duration),
            reads=[track.file for track in tracks],
            told=_secrets(encryption) if encryption else None,
        )
    except MediaUnreadableError as error:
        # Its input is what we encoded, whatever is the matter with the source.
        raise BrokenStreamError("the packager refuses what was encoded") from error
    return await to_thread.run_sync(_packaged, tracks, base, version, folder)


def _secrets(encryption: Encryption) -> bytes:
    lines = [
        "--enable_raw_key_encryption",
        f"--protection_scheme={SCHEME}",
        "--clear_lead=0",
        f"--keys=label=:key_id={encryption.key.kid.hex()}:key={encryption.key.key.hex()}",
        f"--hls_key_uri={encryption.address}",
    ]
    return "\n".join(lines).encode()


def _descriptors(tracks: Sequence[Track], folder: Path) -> list[str]:
    return [",".join(_descriptor(track, folder)) for track in tracks]


def _descriptor(track: Track, folder: Path) -> list[str]:
    # A relative address has only names of ours in it, and none of the signs of this language.
    words = [f"in={os.path.relpath(track.file, folder)}", f"stream={track.kind}"]
    extension = "vtt" if track.kind == "text" else "m4s"
    words += [
        f"segment_template={track.folder}/seg_$Number$.{extension}",
        f"playlist_name={track.playlist}",
    ]
    if track.kind != "text":
        words.append(f"init_segment={track.folder}/{INIT}")
    if track.has_trick:
        words.append(f"iframe_playlist_name={track.trick_playlist}")
    if track.kind != "video":
        words += [f"hls_group_id={track.kind}", f"hls_name={track.id}"]
        # The packager refuses the word for a language that nobody named.
        words += [] if track.language == _UNDETERMINED else [f"lang={track.language}"]
    if track.kind == "audio":
        words.append(f"dash_roles={'main' if track.is_default else 'alternate'}")
    if track.is_forced:
        words.append("forced_subtitle=1")
    return words


def _outputs(base: str, segment_seconds: Fraction) -> list[str]:
    return [
        # A fragment begins with each keyframe: what is played of a segment needs not all of it.
        f"--segment_duration={float(segment_seconds)}",
        f"--fragment_duration={float(segment_seconds / GOPS_A_SEGMENT)}",
        f"--hls_master_playlist_output={base}{MASTER}",
        "--hls_playlist_type=VOD",
        f"--mpd_output={base}{DASH}",
        "--generate_static_live_mpd",
        "--quiet",
    ]


def _fence(tools: Tools, tracks: Sequence[Track], duration: float) -> Fence:
    return Fence(
        seconds=_LEAST_SECONDS + duration,
        memory_bytes=tools.limits.memory_bytes,
        file_bytes=_SPARE_BYTES + max(track.file.stat().st_size for track in tracks),
    )


def _packaged(
    tracks: Sequence[Track], base: str, version: str, folder: Path
) -> list[PackagedTrack]:
    facts = _facts((folder / f"{base}{MASTER}").read_text(encoding="utf-8"), base)
    made = [
        _packaged_track(track, facts.get(track.playlist, {}), version, folder) for track in tracks
    ]
    cuts = {
        tuple(segment.seconds for segment in each.segments)
        for each in made
        if each.track.kind == "video"
    }
    if len(cuts) > 1:
        raise BrokenStreamError("the rungs of a stream are not cut at the same moments")
    manifest = folder / f"{base}{DASH}"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(_TEMPLATE.sub(rf' \1="\2?{version}"', text), encoding="utf-8")
    return made


def _packaged_track(
    track: Track, facts: Mapping[str, str], version: str, folder: Path
) -> PackagedTrack:
    segments = read_segments(folder / track.playlist)
    _tidy(folder / track.playlist, version)
    trick = None
    if track.has_trick:
        trick = measure(read_segments(folder / track.trick_playlist))
        _tidy(folder / track.trick_playlist, version)
    return PackagedTrack(track, segments, measure(segments), facts, trick)


def _tidy(playlist: Path, version: str) -> None:
    """Drop what is not for players from a media playlist, and say of which encode segments are.

    The constant IV is in every initialization segment, where `cbcs` has it. A playlist that
    names it has hls.js decrypt by itself, which it does for MPEG-TS alone.
    """
    lines = [
        _versioned(_IV.sub("", line), version)
        for line in playlist.read_text(encoding="utf-8").splitlines()
        if not line.startswith("##")
    ]
    playlist.write_text("\n".join([*lines, ""]), encoding="utf-8")


def _versioned(line: str, version: str) -> str:
    if line.startswith("#"):
        return _MAP.sub(rf'\1?{version}"', line)
    return f"{line}?{version}" if line else line


def _facts(master: str, base: str) -> Mapping[str, Mapping[str, str]]:
    """Return the attributes of each rendition in the packager's own master playlist."""
    facts: dict[str, Mapping[str, str]] = {}
    pending: Mapping[str, str] | None = None
    for line in master.splitlines():
        if line.startswith("#EXT-X-MEDIA:"):
            attributes = _attributes(line)
            facts[base + attributes["URI"]] = attributes
        elif line.startswith("#EXT-X-STREAM-INF:"):
            pending = _attributes(line)
        elif line and not line.startswith("#") and pending is not None:
            facts[base + line] = pending
            pending = None
    return facts


def _attributes(line: str) -> Mapping[str, str]:
    return {name: value.strip('"') for name, value in _ATTRIBUTE.findall(line)}
