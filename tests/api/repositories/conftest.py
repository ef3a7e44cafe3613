"""A repository over HTTP, in the words of its routes."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from blake3 import blake3

from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.formats import frame, ids
from keyshelf.repositories.formats.frame import FrameType
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.values import SealedChunk
from tests.api.conftest import Json, Program
from tests.patience import PATIENCE
from tests.served import Served

_random = Random(11)


def sealed(content: bytes | None = None, keys: Keys | None = None) -> SealedChunk:
    """A chunk of some bytes, other ones each time unless they are told."""
    content = content or _random.randbytes(2000)
    chunk = ids.chunk_id(content, keys)
    digest = bytes.fromhex(chunk)
    framed = frame.seal(content, type=FrameType.CHUNK, digest=digest, keys=keys)
    return SealedChunk(chunk, framed, len(content))


def named(chunk: SealedChunk, other: SealedChunk) -> SealedChunk:
    """The bytes of another chunk under the name of this."""
    return SealedChunk(chunk.id, other.frame, other.size)


@dataclass
class Shelf:
    """A repository, and one open push to it."""

    program: Program
    id: str
    push: Json

    @classmethod
    def make(cls, program: Program, **wish: Json) -> "Shelf":
        body = {"name": f"shelf-{uuid4()}", **wish}
        made = program.call("POST", "/api/repositories", json=body, status=201)
        shelf = cls(program, made["id"], None)
        shelf.push = shelf.call("POST", "/pushes", status=201)
        return shelf

    def call(self, method: str, below: str, *, status: int | None = None, **wish: Json) -> Json:
        return self.program.call(
            method, f"/api/repositories/{self.id}{below}", status=status, **wish
        )

    def announce(self, chunks: list[SealedChunk], status: int = 200) -> Json:
        told = [
            {
                "id": each.id,
                "size": each.size,
                "stored_size": len(each.frame),
                "sha256": hashlib.sha256(each.frame).hexdigest(),
                "compression": "none",
            }
            for each in chunks
        ]
        body = {"push": self.push["id"], "chunks": told}
        return self.call("POST", "/chunks/uploads", json=body, status=status)

    def put(self, chunks: list[SealedChunk]) -> Json:
        """Announce chunks and send what is asked for; returns what was signed."""
        signed = self.announce(chunks)
        frames = {each.id: each.frame for each in chunks}
        for each in signed["uploads"]:
            httpx2.put(
                each["url"], content=frames[each["id"]], headers=each["headers"], timeout=PATIENCE
            )
        return signed

    def proof(self, proved: bytes) -> str:
        return blake3(proved, key=bytes.fromhex(self.push["nonce"])).hexdigest()

    def confirm(
        self, reservation: str, chunks: list[tuple[ChunkId, int, bytes]], status: int = 200
    ) -> Json:
        told = [
            {"id": chunk, "size": size, "proof": self.proof(proved)}
            for chunk, size, proved in chunks
        ]
        body = {"push": self.push["id"], "reservation": reservation, "chunks": told}
        return self.call("POST", "/chunks/confirm", json=body, status=status)

    def send(self, *chunks: SealedChunk) -> None:
        """Have plain chunks in the repository."""
        signed = self.put(list(chunks))
        if signed["reservation"]:
            self.confirm(signed["reservation"], [claim(each) for each in chunks])

    def missing(self, *chunks: SealedChunk) -> list[str]:
        body = {"ids": [each.id for each in chunks]}
        return self.call("POST", "/chunks/missing", json=body)["missing"]

    def fetch(self, chunk: ChunkId) -> bytes:
        answer = self.call("POST", "/chunks/downloads", json={"ids": [chunk]})
        (signed,) = answer["downloads"]
        return httpx2.get(signed["url"], timeout=PATIENCE).raise_for_status().content


def claim(chunk: SealedChunk) -> tuple[ChunkId, int, bytes]:
    """What is said of a plain chunk that was sent."""
    content = frame.open_frame(
        chunk.frame, type=FrameType.CHUNK, digest=bytes.fromhex(chunk.id), keys=None
    )
    return chunk.id, chunk.size, content


@pytest.fixture
def program(served: Served) -> Iterator[Program]:
    headers = {"Authorization": f"Bearer {served.token}"}
    with httpx2.Client(base_url=served.url, headers=headers, timeout=PATIENCE) as http:
        yield Program(http, "")


@pytest.fixture
def shelf(program: Program) -> Shelf:
    return Shelf.make(program)


def problem(answer: Any) -> str:  # a document of JSON
    """The code of a problem document."""
    return answer["code"]
