"""Archives of files that are renamed while the archive is made."""

import io
import zipfile

import anyio
import pytest

from keyshelf.drive.changes import moves
from keyshelf.drive.changes.moves import Move
from keyshelf.drive.zips.service import open_zip
from keyshelf.store.faulty import FaultyStore
from tests.integration.drive.conftest import Drive

pytestmark = pytest.mark.anyio


async def test_an_archive_holds_the_bytes_of_its_file_when_another_takes_its_key(
    drive: Drive,
) -> None:
    folder = await drive.folder("folder")
    file = await drive.file("a.txt", folder.id, b"its own")
    store = FaultyStore(drive.parts.store)
    hold = store.hold("get")
    pieces: list[bytes] = []

    async def download() -> None:
        archive = await open_zip(drive.on(store).parts, drive.viewer, [folder.id])
        pieces.extend([piece async for piece in archive.stream])

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(download)
        await hold.reached.wait()
        await drive.finish(await moves.move(drive.parts, drive.viewer, file.id, Move("b.txt")))
        await drive.file("a.txt", folder.id, b"another's")
        hold.release.set()

    read = zipfile.ZipFile(io.BytesIO(b"".join(pieces)))
    assert [read.read(name) for name in read.namelist()] == [b"its own"]
