"""A server between a store and its client, which loses answers after the work is done."""

import http.client
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR
from urllib.parse import urlsplit

from tests.patience import PATIENCE

IsLost = Callable[[str, str], bool]
"""Told method and target of a request whose answer has come; says whether it is lost."""


class LosingServer(ThreadingHTTPServer):
    """Hands requests on, and cuts the connection instead of some answers."""

    daemon_threads = True

    def __init__(self, origin: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind = urlsplit(origin)
        self.loses: IsLost = lambda _method, _target: False
        self.does_it = True
        """Whether what is lost is the answer, or the request already."""
        self.between: Callable[[], None] = lambda: None
        """Called when something is lost, before the client hears of it."""
        self.lost = 0

    @property
    def endpoint(self) -> str:
        """Where clients reach it."""
        return f"http://127.0.0.1:{self.server_port}{self.behind.path}"

    def lose_once(self, method: str, word: str) -> None:
        """Lose the next such request, and no other."""
        self.loses = lambda asked, target: not self.lost and asked == method and word in target


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: LosingServer  # pyright: ignore[reportIncompatibleVariableOverride] -- it serves no other

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        del code, size

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        is_lost = self.server.loses(self.command, self.path)
        if is_lost and not self.server.does_it:
            self._lose()
            return
        answer, told = self._behind(body)
        if is_lost:
            self._lose()
            return
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"transfer-encoding", "connection", "content-length"}:
                self.send_header(name, value)
        length = answer.headers.get("content-length") if self.command == "HEAD" else None
        self.send_header("content-length", length or str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def _lose(self) -> None:
        self.server.lost += 1
        self.server.between()
        self.connection.shutdown(SHUT_RDWR)
        self.close_connection = True

    def _behind(self, body: bytes) -> tuple[http.client.HTTPResponse, bytes]:
        behind = http.client.HTTPConnection(self.server.behind.netloc, timeout=PATIENCE)
        try:
            behind.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                behind.putheader(name, value)
            behind.endheaders(body)
            answer = behind.getresponse()
            return answer, answer.read()
        finally:
            behind.close()

    do_HEAD = do_PUT = do_POST = do_DELETE = do_GET  # noqa: N815 (the names that the server calls)


@contextmanager
def losing(origin: str) -> Generator[LosingServer]:
    """Serve what is at `origin`."""
    with LosingServer(origin) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
