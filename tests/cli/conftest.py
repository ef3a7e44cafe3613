"""The command line, run in this process or as a child of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from keyshelf.cli import main
from keyshelf.client.synchronous import Client
from tests.patience import PATIENCE
from tests.served import Served

_numbers = count(1)


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # a test knows what it expects
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


Keyshelf = Callable[..., Ran]


@pytest.fixture
def environment(served: Served, tmp_path: Path) -> dict[str, str]:
    """The settings of the program: the service, and a home of its own."""
    return served.environment(tmp_path / "home")


@pytest.fixture
def keyshelf(
    environment: Mapping[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Keyshelf:
    """Run a command in this process, which is what takes no time."""
    for name in [name for name in os.environ if name.startswith("KEYSHELF_")]:
        monkeypatch.delenv(name)

    def run(*arguments: str | Path, **changed: str) -> Ran:
        for name, value in {**environment, **changed}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["keyshelf", *map(str, arguments)])
        capsys.readouterr()
        before = signal.getsignal(signal.SIGINT)
        with pytest.raises(SystemExit) as ended:
            main.main()
        signal.signal(signal.SIGINT, before)
        printed = capsys.readouterr()
        return Ran(int(ended.value.code or 0), printed.out, printed.err)

    return run


class Child:
    """A command in a process of its own, which can be interrupted or killed."""

    def __init__(self, arguments: list[str], environment: Mapping[str, str]) -> None:
        ours = {name: text for name, text in os.environ.items() if not name.startswith("KEYSHELF_")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "keyshelf.cli.main", *arguments],
            env={**ours, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def kill(self) -> None:
        """End it as a crash would: it has no chance to tidy up."""
        self._process.kill()
        self._process.communicate(timeout=PATIENCE)

    def interrupt(self) -> Ran:
        """Press Ctrl-C once, and wait for its end."""
        self._process.send_signal(signal.SIGINT)
        return self.ended()

    def ended(self) -> Ran:
        """Wait for its end."""
        out, err = self._process.communicate(timeout=PATIENCE)
        return Ran(self._process.returncode, out.decode(), err.decode())

    def stop(self) -> None:
        """End it, if it has not ended."""
        if self._process.poll() is None:
            self.kill()


StartChild = Callable[..., Child]


@pytest.fixture
def start(environment: Mapping[str, str]) -> Iterator[StartChild]:
    """Start a command in a process of its own."""
    children: list[Child] = []

    def start(*arguments: str | Path) -> Child:
        child = Child([str(argument) for argument in arguments], environment)
        children.append(child)
        return child

    yield start
    for child in children:
        child.stop()


@pytest.fixture
def folder(served: Served) -> str:
    """A folder of the drive that no other test uses."""
    path = f"/test-{next(_numbers)}"
    with Client(served.url, token=served.token) as client:
        client.make_folder(path)
    return path
