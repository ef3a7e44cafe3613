"""The worker process: runs jobs, and does what comes round by itself."""

from collections.abc import Callable

import anyio

from keyshelf.app.collecting import tune_collector
from keyshelf.app.service import open_keyshelf
from keyshelf.app.stopping import until_told_to_stop
from keyshelf.app.workers import make_worker
from keyshelf.settings import Settings
from keyshelf.telemetry import LogOptions, configure_logging
from keyshelf.tracing import tracing


def run(settings: Settings, *, on_ready: Callable[[], None]) -> None:
    """Run a worker until SIGINT or SIGTERM; what runs then is finished or handed back."""
    configure_logging(LogOptions(level=settings.required("KEYSHELF_LOG_LEVEL")))
    with tracing.sending(settings.text("KEYSHELF_TRACES_URL")):
        anyio.run(_run, settings, on_ready, backend_options={"use_uvloop": True})


async def _run(settings: Settings, on_ready: Callable[[], None]) -> None:
    async with open_keyshelf(settings) as service:
        worker = make_worker(service)
        tune_collector()
        on_ready()
        await until_told_to_stop(worker.run, worker.stop)
