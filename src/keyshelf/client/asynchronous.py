"""The client of the HTTP API, for async code."""

import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID

import anyio
import httpx2

from keyshelf.client.connection import Connection
from keyshelf.client.failures import RemoteLimitError, ServiceUnreachableError
from keyshelf.client.media import MediaRoutes
from keyshelf.client.operations import OperationsRoutes
from keyshelf.client.paths import DrivePath, Place, Resolver
from keyshelf.client.repositories import RepositoryRoutes
from keyshelf.client.retrying import RetryOptions
from keyshelf.client.routes import Routes
from keyshelf.client.transfers.download import OnLocalConflict
from keyshelf.client.transfers.objects import Objects
from keyshelf.client.transfers.observing import Observer, Outcome
from keyshelf.client.transfers.options import MEBIBYTE, TransferOptions
from keyshelf.client.transfers.transfers import OnUploadConflict, Transfers
from keyshelf.client.values import File, Job, JobLogLine, KeyRotation, StartedJob
from keyshelf.client.wire import JSON, decode
from keyshelf.errors import InvalidInputError

WATCH_AGAIN_AFTER = 0.5
"""Seconds before a stream of events that broke off is opened again, or a log is asked for."""
DIRECT: Mapping[str, None] = {f"all://{host}": None for host in ("localhost", "127.0.0.1", "[::1]")}
"""A proxy of the environment is not asked for what is on this machine."""
CHUNKS_AT_ONCE = 16
"""Small objects of repositories that are on their way at once."""
DEFAULT_STATE_FOLDER = Path("~/.local/state/keyshelf")


