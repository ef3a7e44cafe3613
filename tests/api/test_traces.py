"""What is done is told to a collector of traces, as part of what the caller does."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx2
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from keyshelf.tracing import tracing
from tests.patience import PATIENCE
from tests.served import Served

CALLER = "0af7651916cd43dd8448eb211c80319c"


class Collector(HTTPServer):
    """What an operator points KEYSHELF_TRACES_URL at."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.spans: list[Span] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1/traces"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Collector)
        body = self.rfile.read(int(self.headers["content-length"]))
        request = ExportTraceServiceRequest()
        if self.headers.get("content-encoding") != "gzip":
            request.ParseFromString(body)
        for resource in request.resource_spans:
            for scope in resource.scope_spans:
                self.server.spans += scope.spans
        self.send_response(200)
        self.end_headers()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """A test's output is what its reader looks for."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join(PATIENCE)


def test_requests_and_what_they_ask_of_stores_are_told(
    served: Served, collector: Collector
) -> None:
    headers = {
        "Authorization": f"Bearer {served.token}",
        "traceparent": f"00-{CALLER}-b7ad6b7169203331-01",
    }
    with tracing.sending(collector.url):
        body = {"name": "traced-not-by-name", "space": "my-files"}
        with httpx2.Client(base_url=served.url, timeout=PATIENCE) as client:
            answer = client.post("/api/folders", json=body, headers=headers)
            # A request ends after its answer; before another one on the connection has.
            client.get("/livez")
    answer.raise_for_status()

    ours = [span for span in collector.spans if span.trace_id.hex() == CALLER]
    assert "POST /api/folders" in {span.name for span in ours}
    request = next(span for span in ours if span.name == "POST /api/folders")
    told = {each.key: each.value for each in request.attributes}
    assert told["http.response.status_code"].int_value == answer.status_code
    assert told["request_id"].string_value == answer.headers["x-request-id"]
    assert "traced-not-by-name" not in str(collector.spans)


def test_a_collector_that_is_away_hinders_nobody(served: Served) -> None:
    with tracing.sending("http://127.0.0.1:9/v1/traces"):
        answer = httpx2.get(f"{served.url}/livez", timeout=PATIENCE)

    assert answer.json() == {"status": "ok"}
