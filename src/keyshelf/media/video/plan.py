"""How a film is cut into pieces, and what is made of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from keyshelf.errors import InvalidInputError
from keyshelf.media.tools.failures import MediaUnreadableError
from keyshelf.media.tools.probed import Probe, VideoStream
from keyshelf.media.video.ladder import CODECS, Codec, Rung, ladder

PIECE_SECONDS = 120
GOPS_A_SEGMENT = 3
"""A segment of 6 seconds begins with every third keyframe."""

_GOP_SECONDS = 2
_FASTEST = Fraction(60)
_KNOWN_RATES = (
    *(Fraction(whole) for whole in (5, 6, 8, 10, 12, 15, 20, 24, 25, 30, 40, 48, 50, 60)),
    *(Fraction(whole * 1000, 1001) for whole in (24, 30, 48, 60)),
    Fraction(25, 2),
)
_NEAR = Fraction(1, 100)


@dataclass(frozen=True, slots=True)
class Piece:
    """Frames from `first_frame` up to, not including, `end_frame`: None is to the film's end."""

    index: int
    first_frame: int
    end_frame: int | None


@dataclass(frozen=True, slots=True)
class EncodePlan:
    """What a film is made into. The same probe and options give the same plan."""

    video: VideoStream
    duration: float
    rate: Fraction
    """Frames a second of every rung."""
    gop: int
    """Frames from one keyframe to the next."""
    rungs: tuple[Rung, ...]
    codecs: tuple[Codec, ...]
    pieces: tuple[Piece, ...]

    @property
    def tracks(self) -> tuple[str, ...]:
        """The names of what is made: each rung in each codec, such as `r720_h264`."""
        return tuple(rung.track(codec) for rung in self.rungs for codec in self.codecs)

    @property
    def segment_seconds(self) -> Fraction:
        """How long a segment is: 6 seconds, or the few thousandths more that whole frames take."""
        return self.gop * GOPS_A_SEGMENT / self.rate


def plan_encode(
    probe: Probe, *, piece_seconds: int = PIECE_SECONDS, codecs: Sequence[Codec] = CODECS
) -> EncodePlan:
    """Return how to encode a film in pieces of about `piece_seconds`, whole segments each.

    A container without an index is one piece, since finding a place in it means reading all
    that is before. Raises `MediaUnreadableError` for what has no picture.
    """
    if probe.video is None:
        raise MediaUnreadableError("it has no picture to encode")
    if piece_seconds < 1 or not codecs:
        raise InvalidInputError("a film is encoded in pieces of seconds, in one codec at least")
    rate = output_rate(probe.video.rate)
    gop = _ceiling(_GOP_SECONDS * rate)
    length = _ceiling(piece_seconds * rate / (gop * GOPS_A_SEGMENT)) * gop * GOPS_A_SEGMENT
    return EncodePlan(
        video=probe.video,
        duration=probe.duration,
        rate=rate,
        gop=gop,
        rungs=ladder(probe.video.width, probe.video.height),
        codecs=tuple(codecs),
        pieces=_pieces(probe, length, rate),
    )


def output_rate(rate: Fraction) -> Fraction:
    """Return the constant rate that a film of this average gets: a usual one, at most 60.

    Half as many frames are taken of one that is faster, until it is slow enough.
    """
    while rate > _FASTEST * (1 + _NEAR):
        rate /= 2
    known = min(_KNOWN_RATES, key=lambda each: abs(each - rate))
    if abs(known / rate - 1) <= _NEAR:
        return known
    # A film of uneven frames: the usual rate above its average, so that few are lost.
    return min((each for each in _KNOWN_RATES if each >= rate), default=_FASTEST)


def _pieces(probe: Probe, length: int, rate: Fraction) -> tuple[Piece, ...]:
    frames = probe.duration * float(rate) if probe.has_index else 0
    count = max(1, -int(-frames // length))
    return tuple(
        Piece(index, index * length, (index + 1) * length if index + 1 < count else None)
        for index in range(count)
    )


def _ceiling(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)
