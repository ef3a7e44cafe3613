"""Writing the master playlist: which renditions there are, and how much each asks of a line."""

from collections.abc import Iterator, Mapping, Sequence

from keyshelf.media.streams.measuring import Rate
from keyshelf.media.streams.packaging import PackagedTrack

_VERSION = 7
_AUDIO, _SUBTITLES = "audio", "subtitles"
_SOUND_CODEC = "mp4a.40.2"
_CODEC_ORDER = ("h264", "av1")
"""What every player has goes first: some begin with the first that is named."""

Attributes = Mapping[str, str | int | None]


def master_playlist(tracks: Sequence[PackagedTrack], *, base: str = "") -> str:
    """Return the master playlist of a stream, whose addresses are relative to `base`.

    `BANDWIDTH` is the peak of a rendition and of the sound and subtitles that ask for most
    beside it, `AVERAGE-BANDWIDTH` the same of averages, as RFC 8216 (4.3.4.2) adds them.
    """
    lines = ["#EXTM3U", f"#EXT-X-VERSION:{_VERSION}", "#EXT-X-INDEPENDENT-SEGMENTS"]
    return "\n".join([*lines, *_Master(tracks, base).lines(), ""])


class _Master:
    def __init__(self, tracks: Sequence[PackagedTrack], base: str) -> None:
        self._base = base
        self._video = sorted(_of(tracks, "video"), key=_rank)
        self._audio = _of(tracks, "audio")
        self._text = _of(tracks, "text")

    def lines(self) -> Iterator[str]:
        if not self._video:
            yield from self._stream(self._audio[0], [_SOUND_CODEC], [])
            return
        for each in self._audio:
            yield _tag("#EXT-X-MEDIA", self._media(each, "AUDIO", _AUDIO))
        for each in self._text:
            yield _tag("#EXT-X-MEDIA", self._media(each, "SUBTITLES", _SUBTITLES))
        for each in self._video:
            codecs = [each.facts["CODECS"].partition(",")[0]]
            codecs += [_SOUND_CODEC] if self._audio else []
            yield from self._stream(each, codecs, [self._audio, self._text])
        for each in self._video:
            if each.trick is not None:
                yield _tag("#EXT-X-I-FRAME-STREAM-INF", self._trick(each, each.trick))

    def _stream(
        self, each: PackagedTrack, codecs: list[str], beside: list[list[PackagedTrack]]
    ) -> Iterator[str]:
        beside_rates = [[other.rate for other in group] for group in beside if group]
        attributes: Attributes = {
            "BANDWIDTH": each.rate.peak
            + sum(max(rate.peak for rate in group) for group in beside_rates),
            "AVERAGE-BANDWIDTH": each.rate.average
            + sum(max(rate.average for rate in group) for group in beside_rates),
            "CODECS": _quoted(",".join(codecs)),
            "RESOLUTION": each.facts.get("RESOLUTION"),
            "FRAME-RATE": each.facts.get("FRAME-RATE"),
            "VIDEO-RANGE": each.facts.get("VIDEO-RANGE"),
            "AUDIO": _quoted(_AUDIO) if self._audio and self._video else None,
            "SUBTITLES": _quoted(_SUBTITLES) if self._text else None,
            "CLOSED-CAPTIONS": "NONE" if self._video else None,
        }
        yield _tag("#EXT-X-STREAM-INF", attributes)
        yield self._address(each.track.playlist)

    def _media(self, each: PackagedTrack, kind: str, group: str) -> Attributes:
        track = each.track
        return {
            "TYPE": kind,
            "GROUP-ID": _quoted(group),
            "NAME": _quoted(track.name),
            "LANGUAGE": _quoted(each.facts["LANGUAGE"]) if "LANGUAGE" in each.facts else None,
            "DEFAULT": _yes(track.is_default),
            "AUTOSELECT": _yes(track.is_default or track.is_chosen_by_language),
            "FORCED": "YES" if track.is_forced else None,
            "CHANNELS": _quoted(str(track.channels)) if track.channels else None,
            "URI": _quoted(self._address(track.playlist)),
        }

    def _trick(self, each: PackagedTrack, rate: Rate) -> Attributes:
        return {
            "BANDWIDTH": rate.peak,
            "AVERAGE-BANDWIDTH": rate.average,
            "CODECS": _quoted(each.facts["CODECS"].partition(",")[0]),
            "RESOLUTION": each.facts["RESOLUTION"],
            "VIDEO-RANGE": each.facts.get("VIDEO-RANGE"),
            "URI": _quoted(self._address(each.track.trick_playlist)),
        }

    def _address(self, path: str) -> str:
        return path.removeprefix(self._base)


def _of(tracks: Sequence[PackagedTrack], kind: str) -> list[PackagedTrack]:
    return [each for each in tracks if each.track.kind == kind]


def _rank(each: PackagedTrack) -> tuple[int, int]:
    codec = each.track.id.rpartition("_")[2]
    return _CODEC_ORDER.index(codec), -each.track.width * each.track.height


def _tag(name: str, attributes: Attributes) -> str:
    told = [f"{key}={value}" for key, value in attributes.items() if value is not None]
    return f"{name}:{','.join(told)}"


def _quoted(text: str) -> str:
    return f'"{text}"'


def _yes(claim: bool) -> str:  # noqa: FBT001 -- the claim is all there is
    return "YES" if claim else "NO"
