"""The service over HTTP, as a browser and as a program see it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.patience import PATIENCE
from tests.served import Served

Json = Any
"""What an answer holds: a test says what it expects."""


@dataclass
class Program:
    """A program with a bearer token, in a folder of its own."""

    http: httpx2.Client
    folder: str

    def call(self, method: str, path: str, *, status: int | None = None, **wish: Json) -> Json:
        response = self.http.request(method, path, **wish)
        if status is not None:
            assert response.status_code == status, response.text
        elif response.status_code >= 400:
            raise AssertionError(response.text)
        return response.json() if response.content else None

    def upload(self, name: str, content: bytes, parent: str | None = None, **wish: Json) -> Json:
        """Upload as the page does: reserve, send to where it is told, complete."""
        body = {
            "filename": name,
            "size": len(content),
            "parent_id": parent or self.folder,
            **wish,
        }
        file_id = self.call("POST", "/api/files", json=body, status=201)["file"]["id"]
        self.send(file_id, content)
        return self.call("POST", f"/api/files/{file_id}/complete-upload", status=200)["file"]

    def send(self, file_id: str, content: bytes) -> None:
        target = self.call("POST", f"/api/files/{file_id}/upload-url", json={}, status=200)
        if not target["multipart"]:
            sent = httpx2.put(
                target["url"], content=content, headers=target["headers"], timeout=PATIENCE
            )
            assert sent.status_code in {200, 201}, sent.text
            return
        size = target["part_size"]
        for part in target["parts"]:
            start = (part["part_number"] - 1) * size
            sent = httpx2.put(
                part["url"],
                content=content[start : start + size],
                headers=part["headers"],
                timeout=PATIENCE,
            )
            assert sent.status_code in {200, 201}, sent.text

    def download(self, file_id: str, **wish: Json) -> bytes:
        url = self.call("GET", f"/api/files/{file_id}/download", params=wish)["url"]
        return httpx2.get(url, timeout=PATIENCE).raise_for_status().content

    def names(self, parent: str | None = None) -> list[str]:
        items = self.call("GET", f"/api/folders/{parent or self.folder}/children")["items"]
        return [item["filename"] for item in items]


@pytest.fixture
def program(served: Served) -> Iterator[Program]:
    headers = {"Authorization": f"Bearer {served.token}"}
    with httpx2.Client(base_url=served.url, headers=headers, timeout=PATIENCE) as http:
        made = http.post("/api/folders", json={"name": f"test {uuid4()}"})
        yield Program(http, made.json()["folder"]["id"])


@pytest.fixture
def browser(served: Served) -> Iterator[httpx2.Client]:
    """A signed-in browser: a cookie, and the proof in a header."""
    with httpx2.Client(base_url=served.url, timeout=PATIENCE) as http:
        session = http.post("/api/session", json={"token": served.token})
        assert session.status_code == 201
        http.headers["X-CSRF-Token"] = session.json()["csrf_token"]
        yield http
