"""A file as the pieces of a request's body: however large, one piece at a time is in memory."""

from collections.abc import Sequence
from pathlib import Path
from typing import overload

_PIECE = 2**20


class FilePieces(Sequence[bytes]):
    """The bytes of a file in pieces, each read when it is asked for."""

    def __init__(self, path: Path, *, piece_bytes: int = _PIECE) -> None:
        self._path = path
        self._piece_bytes = piece_bytes
        self._size = path.stat().st_size

    def __len__(self) -> int:
        """Return the number of pieces."""
        return (self._size + self._piece_bytes - 1) // self._piece_bytes

    @overload
    def __getitem__(self, index: int) -> bytes: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[bytes]: ...

    def __getitem__(self, index: int | slice) -> bytes | Sequence[bytes]:
        """Read a piece, or some."""
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        with self._path.open("rb") as file:
            file.seek(index * self._piece_bytes)
            return file.read(self._piece_bytes)
