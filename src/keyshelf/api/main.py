"""Serving: the public listener, the private one, and with them a worker if wanted."""

import errno
import socket
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from functools import partial

import anyio
import uvicorn
from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp

from keyshelf import __version__
from keyshelf.api.failures import PROBLEM_RESPONSES, handle_failures
from keyshelf.api.middleware import BoundedBody, RequestContext
from keyshelf.api.needs_restore import on_needs_restore
from keyshelf.api.page import serve_page
from keyshelf.api.room import Room
from keyshelf.api.routes import (
    admin,
    archives,
    batch,
    downloads,
    files,
    jobs,
    lists,
    media,
    media_jobs,
    operations_backfill,
    operations_checks,
    operations_cost,
    operations_overview,
    operations_reconcile,
    operations_replicas,
    operations_restores,
    operations_rules,
    pictures,
    playback,
    probes,
    repositories,
    repositories_chunks,
    repositories_files,
    repositories_history,
    repositories_proxies,
    repositories_pushes,
    repositories_refs,
    repositories_upkeep,
    session,
    signed,
    tokens,
    trash,
    uploads,
)
from keyshelf.api.streams import Streams
from keyshelf.api.warm_pictures import WarmAddresses, WarmPictures
from keyshelf.app.collecting import tune_collector
from keyshelf.app.service import Keyshelf, ServiceAddress, open_keyshelf
from keyshelf.app.stopping import until_told_to_stop
from keyshelf.app.stores import store_sources
from keyshelf.app.workers import make_worker
from keyshelf.errors import UnavailableError
from keyshelf.settings import Settings
from keyshelf.store.errors import NeedsRestoreError
from keyshelf.telemetry import LogOptions, configure_logging
from keyshelf.tracing import tracing

PUBLIC_ROUTES: Sequence[APIRouter] = (
    # Routes are tried in order, and this one serves every object of a store of ours.
    signed.router,
    session.router,
    tokens.router,
    lists.router,
    downloads.router,
    archives.router,
    trash.router,
    batch.router,
    uploads.router,
    files.router,
    media_jobs.router,
    jobs.router,
    pictures.router,
    media.router,
    repositories.router,
    repositories_refs.router,
    repositories_pushes.router,
    repositories_chunks.router,
    repositories_history.router,
    repositories_files.router,
    repositories_proxies.router,
    repositories_upkeep.router,
    playback.router,
    operations_cost.router,
    operations_reconcile.router,
    operations_replicas.router,
    operations_checks.router,
    operations_restores.router,
    operations_backfill.router,
    operations_overview.router,
    operations_rules.router,
    probes.router,
    probes.public_router,
)
PRIVATE_ROUTES: Sequence[APIRouter] = (admin.router, probes.router, probes.private_router)


class PortTakenError(UnavailableError):
    """Another program listens on the port: end it, or set another port."""

    code = "port-taken"


def public(service: Keyshelf) -> ASGIApp:
    """Return the application that people and programs use."""
    app = _application(service, "Keyshelf", PUBLIC_ROUTES)
    serve_page(app, connect_to=list(store_sources(service.settings)))
    return WarmPictures(
        app,
        pictures=service.pictures,
        addresses=app.state.warm_pictures,
        metrics=service.metrics,
    )


def private(service: Keyshelf) -> FastAPI:
    """Return the application for administrators and monitoring."""
    return _application(service, "Keyshelf, private listener", PRIVATE_ROUTES)


def _application(service: Keyshelf, title: str, routers: Sequence[APIRouter]) -> FastAPI:
    app = FastAPI(
        title=title,
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
        redirect_slashes=False,
    )
    app.state.keyshelf = service
    app.state.streams = Streams()
    app.state.room = Room()
    app.state.warm_pictures = WarmAddresses()
    handle_failures(app)
    app.add_exception_handler(NeedsRestoreError, on_needs_restore)
    for router in routers:
        app.include_router(router, responses=PROBLEM_RESPONSES)
    app.add_middleware(BoundedBody)
    app.add_middleware(RequestContext, metrics=service.metrics)
    return app


