"""What the service tells about itself: log lines and metrics, their names in one place."""

import logging
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, TextIO

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from structlog.typing import Processor

from keyshelf.errors import InvalidInputError

Logger = structlog.stdlib.BoundLogger

LEVELS = ("debug", "info", "warning", "error")
_QUIET = ("httpx2", "httpcore2", "saq", "botocore", "boto3", "urllib3", "uvicorn")
_SILENT = ("psycopg",)


@dataclass(frozen=True, slots=True)
class LogOptions:
    """What is logged, and how it looks."""

    level: str = "info"
    """The least severe level that is written: debug, info, warning or error."""
    format: Literal["auto", "json", "pretty"] = "auto"
    """One JSON object a line, or lines for a person; auto is pretty on a terminal."""

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise InvalidInputError(f"a log level is one of {', '.join(LEVELS)}", got=self.level)


def get_logger(name: str) -> Logger:
    """Return the logger of a module; it writes where `configure_logging` says.

    Log events as a fixed sentence with facts as keywords: `log.info("job done", id=id)`.
    """
    # Bound to the standard library, so that a program that uses Keyshelf as a library
    # and never configures it keeps its stdout clean.
    return structlog.wrap_logger(
        logging.getLogger(name),
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared_processors(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=Logger,
        cache_logger_on_first_use=True,
    )


def configure_logging(options: LogOptions, *, stream: TextIO | None = None) -> None:
    """Send every log line of the process, ours and the libraries', to stderr.

    Replaces what an earlier call set up.
    """
    target = stream or sys.stderr
    pretty = options.format == "pretty" or (options.format == "auto" and target.isatty())
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_shared_processors(),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_renderers(pretty=pretty, colors=target.isatty()),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(options.level.upper())
    for name in _QUIET:
        # They tell every request and every retry; what matters of it we tell ourselves.
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    for name in _SILENT:
        # Warns several times a second while a server is away, and whenever a request is
        # given up; whoever waited fails with an error of ours, which tells it once.
        logging.getLogger(name).setLevel(logging.ERROR)


@contextmanager
def log_context(**facts: object) -> Generator[None]:
    """Add `facts` (request id, job id, …) to every line that the block logs."""
    with structlog.contextvars.bound_contextvars(**facts):
        yield


class Metrics:
    """The metrics of one process, on a registry of their own.

    Every name is here. A part that measures something takes this as an argument.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.jobs = Gauge(
            "keyshelf_jobs",
            "Jobs that wait, run or are paused, by queue and state.",
            ["queue", "state"],
            registry=self.registry,
        )
        self.ended_jobs = Counter(
            "keyshelf_jobs_ended",
            "Jobs that this process ended, by kind and state.",
            ["kind", "state"],
            registry=self.registry,
        )
        self.oldest_job = Gauge(
            "keyshelf_oldest_job_seconds",
            "How long the oldest job that could run has been waiting.",
            ["queue"],
            registry=self.registry,
        )
        self.job_duration = Histogram(
            "keyshelf_job_duration_seconds",
            "How long one attempt at a job took.",
            ["kind"],
            buckets=(0.01, 0.05, 0.25, 1, 5, 30, 120, 600, 3600, 4 * 3600),
            registry=self.registry,
        )
        self.http_duration = Histogram(
            "keyshelf_http_request_duration_seconds",
            "How long requests took, by route, method and status.",
            ["route", "method", "status"],
            registry=self.registry,
        )


def _shared_processors() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _renderers(*, pretty: bool, colors: bool) -> list[Processor]:
    if pretty:
        return [structlog.dev.ConsoleRenderer(colors=colors)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=str)]
