"""Finds the service that a command speaks to, and runs the command on it."""

from collections.abc import Awaitable, Callable
from typing import NoReturn

import anyio
import typer

from keyshelf import settings
from keyshelf.cli import output
from keyshelf.cli.exits import ExitCode
from keyshelf.client import discovery
from keyshelf.client.asynchronous import AsyncClient
from keyshelf.errors import UnavailableError


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
    return AsyncClient(url, token=token, admin_url=admin_url, state_folder=given.state_folder)


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
