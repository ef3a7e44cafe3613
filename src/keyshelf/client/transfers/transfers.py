"""Sends and fetches any number of files and folders, a bounded number at once."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import httpx2

from keyshelf.client.failures import RemoteConflictError
from keyshelf.client.paths import DrivePath, Place
from keyshelf.client.routes import Routes
from keyshelf.client.transfers.download import Downloader, OnLocalConflict
from keyshelf.client.transfers.local_failures import translated
from keyshelf.client.transfers.objects import Objects
from keyshelf.client.transfers.observing import Observer, Outcome
from keyshelf.client.transfers.options import TransferOptions
from keyshelf.client.transfers.records import Records
from keyshelf.client.transfers.trees import STOPPING, ToFetch, ToSend, walk_drive, walk_local
from keyshelf.client.transfers.upload import Uploader, UploadTarget
from keyshelf.client.values import File
from keyshelf.clock import Clock, system_clock
from keyshelf.concurrency import for_each
from keyshelf.errors import Error
from keyshelf.layout.names import file_name

OnUploadConflict = Literal["fail", "skip", "rename", "replace"]


class Transfers:
    """Transfers with one service and its store.

    What was interrupted is remembered in `state_folder`; running the same again
    goes on from there. One file's failure does not stop the others; a service or
    store that does not answer stops all.
    """

    def __init__(
        self,
        routes: Routes,
        open_http: Callable[[], httpx2.AsyncClient],
        *,
        service_url: str,
        state_folder: Path,
        options: TransferOptions | None = None,
        clock: Clock = system_clock,
    ) -> None:
        self._routes = routes
        self._clock = clock
        self._options = options or TransferOptions()
        self._objects = Objects(
            open_http,
            service_url=service_url,
            requests_at_once=self._options.requests_at_once,
            chunk_bytes=self._options.chunk_bytes,
        )
        records = self._records = Records(state_folder / "transfers")
        self._uploader = Uploader(
            routes, self._objects, records, self._options, service_url=service_url
        )
        self._downloader = Downloader(
            routes, self._objects, records, self._options, service_url=service_url
        )

    async def close(self) -> None:
        """Close the connections to the store."""
        await self._objects.close()

    async def send(
        self,
        sources: Sequence[Path],
        into: Place,
        *,
        filename: str | None = None,
        on_conflict: OnUploadConflict = "fail",
        observer: Observer | None = None,
    ) -> list[Outcome]:
        """Send files, and folders with all below them, into a folder of the drive.

        `filename` is the name that a single file gets there.
        """
        hears = observer or Observer()
        outcomes: list[Outcome] = []

        async def each(item: ToSend | Outcome) -> None:
            outcome = await self._send_one(item, on_conflict, hears)
            outcomes.append(outcome)
            hears.ended(outcome)

        items = self._to_send(sources, into, filename)
        await for_each(items, each, at_once=self._options.files_at_once)
        if not any(outcome.state == "failed" for outcome in outcomes):
            self._uploader.forget_done()
            self._records.forget_old(self._clock())
        return outcomes

    async def fetch(
        self,
        sources: Sequence[tuple[DrivePath, File]],
        into: Path,
        *,
        filename: str | None = None,
        on_conflict: OnLocalConflict = "fail",
        observer: Observer | None = None,
    ) -> list[Outcome]:
        """Fetch files, and folders with all below them, into a local folder.

        `filename` is the name that a single file gets there.
        """
        hears = observer or Observer()
        outcomes: list[Outcome] = []

        async def each(item: ToFetch | Outcome) -> None:
            outcome = await self._fetch_one(item, on_conflict, hears)
            outcomes.append(outcome)
            hears.ended(outcome)

        items = self._to_fetch(sources, into, filename)
        await for_each(items, each, at_once=self._options.files_at_once)
        if not any(outcome.state == "failed" for outcome in outcomes):
            self._downloader.forget_done()
            self._records.forget_old(self._clock())
        return outcomes

    async def _to_send(
        self, sources: Sequence[Path], into: Place, filename: str | None
    ) -> AsyncIterator[ToSend | Outcome]:
        for source in sources:
            if _is_folder(source):
                async for item in walk_local(self._routes, source, into):
                    yield item
            else:
                yield ToSend(source, into, filename or source.name)

    async def _to_fetch(
        self, sources: Sequence[tuple[DrivePath, File]], into: Path, filename: str | None
    ) -> AsyncIterator[ToFetch | Outcome]:
        for path, file in sources:
            target = into / file_name(filename or file.filename)
            if file.is_folder:
                async for item in walk_drive(self._routes, file, path, target):
                    yield item
            else:
                yield ToFetch(path, file, target)

    async def _send_one(
        self, item: ToSend | Outcome, on_conflict: OnUploadConflict, observer: Observer
    ) -> Outcome:
        if isinstance(item, Outcome):
            return item
        failed = Outcome("failed", str(item.source), str(item.target))
        try:
            target = UploadTarget(
                filename=file_name(item.filename),
                parent_id=item.into.folder_id,
                space=item.into.space,
                on_conflict="fail" if on_conflict == "skip" else on_conflict,
                spelled=str(item.target),
            )
            with translated():
                return await self._uploader.send(item.source, target, observer=observer)
        except STOPPING:
            raise
        except RemoteConflictError as error:
            is_there = error.code == "name-taken" and error.extras.get("existing_state") == "ready"
            if on_conflict == "skip" and is_there:
                return replace(failed, state="skipped")
            return replace(failed, error=error)
        except Error as error:
            return replace(failed, error=error)

    async def _fetch_one(
        self, item: ToFetch | Outcome, on_conflict: OnLocalConflict, observer: Observer
    ) -> Outcome:
        if isinstance(item, Outcome):
            return item
        try:
            with translated():
                return await self._downloader.fetch(
                    item.file,
                    item.target,
                    shown=str(item.source),
                    on_conflict=on_conflict,
                    observer=observer,
                )
        except STOPPING:
            raise
        except Error as error:
            return Outcome(
                "failed", str(item.source), str(item.target), file=item.file, error=error
            )


def _is_folder(path: Path) -> bool:
    return path.is_dir()
