"""Clients of a service, each killed some time after it began to commit.

python -m tests.integration.remote.killed_clients URL TOKEN REPOSITORY HOME FOLDER

Reads seconds, a line for each client, and writes how the client ended that had so many.
"""

import os
import signal
import sys
from pathlib import Path

import anyio

from keyshelf.client.asynchronous import AsyncClient
from keyshelf.repositories.commit.values import CommitOptions
from keyshelf.repositories.sending import SendingOptions
from tests.integration.remote.machine import Machine, PresigningHost

SMALL = CommitOptions(sending=SendingOptions(bytes_at_once=2**17))
"""Many steps, of which any may be the last."""


async def commit(url: str, token: str, name: str, home: str, folder: str) -> None:
    async with AsyncClient(url, token=token, state_folder=Path(home) / "state") as client:
        machine = Machine(PresigningHost(client), Path(home))
        await machine.commit(await machine.open(name), Path(folder), SMALL)


def main(url: str, token: str, name: str, home: str, folder: str) -> None:
    ended = {signal.SIGCHLD}
    signal.pthread_sigmask(signal.SIG_BLOCK, ended)
    for line in sys.stdin:
        # Forked before there is any thread or loop: a new interpreter takes much longer.
        child = os.fork()
        if not child:
            anyio.run(commit, url, token, name, home, folder)
            os._exit(0)
        if signal.sigtimedwait(ended, float(line)) is None:
            os.kill(child, signal.SIGKILL)
            signal.sigwait(ended)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
