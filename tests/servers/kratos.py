"""A fake Ory Kratos: a real HTTP server that answers `/sessions/whoami` as Ory documents it.

It is not Kratos. It knows the sessions that a test gives it, asks for a second
factor, fails, or keeps the caller waiting, and records every request.
"""

import json
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

NO_SESSION = {
    "error": {
        "code": 401,
        "status": "Unauthorized",
        "reason": "No valid session credentials found in the request.",
        "message": "The request could not be authorized",
    }
}


@dataclass
class FakeKratos:
    """What the server knows and has seen. Change it between requests."""

    url: str = ""
    sessions: dict[str, Mapping[str, object]] = field(
        default_factory=dict[str, Mapping[str, object]]
    )
    """By `name=value` of the cookie, or by session token: the session document."""
    second_factor: dict[str, Mapping[str, object]] = field(
        default_factory=dict[str, Mapping[str, object]]
    )
    """By the same credential: the body of the 403."""
    outage: tuple[int, bytes] | None = None
    """A status and body for every request, whoever asks."""
    may_answer: threading.Event = field(default_factory=threading.Event)
    """Cleared: requests are read and not answered until it is set."""
    asked: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    """Released once for every request that has arrived."""
    requests: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    """The headers of every request, names in lower case."""

    def add(self, credential: str, identity_id: str, **traits: object) -> None:
        """Let `credential` be a session of an identity."""
        self.sessions[credential] = {
            "id": f"session of {identity_id}",
            "active": True,
            "authenticator_assurance_level": "aal1",
            "identity": {"id": identity_id, "schema_id": "default", "traits": traits},
        }

    def answer(self, credential: str) -> tuple[int, bytes]:
        """Return status and body for a credential."""
        if self.outage is not None:
            return self.outage
        if credential in self.second_factor:
            return 403, json.dumps(self.second_factor[credential]).encode()
        if credential in self.sessions:
            return 200, json.dumps(self.sessions[credential]).encode()
        return 401, json.dumps(NO_SESSION).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    kratos: ClassVar[FakeKratos]

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.kratos.requests.append(headers)
        self.kratos.asked.release()
        self.kratos.may_answer.wait(timeout=60)
        credential = headers.get("x-session-token") or headers.get("cookie", "")
        found = self.path == "/sessions/whoami"
        status, body = self.kratos.answer(credential) if found else (404, b"{}")
        try:
            self._send(status, body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        # Kratos sets a cookie of its own on many answers.
        self.send_header("Set-Cookie", "csrf_token_of_kratos=abc; Path=/; HttpOnly")
        if status == 302:
            self.send_header("Location", f"{self.kratos.url}/sessions/whoami")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- named by the base
        """Keep the test's output free of a line per request."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # Clients keep connections open; closing must not wait for them.
    block_on_close = False


@contextmanager
def fake_kratos() -> Generator[FakeKratos]:
    """Serve a fake Kratos on a free port of this machine until the block ends."""
    kratos = FakeKratos()
    kratos.may_answer.set()
    handler = type("Handler", (_Handler,), {"kratos": kratos})
    with _Server(("127.0.0.1", 0), handler) as server:
        kratos.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield kratos
        finally:
            kratos.may_answer.set()
            server.shutdown()
            thread.join()
