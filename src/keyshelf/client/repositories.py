"""The routes of repositories, one method each."""

from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import quote
from uuid import UUID, uuid4

from keyshelf.client.connection import LONG_TIMEOUT, Connection, Parameters
from keyshelf.client.failures import RemoteNotFoundError, UnexpectedAnswerError
from keyshelf.client.file_pieces import FilePieces
from keyshelf.client.repository_values import (
    AnnouncedChunk,
    ClaimedChunk,
    KeySlot,
    ProxyName,
    Push,
    Ref,
    Repository,
    SignedChunk,
    SignedUploads,
    StoredChunk,
)
from keyshelf.client.values import Job, Page, Space, StartedJob
from keyshelf.client.wire import JSON, decode, encode

T = TypeVar("T")
RefKind = Literal["branch", "tag"]
_ROOT = "/api/repositories"
_PAGE = 500


class RepositoryRoutes:
    """What the service can be asked about repositories, in the words of its API.

    Whoever wants to commit or check out uses `keyshelf.repositories` on top of this.
    Every method raises a `RemoteError` of the category that the service gives, or
    `ServiceUnreachableError`. Lists come page by page, as they are read.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> AsyncIterator[Repository]:
        """Iterate over my repositories and the shared ones, by name."""
        return self._pages(Repository, _ROOT, {})

    async def named(self, name: str) -> Sequence[Repository]:
        """Return the repositories of a name: mine before a shared one."""
        answer = await self._connection.request("GET", _ROOT, params={"name": name})
        return [decode(Repository, each) for each in decode(Page, answer.body).items]

    async def show(self, repository: UUID, *, slots: bool = False) -> Repository:
        """Return a repository; with `slots` also what a passphrase or key opens it with."""
        return await self._repository(f"/{repository}", {"slots": "true" if slots else None})

    async def create(
        self,
        name: str,
        *,
        space: Space = "my-files",
        key_id: str | None = None,
        slots: Sequence[KeySlot] = (),
    ) -> Repository:
        """Make an empty repository; encrypted where there is the id of a key."""
        body: dict[str, JSON] = {"name": name, "space": space}
        if key_id is not None:
            body["encryption"] = {"key_id": key_id, "slots": encode(slots)}
        headers = {"Idempotency-Key": str(uuid4())}
        answer = await self._connection.request(
            "POST", _ROOT, body=body, headers=headers, repeatable=True
        )
        return decode(Repository, answer.body)

    async def change(
        self,
        repository: UUID,
        *,
        generation: int,
        name: str | None = None,
        slots: Sequence[KeySlot] | None = None,
    ) -> Repository:
        """Rename a repository or replace its key slots, if it is of that generation yet."""
        body: dict[str, JSON] = {}
        if name is not None:
            body["name"] = name
        if slots is not None:
            body["slots"] = encode(slots)
        answer = await self._connection.request(
            "PATCH",
            f"{_ROOT}/{repository}",
            body=body,
            headers={"If-Match": f'"{generation}"'},
        )
        return decode(Repository, answer.body)

    async def refs(self, repository: UUID) -> Sequence[Ref]:
        """Return all branches and tags."""
        answer = await self._connection.request("GET", f"{_ROOT}/{repository}/refs")
        return [decode(Ref, each) for each in _items(answer.body)]

    async def ref(self, repository: UUID, kind: RefKind, name: str) -> Ref | None:
        """Return a branch or tag, or None."""
        try:
            answer = await self._connection.request("GET", _ref(repository, kind, name))
        except RemoteNotFoundError as error:
            if error.code != "ref-not-found":
                raise
            return None
        return decode(Ref, answer.body)

    async def move_ref(
        self, repository: UUID, kind: RefKind, name: str, *, expected: str | None, to: str
    ) -> None:
        """Move a ref to a commit, or make it where `expected` is None."""
        body = {"commit": to, "expected": expected}
        await self._connection.request("PUT", _ref(repository, kind, name), body=body)

    async def delete_ref(
        self, repository: UUID, kind: RefKind, name: str, *, expected: str
    ) -> None:
        """Remove a ref that is at a commit."""
        where = _ref(repository, kind, name)
        await self._connection.request("DELETE", where, params={"expected": expected})

    async def hashes(self, repository: UUID, beginning: str) -> Sequence[str]:
        """Return up to ten commits whose hashes begin so."""
        answer = await self._connection.request(
            "GET", f"{_ROOT}/{repository}/hashes", params={"beginning": beginning}
        )
        return [str(each) for each in _items(answer.body)]

    async def open_push(self, repository: UUID) -> Push:
        """Open a push. One whose answer is lost is over after a day of silence."""
        answer = await self._connection.request(
            "POST", f"{_ROOT}/{repository}/pushes", repeatable=True
        )
        return decode(Push, answer.body)

    async def close_push(self, repository: UUID, push: UUID) -> None:
        """Close a push; one that is over is success."""
        await self._connection.request("DELETE", f"{_ROOT}/{repository}/pushes/{push}")

    async def missing(self, repository: UUID, push: UUID, ids: Sequence[str]) -> Sequence[str]:
        """Return which of up to 10,000 chunks are not in the repository."""
        answer = await self._ask(repository, "missing", {"ids": ids, "push": str(push)})
        return [str(each) for each in _items(answer, "missing")]

    async def uploads(
        self, repository: UUID, push: UUID, chunks: Sequence[AnnouncedChunk]
    ) -> SignedUploads:
        """Return the requests that send up to 1,000 chunks, of those that are not there."""
        body = {"push": str(push), "chunks": encode(chunks)}
        return decode(SignedUploads, await self._ask(repository, "uploads", body))

    async def confirm(
        self, repository: UUID, push: UUID, reservation: UUID, chunks: Sequence[ClaimedChunk]
    ) -> None:
        """Have chunks that were sent taken into the repository, all or none."""
        body = {"push": str(push), "reservation": str(reservation), "chunks": encode(chunks)}
        await self._ask(repository, "confirm", body)

    async def downloads(self, repository: UUID, ids: Sequence[str]) -> Sequence[SignedChunk]:
        """Return the requests that fetch up to 1,000 chunks, in order."""
        answer = await self._ask(repository, "downloads", {"ids": ids})
        return [decode(SignedChunk, each) for each in _items(answer, "downloads")]

    async def send_chunk(self, repository: UUID, push: UUID, chunk: str, framed: bytes) -> None:
        """Send one chunk through the service, which puts right what is in its place."""
        await self._connection.exchange(
            "PUT",
            f"{_ROOT}/{repository}/chunks/{chunk}",
            params={"push": str(push)},
            pieces=[framed],
        )

    async def send_chunks(self, repository: UUID, push: UUID, records: Sequence[bytes]) -> None:
        """Send up to 1,000 chunks and 16 MiB through the service, as records of its format."""
        await self._connection.exchange(
            "PUT",
            f"{_ROOT}/{repository}/chunks/content",
            params={"push": str(push)},
            pieces=records,
        )

    async def chunks(self, repository: UUID, ids: Sequence[str]) -> bytes:
        """Return up to 1,000 chunks through the service, in order, as records of its format."""
        return await self._connection.exchange(
            "POST", f"{_ROOT}/{repository}/chunks/content", body={"ids": ids}, repeatable=True
        )

    def stored_chunks(self, repository: UUID, prefix: str = "") -> AsyncIterator[StoredChunk]:
        """Iterate over what the store holds of a repository's chunks, in the order of ids."""
        return self._pages(StoredChunk, f"{_ROOT}/{repository}/chunks", {"prefix": prefix})

    async def manifest(self, repository: UUID, commit: str) -> bytes:
        """Return the manifest of a commit as it is stored."""
        return await self._connection.exchange("GET", f"{_ROOT}/{repository}/manifests/{commit}")

    async def publish(
        self, repository: UUID, push: UUID, commit: str, framed: bytes, told: Parameters
    ) -> None:
        """Store a manifest and move a branch to its commit; `told` are the route's parameters."""
        await self._connection.exchange(
            "PUT",
            f"{_ROOT}/{repository}/manifests/{commit}",
            params={**told, "push": str(push)},
            pieces=[framed],
            timeout=LONG_TIMEOUT,
        )

    async def chunk_filter(self, repository: UUID) -> bytes | None:
        """Return the Bloom filter of a repository's chunks; None without one."""
        try:
            return await self._connection.exchange("GET", f"{_ROOT}/{repository}/filter")
        except RemoteNotFoundError as error:
            if error.code != "no-chunk-filter":
                raise
            return None

    async def collect(self, repository: UUID, *, dry_run: bool = False) -> Job:
        """Start deleting what no branch or tag leads to; its result is the report."""
        return await self._started(repository, "gc", {"dry_run": dry_run})

    async def check(
        self, repository: UUID, *, read_data: bool = False, sample: float | None = None
    ) -> Job:
        """Start looking for damage; the job's result is the report."""
        return await self._started(repository, "check", {"read_data": read_data, "sample": sample})

    async def proxies(self, repository: UUID, asset: str) -> Sequence[str]:
        """Return the names of the proxies of an asset."""
        path = f"{_ROOT}/{repository}/proxies/{asset}"
        answer = await self._connection.request("GET", path)
        return [decode(ProxyName, each).name for each in _items(answer.body)]

    async def put_proxy(self, repository: UUID, asset: str, name: str, path: Path) -> None:
        """Keep a local file as a proxy, whole or not at all; it replaces one of its name."""
        await self._connection.exchange(
            "PUT",
            f"{_ROOT}/{repository}/proxies/{asset}/{quote(name)}",
            pieces=FilePieces(path),
            timeout=LONG_TIMEOUT,
        )

    async def _repository(self, below: str, params: Parameters) -> Repository:
        answer = await self._connection.request("GET", _ROOT + below, params=params)
        return decode(Repository, answer.body)

    async def _ask(self, repository: UUID, what: str, body: Mapping[str, JSON]) -> JSON:
        # Asking twice is the same as once for all of these.
        answer = await self._connection.request(
            "POST", f"{_ROOT}/{repository}/chunks/{what}", body=body, repeatable=True
        )
        return answer.body

    async def _started(self, repository: UUID, what: str, body: Mapping[str, JSON]) -> Job:
        answer = await self._connection.request("POST", f"{_ROOT}/{repository}/{what}", body=body)
        return decode(StartedJob, answer.body).job

    async def _pages(self, kind: type[T], path: str, what: Parameters) -> AsyncIterator[T]:
        cursor: str | None = None
        while True:
            asked: Parameters = {**what, "limit": _PAGE, "cursor": cursor}
            page = decode(Page, (await self._connection.request("GET", path, params=asked)).body)
            for item in page.items:
                yield decode(kind, item)
            if page.next_cursor is None:
                return
            cursor = page.next_cursor


def _ref(repository: UUID, kind: RefKind, name: str) -> str:
    return f"{_ROOT}/{repository}/refs/{kind}/{quote(name)}"


def _items(body: JSON, name: str = "items") -> Sequence[JSON]:
    found = body.get(name) if isinstance(body, Mapping) else None
    if not isinstance(found, Sequence) or isinstance(found, str):
        raise UnexpectedAnswerError(f"the answer has no {name}")
    return found
