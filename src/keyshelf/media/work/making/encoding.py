"""Encoding a film piece by piece, so that whoever comes after a crash goes on with the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from anyio import to_thread

from keyshelf.errors import UnavailableError
from keyshelf.jobs.values import JSON, Payload
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import work_key, work_prefix
from keyshelf.media.removing import remove_below
from keyshelf.media.tools.room import refuse_without_room
from keyshelf.media.video.encode import EncodedPiece, encode_piece
from keyshelf.media.video.plan import EncodePlan, Piece
from keyshelf.media.work.makers import Task
from keyshelf.media.work.making.storing import append_file, append_object, store_file
from keyshelf.media.work.making.studio import Studio
from keyshelf.store.errors import ObjectNotFoundError


class PiecesDifferError(UnavailableError):
    """Pieces of one film were made by different encoders: all of them are made again."""

    code = "media-pieces-differ"


@dataclass(frozen=True, slots=True)
class _Known:
    """What is noted of a piece: whether the film ends in it, and the header of each track."""

    is_last: bool
    headers: Mapping[str, str]


async def encode_film(
    studio: Studio, task: Task, plan: EncodePlan, *, folder: Path
) -> Mapping[str, Path]:
    """Encode a film and return its tracks as files of `folder`, by their names.

    Each piece is stored before it is noted: an attempt that dies leaves those that it noted
    to the next. A film of one piece is not stored, because its next attempt would gain
    nothing. Raises what `encode_piece` does, and `PiecesDifferError`.
    """
    encoding = _Encoding(studio, task, plan, folder)
    await encoding.run()
    return encoding.tracks


class _Encoding:
    def __init__(self, studio: Studio, task: Task, plan: EncodePlan, folder: Path) -> None:
        self.tracks = {track: folder / f"{track}.mp4" for track in plan.tracks}
        self._studio = studio
        self._task = task
        self._plan = plan
        self._folder = folder

    async def run(self) -> None:
        headers: Mapping[str, str] = {}
        for piece in self._plan.pieces:
            known = _known(self._task.pieces.done(_name(piece)))
            if known is not None and await self._is_stored(piece, known):
                await self._fetch(piece, known)
            else:
                known = await self._encode(piece)
            headers = headers or known.headers
            if known.headers and known.headers != headers:
                await self._begin_again()
            if known.is_last:
                break

    async def _encode(self, piece: Piece) -> _Known:
        made = await encode_piece(
            self._studio.tools,
            self._task.source.path,
            self._plan,
            piece,
            folder=self._folder,
            on_seconds=self._report,
        )
        if len(self._plan.pieces) > 1:
            for track, path in made.files.items():
                await store_file(self._studio.media, self._key(piece, track), path, "video/mp4")
            await self._task.pieces.note(_name(piece), _noted(made))
        for track, path in made.files.items():
            await append_file(path, self.tracks[track])
            await to_thread.run_sync(path.unlink)
        return _Known(made.is_last, made.headers)

    async def _is_stored(self, piece: Piece, known: _Known) -> bool:
        """Whether the objects of a piece are there: what is noted may have been swept away."""
        for track in known.headers:
            try:
                await self._studio.media.head(self._key(piece, track))
            except ObjectNotFoundError:
                return False
        return True

    async def _fetch(self, piece: Piece, known: _Known) -> None:
        for track in known.headers:
            await self._report(float(piece.first_frame / self._plan.rate))
            # A piece of a track is smaller than what stays free.
            refuse_without_room(self._folder, 0, self._studio.tools.limits)
            await append_object(self._studio.media, self._key(piece, track), self.tracks[track])

    async def _begin_again(self) -> None:
        await self._task.pieces.forget()
        await remove_below(self._studio.media, work_prefix(self._task.job_id))
        raise PiecesDifferError("the film was begun with another encoder: it begins again")

    async def _report(self, seconds: float) -> None:
        await self._task.report(seconds, self._plan.duration)

    def _key(self, piece: Piece, track: str) -> ObjectKey:
        return work_key(self._task.job_id, f"{_name(piece)}/{track}.mp4")


def _noted(made: EncodedPiece) -> Payload:
    headers: dict[str, JSON] = dict(made.headers)
    return {"is_last": made.is_last, "headers": headers}


def _known(told: Payload | None) -> _Known | None:
    if told is None:
        return None
    headers = told["headers"]
    assert isinstance(headers, Mapping)  # noqa: S101 -- as it was noted
    return _Known(bool(told["is_last"]), {name: str(each) for name, each in headers.items()})


def _name(piece: Piece) -> str:
    return f"piece-{piece.index}"
