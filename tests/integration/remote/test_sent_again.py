"""How much a push that was interrupted at the worst moment sends again: less than 64 MiB."""

import os
from dataclasses import replace
from pathlib import Path

import anyio
import httpx2
import pytest

from keyshelf.repositories.chunking import Cutting
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.host import RepositoryInfo
from keyshelf.repositories.remote.carrier import RemoteCarrier
from tests.integration.remote.machine import SOON, Machine, PresigningHost
from tests.integration.remote.wire import Wire

pytestmark = [pytest.mark.anyio, pytest.mark.long]
MEBIBYTE = 2**20
PROJECT_BYTES = 112 * MEBIBYTE
ROUNDS = 3
"""So many requests with chunks, or of chunks to confirm, are under way at once."""
WAYS = pytest.mark.parametrize(
    ("machine", "step"),
    [
        ("plain", "/chunks/content"),
        ("plain-presigned", "/chunks/confirm"),
    ],
    indirect=["machine"],
    ids=["through the service", "straight to the store"],
)


class LargeChunksHost(PresigningHost):
    """Cuts as few chunks as can be: here each is a request."""

    async def open(self, info: RepositoryInfo, keys: Keys | None) -> RemoteCarrier:
        return await super().open(replace(info, cutting=Cutting(2**17, 2**18, 2**18)), keys)


@WAYS
async def test_an_interrupted_push_sends_little_again(
    machine: Machine, step: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire, folder = Wire.of(monkeypatch), tmp_path / "project"
    if isinstance(machine.host, PresigningHost):
        machine.host = LargeChunksHost(machine.host.client, SOON)
    carrier = await machine.create(name)
    folder.mkdir()
    (folder / "take.mov").write_bytes(os.urandom(PROJECT_BYTES))
    before = wire.sent_bytes

    def is_late(request: httpx2.Request) -> bool:
        return request.url.path.endswith(step) and wire.sent_bytes > PROJECT_BYTES / 3

    # All that is under way was sent, and none of it was taken: nothing worse can be.
    with wire.losing(is_late):
        async with anyio.create_task_group() as group:
            group.start_soon(machine.commit, carrier, folder)
            await wire.wait_until_lost(ROUNDS)
            group.cancel_scope.cancel()
    made = await machine.commit(carrier, folder)

    assert made.manifest.root.size == PROJECT_BYTES
    sent_again = wire.sent_bytes - before - PROJECT_BYTES
    assert 16 * MEBIBYTE < sent_again < 64 * MEBIBYTE