OnReady = Callable[[ServiceAddress], None]
OnTrouble = Callable[[str, str], None]
"""Is told the name of a part that does not answer, and why."""


def serve(
    settings: Settings, *, with_worker: bool, on_ready: OnReady, on_trouble: OnTrouble
) -> None:
    """Serve both listeners until SIGINT or SIGTERM, then finish what is under way.

    `on_ready` is called once both accept connections, then `on_trouble` for each part
    that does not answer: the service waits for it. Raises `PortTakenError`, and what
    opening the service raises.
    """
    configure_logging(LogOptions(level=settings.required("KEYSHELF_LOG_LEVEL")))
    serving = partial(
        _serve, settings, with_worker=with_worker, on_ready=on_ready, on_trouble=on_trouble
    )
    with tracing.sending(settings.text("KEYSHELF_TRACES_URL")):
        anyio.run(serving, backend_options={"use_uvloop": True})


async def _serve(
    settings: Settings, *, with_worker: bool, on_ready: OnReady, on_trouble: OnTrouble
) -> None:
    # Bound before anything is opened: a second service on one port must fail at once.
    public_socket = _bind(settings, "KEYSHELF_HOST", "KEYSHELF_PORT")
    private_socket = _bind(settings, "KEYSHELF_ADMIN_HOST", "KEYSHELF_ADMIN_PORT")
    with public_socket, private_socket:
        async with open_keyshelf(settings) as service:
            servers = [
                (_server(public(service)), public_socket),
                (_server(private(service)), private_socket),
            ]
            worker = make_worker(service) if with_worker else None
            tune_collector()

            async def run() -> None:
                async with anyio.create_task_group() as group:
                    if worker is not None:
                        group.start_soon(worker.run)
                    for server, bound in servers:
                        group.start_soon(server.serve, [bound])
                    await _started([server for server, _ in servers])
                    on_ready(_address(service, private_socket))
                    for part, said in (await service.readiness()).failures.items():
                        on_trouble(part, said)

            def stop() -> None:
                for server, _ in servers:
                    server.should_exit = True
                if worker is not None:
                    worker.stop()

            await until_told_to_stop(run, stop)


class _Server(uvicorn.Server):
    """A server that leaves signals to us, because two of them run in one process."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


def _server(app: ASGIApp) -> _Server:
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=True,
        timeout_graceful_shutdown=10,
        timeout_keep_alive=30,
    )
    return _Server(config)


async def _started(servers: Sequence[uvicorn.Server]) -> None:
    while not all(server.started for server in servers):  # noqa: ASYNC110 -- uvicorn sets a flag
        await anyio.sleep(0.01)


def _bind(settings: Settings, host_name: str, port_name: str) -> socket.socket:
    host, port = settings.required(host_name), settings.number(port_name)
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        bound = socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        is_taken = error.errno == errno.EADDRINUSE
        # The library adds the address in its own spelling to what the system says.
        said = str(error.strerror).partition(" (while")[0]
        taken_fix = f"end the program that does, or set {port_name}"
        fix = taken_fix if is_taken else f"mend {host_name} or {port_name}"
        raise PortTakenError(f"cannot listen on {host}:{port} ({said}): {fix}") from error
    # Its connections inherit this. An answer is written in two pieces, and the second would
    # wait for the first to be acknowledged: 40 ms. asyncio sees to it only where a socket
    # names its protocol, which this one does not.
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return bound


def _address(service: Keyshelf, private_socket: socket.socket) -> ServiceAddress:
    host, port = private_socket.getsockname()[:2]
    host = f"[{host}]" if ":" in host else host
    return ServiceAddress(
        url=service.settings.public_url,
        admin_url=f"http://{host}:{port}",
        token=service.local_token,
    )