class AsyncClient(Routes):
    """One Keyshelf service, seen by the holder of a token.

    Use it as a context manager. Every route of the API is a method; paths such
    as `/Projects/a.jpg` or `shared:/a.jpg` are understood by the methods that
    say so. Transfers go straight to the store, in parallel, and an interrupted
    one goes on where it stopped when it is asked for again; `state_folder` is
    where that is remembered. `repositories` has the routes of repositories, and
    `chunks` moves their objects; `media` has those of media, and `operations` those of
    administrators who check and restore.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        admin_url: str | None = None,
        state_folder: Path = DEFAULT_STATE_FOLDER,
        transfers: TransferOptions | None = None,
        retry: RetryOptions | None = None,
    ) -> None:
        if token and not (token.isascii() and token.isprintable()):
            raise InvalidInputError("the token has characters that no token has: copy it again")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = _http(url, headers)
        self._admin_http = _http(admin_url, headers) if admin_url else None
        connection = Connection(self._http, retry=retry)
        super().__init__(connection)
        self.repositories = RepositoryRoutes(connection)
        self.media = MediaRoutes(connection)
        self.operations = OperationsRoutes(connection)
        self.chunks = Objects(
            _store_http,
            service_url=connection.url,
            requests_at_once=CHUNKS_AT_ONCE,
            chunk_bytes=MEBIBYTE,
        )
        self._admin = Connection(self._admin_http, retry=retry) if self._admin_http else None
        self.paths = Resolver(self)
        self.transfers = Transfers(
            self,
            _store_http,
            service_url=connection.url,
            state_folder=state_folder.expanduser(),
            options=transfers,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection; the client is of no use afterwards."""
        with anyio.CancelScope(shield=True):
            await self._http.aclose()
            await self.transfers.close()
            await self.chunks.close()
            if self._admin_http:
                await self._admin_http.aclose()

    async def find(self, path: str) -> File | None:
        """Return the file or folder at a drive path, or None."""
        return await self.paths.find(DrivePath.parse(path))

    async def make_folder(self, path: str) -> File:
        """Return the folder at a drive path, made with those above it where they are missing."""
        place = await self.paths.make(DrivePath.parse(path))
        if place.folder_id is None:
            raise InvalidInputError(f"{path} is a whole space, which needs no making")
        return await self.file(place.folder_id)

    async def upload(
        self,
        source: str | Path,
        target: str,
        *,
        on_conflict: OnUploadConflict = "fail",
        observer: Observer | None = None,
    ) -> Outcome:
        """Send one local file, to be the file at the drive path `target`.

        Raises whatever is wrong; interrupted, it goes on when called again.
        """
        path = DrivePath.parse(target)
        outcomes = await self.transfers.send(
            [Path(source)],
            await self.paths.place(path.parent),
            filename=path.name,
            on_conflict=on_conflict,
            observer=observer,
        )
        return _only(outcomes)

    async def upload_all(
        self,
        sources: Sequence[str | Path],
        into: str,
        *,
        on_conflict: OnUploadConflict = "fail",
        observer: Observer | None = None,
    ) -> list[Outcome]:
        """Send local files, and folders with all below them, into a folder of the drive.

        The folder is made where it is missing. What fails is in its outcome.
        """
        place: Place = await self.paths.make(DrivePath.parse(into))
        return await self.transfers.send(
            [Path(source) for source in sources], place, on_conflict=on_conflict, observer=observer
        )

    async def download(
        self,
        source: str,
        target: str | Path,
        *,
        on_conflict: OnLocalConflict = "fail",
        observer: Observer | None = None,
    ) -> Outcome:
        """Fetch the file at a drive path, to be the local file `target`.

        Raises whatever is wrong; interrupted, it goes on when called again.
        """
        path = DrivePath.parse(source)
        file = await self.paths.file(path)
        if file.is_folder:
            raise InvalidInputError(f"{path} is a folder: use download_all")
        local = Path(target)
        outcomes = await self.transfers.fetch(
            [(path, file)],
            local.parent,
            filename=local.name,
            on_conflict=on_conflict,
            observer=observer,
        )
        return _only(outcomes)

    async def download_all(
        self,
        sources: Sequence[str],
        into: str | Path,
        *,
        on_conflict: OnLocalConflict = "fail",
        observer: Observer | None = None,
    ) -> list[Outcome]:
        """Fetch files, and folders with all below them, into a local folder.

        What fails is in its outcome.
        """
        paths = [DrivePath.parse(source) for source in sources]
        found = [(path, await self.paths.file(path)) for path in paths]
        return await self.transfers.fetch(
            found, Path(into), on_conflict=on_conflict, observer=observer
        )

    async def watch_job(self, job_id: UUID) -> AsyncGenerator[Job]:
        """Iterate over the states of a job until it ends, also over a broken connection.

        Raises `ServiceUnreachableError` when the service stays away.
        """
        while True:
            try:
                async with aclosing(self.job_events(job_id)) as states:
                    async for job in states:
                        yield job
                        if job.is_final:
                            return
            except (ServiceUnreachableError, RemoteLimitError):
                # A proxy or a restart broke the stream, or there are as many as may be;
                # asking for the job tells how it is all the same.
                pass
            job = await self.job(job_id)
            yield job
            if job.is_final:
                return
            await anyio.sleep(WATCH_AGAIN_AFTER)

    async def follow_job_log(self, job_id: UUID) -> AsyncIterator[JobLogLine]:
        """Iterate over the lines of a job's log, those to come included, until it ends."""
        after: int | None = None
        while True:
            log = await self.job_log(job_id, after=after)
            for line in log.lines:
                after = max(after or 0, line.number)
                yield line
            if log.is_final:
                return
            await anyio.sleep(WATCH_AGAIN_AFTER)

    async def start_backfill(self, *, prefix: str | None = None, dry_run: bool = False) -> Job:
        """Start registering the objects of the bucket that the drive does not know.

        Needs the private listener: `admin_url`. The job's result is a `BackfillReport`.
        """
        body: dict[str, JSON] = {"dry_run": dry_run}
        if prefix is not None:
            body["prefix"] = prefix
        answer = await self._private("backfill").request(
            "POST",
            "/api/admin/backfill",
            body=body,
            headers={"Prefer": "respond-async"},
        )
        return decode(StartedJob, answer.body).job

    async def rotate_content_keys(self) -> KeyRotation:
        """Wrap every content key anew by the newest key-encryption key.

        Needs the private listener: `admin_url`. Repeated, it wraps what is left.
        """
        private = self._private("rotating keys")
        answer = await private.request("POST", "/api/admin/content-keys/rotate", repeatable=True)
        return decode(KeyRotation, answer.body)

    def _private(self, what: str) -> Connection:
        if self._admin is None:
            raise ServiceUnreachableError(
                f"{what} needs the private listener: set KEYSHELF_ADMIN_URL to its address"
            )
        return self._admin


def _http(url: str, headers: dict[str, str]) -> httpx2.AsyncClient:
    """Return an HTTP client for one address."""
    try:
        base = httpx2.URL(url)
    except httpx2.InvalidURL as error:
        raise ServiceUnreachableError(f"{url!r} is not an address: correct it ({error})") from error
    if base.scheme not in {"http", "https"} or not base.host:
        raise ServiceUnreachableError(
            f"{url!r} is not an address: it begins with http:// or https://"
        )
    if base.port is not None and base.port > 65535:
        raise ServiceUnreachableError(f"{url!r} is not an address: a port is at most 65535")
    return httpx2.AsyncClient(
        base_url=base,
        headers=headers,
        mounts=DIRECT,
        # Loading certificates takes longer than a request; without TLS none are asked for.
        verify=base.scheme == "https" or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
    )


def _store_http() -> httpx2.AsyncClient:
    return httpx2.AsyncClient(mounts=DIRECT)


def _only(outcomes: Sequence[Outcome]) -> Outcome:
    (outcome,) = outcomes
    if outcome.error:
        raise outcome.error
    return outcome
