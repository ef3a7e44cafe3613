"""Traces of what a process does, sent to an OpenTelemetry collector when one is set.

Without one a span costs a look at a variable. Names and attributes say what is done and never
on whose file: no path, key or hash.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from keyshelf.errors import InvalidInputError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer


_PATIENCE_SECONDS = 2


class TracingNotInstalledError(InvalidInputError):
    """What sends traces is not installed: `pip install 'keyshelf[traces]'`."""

    code = "tracing-not-installed"


class Tracing:
    """Where the spans of one process go; nowhere unless `sending`."""

    def __init__(self) -> None:
        self._tracer: Tracer | None = None

    @contextmanager
    def sending(self, url: str | None) -> Generator[None]:
        """Send spans of the block to a collector's OTLP address over HTTP; None sends none.

        They go apart, some at a time: a collector that is away loses spans and slows nothing.
        Raises `TracingNotInstalledError`.
        """
        if url is None:
            yield
            return
        provider = _provider(url)
        self._tracer = provider.get_tracer("keyshelf")
        try:
            yield
        finally:
            self._tracer = None
            provider.shutdown()

    @contextmanager
    def span(
        self, name: str, *, headers: Mapping[str, str] | None = None, **attributes: str | int
    ) -> "Generator[Span | None]":
        """Trace the block, as part of what the caller traces; `headers` may name that caller."""
        tracer = self._tracer
        if tracer is None:
            yield None
            return
        # Installed with what sends.
        from opentelemetry.propagate import extract  # noqa: PLC0415

        parent = extract(headers) if headers is not None else None
        with tracer.start_as_current_span(name, context=parent, attributes=attributes) as span:
            yield span


def _provider(url: str) -> "TracerProvider":
    try:
        # An extra: most services have no collector.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk import trace as sdk  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        raise TracingNotInstalledError(
            "KEYSHELF_TRACES_URL is set and what sends traces is not installed:"
            " pip install 'keyshelf[traces]'"
        ) from error
    provider = sdk.TracerProvider(resource=Resource.create({"service.name": "keyshelf"}))
    provider.add_span_processor(
        BatchSpanProcessor(OTLPSpanExporter(url, timeout=_PATIENCE_SECONDS))
    )
    return provider


tracing = Tracing()
"""The process's own."""
