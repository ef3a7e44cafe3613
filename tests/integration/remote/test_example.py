"""The example of the documentation does what it says."""

from pathlib import Path

import pytest

from examples.version_a_folder import history, main
from keyshelf.client.asynchronous import AsyncClient
from keyshelf.repositories.host import opened
from keyshelf.repositories.remote.host import RemoteHost
from keyshelf.repositories.unlocking import Unlocking
from tests.integration.remote.test_remote import project, told
from tests.served import Served

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "passphrase",
    [
        pytest.param("", id="plain", marks=pytest.mark.long),
        pytest.param("correct horse", id="encrypted"),
    ],
)
async def test_a_folder_is_saved_and_restored(
    served: Served,
    name: str,
    passphrase: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for setting, value in served.environment(tmp_path).items():
        monkeypatch.setenv(setting, value)
    monkeypatch.setenv("KEYSHELF_PASSPHRASE", passphrase)
    folder, copy = project(tmp_path / name), tmp_path / "copy"

    first = await main(["save", name, str(folder), "First", "cut"])
    (folder / "new.txt").write_text("new")
    second = await main(["save", name, str(folder), "Second cut"])
    restored = await main(["restore", name, str(copy)])

    assert told(copy) == told(folder)
    assert [first[13:21], second[13:21]] == [" 5 files", " 6 files"]
    assert restored.startswith(second[:12])
    async with AsyncClient(served.url, token=served.token) as client:
        unlocking = Unlocking(passphrase=passphrase or None)
        carrier = await opened(RemoteHost(client), name, unlocking)
        assert [why for _, why in await history(carrier)] == ["Second cut", "First cut"]
