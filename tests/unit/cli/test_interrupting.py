"""Ctrl-C ends a question that a command asks, at the first press."""

import getpass
import signal
from collections.abc import Awaitable, Callable

import anyio
import pytest
import typer

from keyshelf.cli import hosting, options, output


def interrupted(asked: list[str]) -> Callable[..., str]:
    """Return a question during which Ctrl-C is pressed."""

    def ask(prompt: str, **_: object) -> str:
        asked.append(prompt)
        signal.raise_signal(signal.SIGINT)
        return "answered all the same"

    return ask


async def typed() -> None:
    hosting.typed_twice("New passphrase")


async def confirmed() -> None:
    options.confirm("Delete it?", yes=False)


@pytest.mark.parametrize("question", [typed, confirmed])
def test_one_press_is_enough(
    question: Callable[[], Awaitable[None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(getpass, "getpass", interrupted(asked))
    monkeypatch.setattr(typer, "confirm", interrupted(asked))
    monkeypatch.setattr(output, "is_interactive", lambda: True)
    before = signal.getsignal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        anyio.run(question)

    assert len(asked) == 1
    assert signal.getsignal(signal.SIGINT) is before


def test_the_end_of_the_input_interrupts(monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(*_: object, **__: object) -> bool:
        raise typer.Abort

    monkeypatch.setattr(typer, "confirm", ended)
    monkeypatch.setattr(output, "is_interactive", lambda: True)

    with pytest.raises(KeyboardInterrupt):
        options.confirm("Delete it?", yes=False)
