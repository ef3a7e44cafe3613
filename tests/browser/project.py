"""A folder that is committed to a repository of the service, as its command line does."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import httpx2
from anyio.from_thread import start_blocking_portal

from keyshelf.client.asynchronous import AsyncClient
from keyshelf.layout.repository import ChunkId, chunk_key
from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.carrier import Carrier
from keyshelf.repositories.commit.service import commit
from keyshelf.repositories.formats import ids
from keyshelf.repositories.formats.manifest import Author
from keyshelf.repositories.host import NewEncryption, RepositoryInfo, opened
from keyshelf.repositories.remote.host import RemoteHost
from keyshelf.repositories.unlocking import Unlocking, new_secret
from keyshelf.repositories.values import RefKind, RefName, repository_name
from tests.patience import PATIENCE
from tests.served import Served

T = TypeVar("T")

_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
_MAIN = RefName(RefKind.BRANCH, "main")
_NO_KEY = Unlocking()


@dataclass(frozen=True)
class Project:
    """A folder, and the repository that keeps its versions."""

    served: Served
    folder: Path
    info: RepositoryInfo
    unlocking: Unlocking

    @property
    def name(self) -> str:
        return self.info.name

    @property
    def address(self) -> str:
        """Where the page shows it."""
        return f"/repositories/{self.info.id}"

    def commit(
        self, message: str, files: Mapping[str, bytes] | None = None, *, gone: tuple[str, ...] = ()
    ) -> str:
        """Change files of the folder and commit it; returns the hash.

        `gone` are files that are alone in their folders, which go with them.
        """
        for path in gone:
            (self.folder / path).unlink()
            (self.folder / path).parent.rmdir()
        for path, content in (files or {}).items():
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)

        async def made(carrier: Carrier) -> str:
            with closing(FolderCache.in_memory()) as cache:
                told = await commit(
                    carrier,
                    bytes(self.folder),
                    branch=_MAIN,
                    message=message,
                    author=Author("Ada", "ada@example.com"),
                    at=_AT,
                    cache=cache,
                )
            return told.hash

        return self._with_carrier(made)

    def tag(self, name: str, commit: str) -> None:
        """Give a commit a name that stays."""
        body = {"commit": commit, "expected": None}
        with client_of(self.served) as client:
            answer = client.put(f"/api/repositories/{self.info.id}/refs/tag/{name}", json=body)
        assert answer.is_success, answer.text

    def damage(self, *contents: bytes) -> None:
        """Flip a bit of the chunks of such small files, or of all chunks, where they are stored."""
        wrong = [ids.chunk_id(each, None) for each in contents] or self._chunks()
        for chunk in wrong:
            place = self.served.bucket.parent / "repository" / chunk_key(ChunkId(chunk))
            content = bytearray(place.read_bytes())
            content[-1] ^= 1
            place.write_bytes(content)

    def _chunks(self) -> list[str]:
        with client_of(self.served) as client:
            items = client.get(f"/api/repositories/{self.info.id}/chunks").json()["items"]
        return [each["hash"] for each in items]

    def _with_carrier(self, use: Callable[[Carrier], Awaitable[T]]) -> T:
        async def on_host(host: RemoteHost) -> T:
            return await use(await opened(host, str(self.info.id), self.unlocking))

        return _on_host(self.served, self.folder, on_host)


def client_of(served: Served) -> httpx2.Client:
    """Return a program with the token of the person in the browser."""
    return httpx2.Client(
        base_url=served.url, headers={"Authorization": f"Bearer {served.token}"}, timeout=PATIENCE
    )


def new_project(served: Served, folder: Path, *, key: bytes | None = None) -> Project:
    """Make a folder and a repository for it, encrypted if a key is given."""
    folder.mkdir()
    unlocking = Unlocking(key=key) if key else _NO_KEY

    async def created(host: RemoteHost) -> RepositoryInfo:
        encryption = None
        if key:
            keys, slot = await new_secret(unlocking, slot=uuid4(), label="test")
            encryption = NewEncryption(keys.key_id, [slot])
        name = repository_name(f"film-{uuid4().hex[:8]}")
        return await host.create(name, is_shared=False, encryption=encryption)

    return Project(served, folder, _on_host(served, folder, created), unlocking)


def _on_host(served: Served, folder: Path, use: Callable[[RemoteHost], Awaitable[T]]) -> T:
    async def run() -> T:
        state = folder.with_name(f"{folder.name}-state")
        async with AsyncClient(served.url, token=served.token, state_folder=state) as client:
            return await use(RemoteHost(client))

    # Playwright keeps an event loop on this thread, beside which none of ours may run.
    with start_blocking_portal() as portal:
        return portal.call(run)
