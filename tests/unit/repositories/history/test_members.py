"""A folder of a commit as an archive."""

import io
import stat
import zipfile
from contextlib import aclosing

import pytest

from keyshelf.delivery.archives import archive
from keyshelf.repositories.formats.entries import Entry
from keyshelf.repositories.history.content import DamagedFileError
from keyshelf.repositories.history.members import members
from tests.unit.repositories.history.kit import History, folder_of, link_to, random_bytes

pytestmark = pytest.mark.anyio
DATA = random_bytes(200_000)


async def packed(history: History, tree: dict[bytes, Entry], *, top: bytes = b"") -> bytes:
    root = await history.tree(tree)
    async with aclosing(archive(members(history.reader(), root, top=top))) as pieces:
        return b"".join([piece async for piece in pieces])


async def test_a_folder_comes_out_of_its_archive() -> None:
    history = History()
    data = await packed(
        history,
        {
            b"a/big.bin": history.store(DATA),
            b"a/run": history.store(b"#!", mode=0o755),
            b"caf\xe9": history.store(b""),
            b"empty": folder_of(),
            b"link": link_to(b"a/run"),
            rb"..\up": history.store(b""),
        },
        top=b"film",
    )

    with zipfile.ZipFile(io.BytesIO(data)) as read:
        assert read.testzip() is None
        modes = {info.filename: info.external_attr >> 16 for info in read.infolist()}
        assert read.read("film/a/big.bin") == DATA
        assert read.read("film/link") == b"a/run"
    assert list(modes) == [
        "film/..%5Cup",
        "film/a/big.bin",
        "film/a/run",
        "film/caf%E9",
        "film/empty/",
        "film/link",
    ]
    assert modes["film/a/run"] == stat.S_IFREG | 0o755
    assert stat.S_ISLNK(modes["film/link"])


async def test_a_damaged_file_ends_the_archive_with_an_error() -> None:
    history = History()
    entry = history.store(DATA)
    last = next(reversed([each for each in history.carrier.chunks if each != entry.content]))
    del history.carrier.chunks[last]

    with pytest.raises(DamagedFileError, match="big"):
        await packed(history, {b"a/big": entry})
