"""Finds the service that a command speaks to, and runs the command on it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from time import monotonic
from typing import NoReturn

import anyio
import typer

from keyshelf import settings
from keyshelf.cli import output
from keyshelf.cli.exits import ExitCode
from keyshelf.client import discovery
from keyshelf.client.asynchronous import AsyncClient
from keyshelf.client.connection import API_RETRY
from keyshelf.client.retrying import RetryOptions
from keyshelf.client.transfers.options import TransferOptions
from keyshelf.errors import Error, UnavailableError


class NoServiceError(UnavailableError):
    """No service was named and none runs here. Start one, or set `KEYSHELF_URL`."""

    code = "no-service"


def client() -> AsyncClient:
    """Return a client of the service that the settings name, or that runs on this machine.

    Raises `NoServiceError`.
    """
    given = settings.load()
    url, admin_url = given.text("KEYSHELF_URL"), given.text("KEYSHELF_ADMIN_URL")
    token = given.text("KEYSHELF_TOKEN")
    if url is None:
        local = discovery.discover(given.data_folder)
        if local is None:
            raise NoServiceError(
                "no Keyshelf runs on this machine: start it with `keyshelf up`,"
                " or set KEYSHELF_URL and KEYSHELF_TOKEN to use another machine's"
            )
        url, admin_url = local.url, admin_url or local.admin_url
        token = token or local.token
    tell = _told_once()
    return AsyncClient(
        url,
        token=token,
        admin_url=admin_url,
        state_folder=given.state_folder,
        transfers=TransferOptions(retry=RetryOptions(on_wait=tell)),
        retry=replace(API_RETRY, on_wait=tell),
    )


def _told_once() -> Callable[[Error], None]:
    """Return what tells a person of a wait, once however many requests wait together."""
    silent_until = float("-inf")

    def tell(error: Error) -> None:
        nonlocal silent_until
        if monotonic() >= silent_until:
            silent_until = monotonic() + API_RETRY.patience
            output.message(f"keyshelf: waiting up to {API_RETRY.patience:.0f} s: {error.detail}")

    return tell


def run(
    command: Callable[[AsyncClient], Awaitable[ExitCode]],
    *,
    when_interrupted: str = "interrupted",
) -> NoReturn:
    """Run a command on the service, and end with its exit code.

    Ctrl-C ends it at the next safe point with `when_interrupted` and code 130.
    """

    async def on_service() -> ExitCode:
        async with client() as service:
            return await command(service)

    try:
        code = anyio.run(on_service)
    except KeyboardInterrupt:
        output.message(when_interrupted)
        code = ExitCode.INTERRUPTED
    raise typer.Exit(code)
