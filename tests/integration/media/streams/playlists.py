"""Reading playlists strictly: what is not as RFC 8216 has it fails the test."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s]+)(?:,|$)')
_MEDIA_TAGS = {
    "EXT-X-VERSION",
    "EXT-X-TARGETDURATION",
    "EXT-X-PLAYLIST-TYPE",
    "EXT-X-MAP",
    "EXT-X-KEY",
    "EXT-X-I-FRAMES-ONLY",
    "EXT-X-ENDLIST",
}
Attributes = Mapping[str, str]


@dataclass
class MediaPlaylist:
    target: int
    segments: Sequence[tuple[str, float]]
    key: Attributes | None
    init: str | None
    version: str
    """The query of all addresses, which are without it here."""

    @property
    def cuts(self) -> list[float]:
        return [seconds for _, seconds in self.segments]


@dataclass
class MasterPlaylist:
    variants: dict[str, Attributes] = field(default_factory=dict[str, Attributes])
    media: list[Attributes] = field(default_factory=list[Attributes])
    tricks: list[Attributes] = field(default_factory=list[Attributes])


def attributes(text: str) -> Attributes:
    found = list(_ATTRIBUTE.finditer(text))
    assert "".join(each[0] for each in found) == text, text
    names = [each[1] for each in found]
    assert len(set(names)) == len(names), text
    return {each[1]: each[2] for each in found}


def read_master(text: str) -> MasterPlaylist:
    lines = text.split("\n")
    assert lines[0] == "#EXTM3U"
    assert lines[1:3] == ["#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    assert lines[-1] == ""
    master, pending = MasterPlaylist(), None
    for line in lines[3:-1]:
        tag, _, rest = line.partition(":")
        if pending is not None:
            assert not line.startswith("#"), line
            master.variants[line] = pending
            pending = None
        elif tag == "#EXT-X-STREAM-INF":
            pending = attributes(rest)
        elif tag == "#EXT-X-MEDIA":
            master.media.append(attributes(rest))
        else:
            assert tag == "#EXT-X-I-FRAME-STREAM-INF", line
            master.tricks.append(attributes(rest))
    assert pending is None
    _check(master)
    return master


def _check(master: MasterPlaylist) -> None:
    names = [(each["GROUP-ID"], each["NAME"]) for each in master.media]
    assert len(set(names)) == len(names)
    groups = {(each["TYPE"], each["GROUP-ID"]) for each in master.media}
    for each in master.variants.values():
        for kind in ("AUDIO", "SUBTITLES"):
            assert (kind in each) == (kind in {group[0] for group in groups})
            assert kind not in each or (kind, each[kind]) in groups
    for kind, group in groups:
        defaults = [
            each
            for each in master.media
            if (each["TYPE"], each["GROUP-ID"], each["DEFAULT"]) == (kind, group, "YES")
        ]
        assert len(defaults) <= 1
        assert all(each["AUTOSELECT"] == "YES" for each in defaults)


def read_media(text: str) -> MediaPlaylist:
    lines = text.split("\n")
    assert lines[0] == "#EXTM3U"
    assert lines[-2:] == ["#EXT-X-ENDLIST", ""]
    told: dict[str, str] = {}
    segments: list[tuple[str, float]] = []
    versions: set[str] = set()
    seconds: float | None = None
    for line in lines[1:-1]:
        if line.startswith("#EXTINF:"):
            assert seconds is None
            seconds = float(line.removeprefix("#EXTINF:").removesuffix(","))
        elif line.startswith("#EXT-X-BYTERANGE:"):
            assert re.fullmatch(r"\d+@\d+", line.removeprefix("#EXT-X-BYTERANGE:"))
        elif line.startswith("#"):
            tag, _, rest = line.removeprefix("#").partition(":")
            assert tag in _MEDIA_TAGS, line
            told[tag] = rest
        else:
            assert seconds is not None
            name, _, version = line.partition("?")
            versions.add(version)
            segments.append((name, seconds))
            seconds = None
    target = int(told["EXT-X-TARGETDURATION"])
    assert all(round(seconds) <= target for _, seconds in segments)
    assert told["EXT-X-PLAYLIST-TYPE"] == "VOD"
    init = None
    if "EXT-X-MAP" in told:
        init, _, version = attributes(told["EXT-X-MAP"])["URI"].strip('"').partition("?")
        versions.add(version)
    (version,) = versions
    key = attributes(told["EXT-X-KEY"]) if "EXT-X-KEY" in told else None
    return MediaPlaylist(target, segments, key, init, version)
