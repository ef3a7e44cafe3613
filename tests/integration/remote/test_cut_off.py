"""Clients that end anywhere in a push: all is as before or as after, and the next one goes on."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from random import Random

import anyio
import anyio.to_thread
import pytest

from tests.integration.remote.machine import Machine
from tests.integration.remote.pushed import Pushed, lay_out
from tests.integration.remote.wire import CutOffError, Wire
from tests.served import Served

pytestmark = pytest.mark.anyio
MOST_REQUESTS = 100
KILLS = 5
PROJECT_BYTES = 700_000


@pytest.mark.parametrize(
    "machine",
    ["plain", pytest.param("encrypted-presigned", marks=pytest.mark.long)],
    indirect=True,
)
async def test_a_client_that_dies_at_any_request_leaves_a_push_that_goes_on(
    machine: Machine, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire, number, moved_at = Wire.of(monkeypatch), 0, list[int]()
    pushed = await Pushed.first_of(machine, name, tmp_path / "project")
    # One that dies before a request leaves what one leaves that died after the one before it.
    for number in range(1, MOST_REQUESTS):
        tree = {"takes/one.mov": os.urandom(10_000), "two.txt": b"%d" % number}
        after = lay_out(pushed.folder, tree)
        with wire.dying_at(number):
            try:
                await machine.commit(pushed.carrier, pushed.folder)
            except CutOffError:
                pass
            else:
                break
        if await pushed.is_moved(after):
            moved_at.append(number)
        await pushed.goes_on(after)
    # The branch is moved by the last request but one, and the last closes the push.
    assert moved_at == [number - 2, number - 1]


@pytest.mark.parametrize("machine", ["plain-presigned"], indirect=True)
async def test_a_process_that_is_killed_at_any_moment_leaves_a_push_that_goes_on(
    machine: Machine, name: str, tmp_path: Path, served: Served
) -> None:
    random, folder = Random(), tmp_path / "project"
    pushed = await Pushed.first_of(machine, name, folder)
    after = lay_out(folder, {"takes/one.mov": random.randbytes(PROJECT_BYTES)})
    began = anyio.current_time()
    await pushed.goes_on(after)
    takes = anyio.current_time() - began
    command = [sys.executable, "-m", "tests.integration.remote.killed_clients"]
    words = [served.url, served.token, name, str(machine.home), str(folder)]
    pipe, killed_after = subprocess.PIPE, list[float]()
    with subprocess.Popen([*command, *words], stdin=pipe, stdout=pipe, text=True) as clients:
        assert clients.stdin
        assert clients.stdout
        while len(killed_after) < KILLS:
            after = lay_out(folder, {"takes/one.mov": random.randbytes(PROJECT_BYTES)})
            seconds = random.uniform(0, takes)
            print(seconds, file=clients.stdin, flush=True)
            status = int(await anyio.to_thread.run_sync(clients.stdout.readline))
            if status:
                assert status == -signal.SIGKILL
                killed_after.append(seconds)
            await pushed.is_moved(after)
            await pushed.goes_on(after)
