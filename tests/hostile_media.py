"""Files that are made to harm whoever opens them as media: 500 of them, small, always the same."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.media_clips import MediaClips

_PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=64x36:r=5:d=1")
_SOUND = ("-f", "lavfi", "-i", "sine=d=0.5")
_CONTAINERS: dict[str, tuple[str, ...]] = {
    "mp4": (*_PICTURE, *_SOUND, "-c:v", "libx264", "-c:a", "aac"),
    "fast.mp4": (*_PICTURE, "-c:v", "libx264", "-movflags", "+faststart"),
    "fragmented.mp4": (*_PICTURE, "-c:v", "libx264", "-movflags", "+frag_keyframe+empty_moov"),
    "mkv": (*_PICTURE, *_SOUND, "-c:v", "libx264", "-c:a", "libopus"),
    "webm": (*_PICTURE, "-c:v", "libvpx-vp9", "-cpu-used", "8"),
    "avi": (*_PICTURE, *_SOUND, "-c:v", "mpeg4", "-c:a", "libmp3lame"),
    "ts": (*_PICTURE, *_SOUND, "-c:v", "mpeg2video", "-c:a", "mp2", "-r", "25"),
    "mpg": (*_PICTURE, "-c:v", "mpeg1video", "-r", "25"),
    "flv": (*_PICTURE, "-c:v", "flv"),
    "wmv": (*_PICTURE, "-c:v", "wmv2"),
    "ogg": (*_SOUND, "-c:a", "libvorbis"),
    "mp3": (*_SOUND, "-c:a", "libmp3lame"),
    "flac": (*_SOUND, "-c:a", "flac"),
    "wav": _SOUND,
    "aiff": _SOUND,
}
_BOMBS = (0, 1, 0x7FFFFFFF, 0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Hostile:
    """One file, by what it is."""

    name: str
    data: bytes


def references(canary: Path, url: str) -> Iterator[Hostile]:
    """Give files that name another one: the film `canary`, or something at `url`."""
    for target in (str(canary), f"file://{canary}", canary.name, url):
        texts = {
            "hls": f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{target}\n#EXT-X-ENDLIST\n",
            "hls-master": f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{target}\n",
            "hls-key": (
                f'#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXT-X-KEY:METHOD=AES-128,URI="{target}"\n'
                f'#EXT-X-MAP:URI="{target}"\n#EXTINF:9,\n{target}\n#EXT-X-ENDLIST\n'
            ),
            "concat": f"ffconcat version 1.0\nfile '{target}'\n",
            "dash": (
                '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static">'
                f'<Period><AdaptationSet mimeType="video/mp4"><Representation id="1"><BaseURL>'
                f"{target}</BaseURL></Representation></AdaptationSet></Period></MPD>"
            ),
            "smooth": f'<SmoothStreamingMedia Duration="9" Url="{target}"/>',
            "sdp": f"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\na=control:{target}\n",
            "pls": f"[playlist]\nFile1={target}\n",
            "asx": f'<asx version="3"><entry><ref href="{target}"/></entry></asx>',
            "smil": f'<smil><body><video src="{target}"/></body></smil>',
            "svg": (
                '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
                f'<image xlink:href="{target}" width="9" height="9"/></svg>'
            ),
            "avs": f'DirectShowSource("{target}")',
            "qtl": f'<?quicktime type="application/x-qtif"?><embed src="{target}"/>',
            "rtsptext": f"RTSPtext\n{target}\n",
            "mov-reference": _reference_movie(target),
        }
        for name, text in texts.items():
            data = text if isinstance(text, bytes) else text.encode()
            yield Hostile(f"{name} {target[:8]}", data)
            yield Hostile(f"avi with {name} {target[:8]}", _avi_subtitle(data))


def damaged(clips: MediaClips, folder: Path) -> Iterator[Hostile]:
    """Give films that are cut off, overwritten, empty, or two things at once."""
    originals = {name: _made(clips, folder, name) for name in _CONTAINERS}
    yield Hostile("empty", b"")
    yield Hostile("zeros", bytes(4096))
    yield Hostile("noise", Random(1).randbytes(4096))
    for name, data in originals.items():
        for share in (1, 5, 20, 50, 90):
            yield Hostile(f"{name} cut at {share} %", data[: len(data) * share // 100])
        for seed in range(14):
            yield Hostile(f"{name} flipped {seed}", _flipped(data, seed))
        for seed in range(4):
            yield Hostile(f"{name} bombed {seed}", _bombed(data, seed))
    for head in (b"GIF89a", b"%PDF-1.7\n", b"PK\x03\x04", b"<html><script>", b"\x89PNG\r\n\x1a\n"):
        for name in ("mp4", "mkv", "mp3", "wav"):
            yield Hostile(f"{head[:4]!r} and {name}", head + originals[name])
            yield Hostile(f"{name} and {head[:4]!r}", originals[name] + head)


def _made(clips: MediaClips, folder: Path, name: str) -> bytes:
    path = folder / f"original.{name}"
    clips.ffmpeg(*_CONTAINERS[name], path)
    return path.read_bytes()


def _flipped(data: bytes, seed: int) -> bytes:
    random = Random(seed)
    changed = bytearray(data)
    # Headers are at the beginning, or, of MP4 and AVI, at the end.
    for _ in range(1 + seed * 2):
        at = random.randrange(min(len(data), 2048))
        changed[at if random.random() < 0.7 else -1 - at] = random.randrange(256)
    return bytes(changed)


def _bombed(data: bytes, seed: int) -> bytes:
    """Write huge numbers where sizes, counts and durations are."""
    random = Random(seed)
    changed = bytearray(data)
    for _ in range(4):
        at = random.randrange(max(1, min(len(data), 1024) - 4))
        at = at if random.random() < 0.5 else len(data) - 4 - at
        changed[at : at + 4] = struct.pack(">I", random.choice(_BOMBS))
    return bytes(changed)


def _atom(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _reference_movie(target: str) -> bytes:
    where = target.encode() + b"\x00"
    reference = _atom(b"rdrf", bytes(4) + b"url " + struct.pack(">I", len(where)) + where)
    entry = _atom(b"dref", bytes(4) + struct.pack(">I", 1) + _atom(b"url ", bytes(4) + where))
    track = _atom(b"trak", _atom(b"mdia", _atom(b"minf", _atom(b"dinf", entry))))
    movie = _atom(b"rmra", _atom(b"rmda", reference)) + track
    return _atom(b"ftyp", b"qt  " + bytes(4)) + _atom(b"moov", movie)


def _avi_subtitle(text: bytes) -> bytes:
    """Return an AVI whose subtitle track is any file, which is read by what it looks like."""
    gab2 = b"GAB2\x00" + struct.pack("<HIHI", 2, 0, 4, len(text)) + text
    header = struct.pack("<4s4sIHHIIIIIIII", b"txts", bytes(4), 0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0)
    stream = _chunk(b"LIST", b"strl" + _chunk(b"strh", header + bytes(8)) + _chunk(b"strf", b""))
    main = _chunk(b"avih", struct.pack("<14I", *(1,) * 6, 1, *(0,) * 7))
    movie = _chunk(b"LIST", b"movi" + _chunk(b"00tx", gab2))
    return _chunk(b"RIFF", b"AVI " + _chunk(b"LIST", b"hdrl" + main + stream) + movie)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack("<4sI", kind, len(body)) + body + bytes(len(body) % 2)
