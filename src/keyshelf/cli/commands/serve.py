"""`keyshelf up`, `serve` and `worker`: run the service."""

import os
from collections.abc import Callable
from importlib import import_module
from typing import Protocol, cast

import typer

from keyshelf import settings
from keyshelf.cli import output
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.output import Output
from keyshelf.client import discovery
from keyshelf.client.discovery import LocalService
from keyshelf.settings import Settings


class _Address(Protocol):
    """Where a service that serves can be reached."""

    @property
    def url(self) -> str: ...
    @property
    def admin_url(self) -> str: ...
    @property
    def token(self) -> str | None: ...


class _Serving(Protocol):
    """What `keyshelf.api.main` offers."""

    def serve(
        self,
        settings: Settings,
        *,
        with_worker: bool,
        on_ready: Callable[[_Address], None],
        on_trouble: Callable[[str, str], None],
    ) -> None: ...


class _Working(Protocol):
    """What `keyshelf.worker` offers."""

    def run(self, settings: Settings, *, on_ready: Callable[[], None]) -> None: ...


def up() -> None:
    """Serve Keyshelf with its worker until Ctrl-C, and print the address and a sign-in link.

    With nothing set, everything is embedded in the data folder, which is made when missing.
    Programs on this machine find the service by themselves while it runs.
    """
    given = settings.load()
    out = Output()

    def ready(address: _Address) -> None:
        _announce(given, address)
        out.line(f"Keyshelf is at   {address.url}")
        if address.token:
            out.line(f"sign in with     {_sign_in_link(address)}")
        out.line(f"data folder      {given.data_folder}")
        out.message("Ctrl-C stops it")

    try:
        _serving().serve(given, with_worker=True, on_ready=ready, on_trouble=_tell_trouble)
    finally:
        discovery.withdraw(given.data_folder, pid=os.getpid())
    raise typer.Exit(ExitCode.OK)


def serve() -> None:
    """Serve the HTTP API and the page until SIGTERM, and print the address and a sign-in link.

    Jobs are run by `keyshelf worker`. Programs on this machine find the service by themselves
    while it runs.
    """
    given = settings.load()
    out = Output()

    def ready(address: _Address) -> None:
        _announce(given, address)
        out.message(f"serving at {address.url}, private listener at {address.admin_url}")
        if address.token:
            out.message(f"sign in with {_sign_in_link(address)}")

    try:
        _serving().serve(given, with_worker=False, on_ready=ready, on_trouble=_tell_trouble)
    finally:
        discovery.withdraw(given.data_folder, pid=os.getpid())
    raise typer.Exit(ExitCode.OK)


def worker() -> None:
    """Run jobs until SIGTERM. What is under way then is finished, or taken up by another."""
    out = Output()
    # Entry points do not import each other: one is named to the other by text.
    working = cast("_Working", import_module("keyshelf.worker"))  # a module is no class to check
    working.run(settings.load(), on_ready=lambda: out.message("working"))
    raise typer.Exit(ExitCode.OK)


def _sign_in_link(address: _Address) -> str:
    return f"{address.url}/sign-in#token={address.token}"


def _announce(given: Settings, address: _Address) -> None:
    """Let programs on this machine find the service, unless they find another that runs."""
    service = LocalService(address.url, address.admin_url, address.token, os.getpid())
    found = discovery.discover(given.data_folder)
    # A file of a killed service whose process id is in use again, as in a container,
    # gives itself away: the port that it names is ours now.
    if found is None or found.pid == service.pid or found.url == service.url:
        discovery.announce(given.data_folder, service)


def _tell_trouble(part: str, said: str) -> None:
    name = part if part in {"database", "redis"} else f"{part} store"
    output.message(
        f"keyshelf: {name}: {said.rstrip('.')}; the service waits for it,"
        " `keyshelf doctor` names the fix"
    )


def _serving() -> _Serving:
    # Imported when asked for, which keeps `keyshelf ls` from loading a whole server;
    # by text, because entry points do not import each other.
    return cast("_Serving", import_module("keyshelf.api.main"))  # a module is no class to check
