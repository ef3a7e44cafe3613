"""A file is sent piece by piece."""

from pathlib import Path

import pytest

from keyshelf.client.file_pieces import FilePieces


@pytest.mark.parametrize("size", [0, 1, 4, 5, 11])
def test_the_pieces_are_the_file(tmp_path: Path, size: int) -> None:
    content = bytes(range(size))
    (tmp_path / "file").write_bytes(content)

    pieces = FilePieces(tmp_path / "file", piece_bytes=4)

    assert b"".join(pieces) == content
    assert sum(map(len, pieces)) == size
    assert all(len(each) <= 4 for each in pieces)


def test_there_is_nothing_beyond(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    pieces = FilePieces(tmp_path / "file", piece_bytes=4)

    assert pieces[:] == [b"1234", b"5"]
    with pytest.raises(IndexError):
        pieces[2]
