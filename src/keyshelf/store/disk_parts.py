"""Parts of a multipart upload on disk: being written, known, and brought into one file."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from keyshelf.store.base import Part
from keyshelf.store.disk_notes import read_note, write_note
from keyshelf.store.disk_writing import FreshFile, copy_range, refuse_without_room

_DATA = "data"
_WHOLE = "whole"
_PART_NOTE = re.compile(r"part-([0-9]{5})\.json")


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A part that is known, and the file of the upload that holds it."""

    part: Part
    file: str

    def drop(self, folder: Path) -> None:
        """Remove a part that has been replaced; its place in `data` is simply not read."""
        if self.file != _DATA:
            (folder / self.file).unlink(missing_ok=True)


class PartFile:
    """A part being written: into `data` at its offset, or into a file of its own."""

    def __init__(self, folder: Path, number: int, *, own_name: str, keep_free: int) -> None:
        self.number = number
        self._folder = folder
        self._own_name = own_name
        self._room = _part_size(folder)
        self._in_place = self._room is not None and _claimed(folder, number)
        offset = (number - 1) * self._room if self._in_place and self._room else 0
        self._offset = offset
        self._file = FreshFile(
            folder / (_DATA if self._in_place else own_name), offset=offset, keep_free=keep_free
        )

    @property
    def stored(self) -> StoredPart:
        """What the part is once it is finished."""
        part = Part(number=self.number, etag=self._file.etag, size=self._file.size)
        return StoredPart(part=part, file=_DATA if self._in_place else self._own_name)

    def write(self, piece: bytes) -> None:
        """Write the next bytes; a part that is larger than its place leaves it."""
        if self._in_place and self._room and self._file.size + len(piece) > self._room:
            self._move_out()
        self._file.write(piece)

    def sync(self) -> None:
        """Wait until the disk has the part."""
        if not self._in_place:
            os.ftruncate(self._file.file, self._file.size)
        os.fsync(self._file.file)
        self._file.close()

    def become_data(self) -> None:
        """Let this part 1 be the file that the others are written into."""
        _claimed(self._folder, 1)
        (self._folder / self._own_name).rename(self._folder / _DATA)
        # A crash here leaves `data` without a size: the next part 1 replaces it.
        write_note(self._folder / "part-size", self._file.size)
        self._in_place = True

    def discard(self) -> None:
        """Drop an unfinished part; what it wrote into `data` is never read."""
        if self._in_place:
            self._file.close()
        else:
            self._file.discard()

    def _move_out(self) -> None:
        path = self._folder / self._own_name
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        end = self._offset + self._file.size
        copy_range(self._file.file, file, self._offset, end, 0)
        self._file.move_to(file, path)
        self._in_place = False


def fit(
    folder: Path, stored: Mapping[int, StoredPart], chosen: Sequence[Part], *, keep_free: int
) -> str:
    """Bring the chosen parts into one file, copying as little as may be; return its name.

    Raises ENOSPC before the copies would leave less than `keep_free` bytes.
    """
    size = _part_size(folder)
    numbers = [part.number for part in chosen]
    in_data = {number for number, each in stored.items() if each.file == _DATA}
    fits = (
        size is not None
        and numbers == list(range(1, len(chosen) + 1))
        and all(part.size == size for part in chosen[:-1])
        and chosen[-1].size <= size
        # Cutting `data` to size must lose nothing that another completing would name.
        and in_data <= set(numbers)
    )
    offsets = _running_offsets(chosen)
    name = _DATA if fits else _WHOLE
    if not fits:
        (folder / _WHOLE).unlink(missing_ok=True)
    target = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        for part, offset in zip(chosen, offsets, strict=True):
            file = stored[part.number].file
            if fits and file == _DATA:
                continue
            start = (part.number - 1) * size if file == _DATA and size else 0
            refuse_without_room(target, part.size, keep_free)
            source = os.open(folder / file, os.O_RDONLY | os.O_CLOEXEC)
            try:
                # In `data` an abandoned attempt may lie where this part goes.
                copy_range(source, target, start, start + part.size, offset, over_data=fits)
            finally:
                os.close(source)
    except BaseException:
        if not fits:
            (folder / _WHOLE).unlink(missing_ok=True)
        raise
    finally:
        os.close(target)
    return name


def _running_offsets(parts: Sequence[Part]) -> list[int]:
    offsets = [0]
    for part in parts[:-1]:
        offsets.append(offsets[-1] + part.size)
    return offsets


def _part_size(folder: Path) -> int | None:
    return read_note(folder / "part-size")


def _claimed(folder: Path, number: int) -> bool:
    """Say whether the place of a part in `data` is this caller's, for ever."""
    try:
        (folder / f"claim-{number:05}").touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def note_part(folder: Path, stored: StoredPart) -> None:
    """Make a part known: from then on it is the one of its number."""
    write_note(_note(folder, stored.part.number), {**asdict(stored.part), "file": stored.file})


def stored_part(folder: Path, number: int) -> StoredPart | None:
    """Return what is known of a part."""
    told = read_note(_note(folder, number))
    if told is None:
        return None
    part = Part(number=told["number"], etag=told["etag"], size=told["size"])
    return StoredPart(part=part, file=told["file"])


def stored_parts(folder: Path) -> dict[int, StoredPart]:
    """Return all parts that are known, by number."""
    notes = (_PART_NOTE.fullmatch(path.name) for path in folder.iterdir())
    numbers = sorted(int(note[1]) for note in notes if note is not None)
    found = ((number, stored_part(folder, number)) for number in numbers)
    return {number: stored for number, stored in found if stored is not None}


def _note(folder: Path, number: int) -> Path:
    return folder / f"part-{number:05}.json"
