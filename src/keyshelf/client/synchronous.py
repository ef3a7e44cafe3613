"""The client of the HTTP API, for code that is not async: each method runs the async one."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack
from functools import partial, wraps
from pathlib import Path
from types import TracebackType
from typing import Concatenate, ParamSpec, Self, TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal

from keyshelf.client.asynchronous import DEFAULT_STATE_FOLDER, AsyncClient
from keyshelf.client.retrying import RetryOptions
from keyshelf.client.transfers.options import TransferOptions

P = ParamSpec("P")
T = TypeVar("T")


def _waiting(
    method: Callable[Concatenate[AsyncClient, P], Awaitable[T]],
) -> "Callable[Concatenate[Client, P], T]":
    @wraps(method)
    def call(self: "Client", *args: P.args, **kwargs: P.kwargs) -> T:
        return self.portal.call(partial(method, self.asynchronous, *args, **kwargs))

    return call


def _iterating(
    method: Callable[Concatenate[AsyncClient, P], AsyncIterator[T]],
) -> "Callable[Concatenate[Client, P], Iterator[T]]":
    @wraps(method)
    def call(self: "Client", *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        items = method(self.asynchronous, *args, **kwargs)
        while True:
            try:
                item = self.portal.call(anext, items)
            except StopAsyncIteration:
                return
            yield item

    return call


class Client:
    """One Keyshelf service, seen by the holder of a token; the sync face of `AsyncClient`.

    Use it as a context manager: it runs an event loop in a thread of its own
    until it is closed. Observers of transfers are called in that thread.
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
        self.asynchronous = AsyncClient(
            url,
            token=token,
            admin_url=admin_url,
            state_folder=state_folder,
            transfers=transfers,
            retry=retry,
        )
        self._open = ExitStack()
        self._portal: BlockingPortal | None = None

    @property
    def portal(self) -> BlockingPortal:
        """The way into the event loop. Raises `RuntimeError` outside of the client's block."""
        if self._portal is None:
            raise RuntimeError("a client works inside its block: `with Client(…) as drive:`")
        return self._portal

    def __enter__(self) -> Self:
        self._portal = self._open.enter_context(start_blocking_portal())
        self._open.enter_context(self._portal.wrap_async_context_manager(self.asynchronous))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.__exit__(kind, error, trace)

    session = _waiting(AsyncClient.session)
    file = _waiting(AsyncClient.file)
    folder = _iterating(AsyncClient.folder)
    trash = _iterating(AsyncClient.trash)
    search = _iterating(AsyncClient.search)
    find = _waiting(AsyncClient.find)
    make_folder = _waiting(AsyncClient.make_folder)
    create_folder = _waiting(AsyncClient.create_folder)
    change = _waiting(AsyncClient.change)
    copy = _waiting(AsyncClient.copy)
    move_to_trash = _waiting(AsyncClient.move_to_trash)
    delete_forever = _waiting(AsyncClient.delete_forever)
    restore = _waiting(AsyncClient.restore)
    trash_contents = _waiting(AsyncClient.trash_contents)
    empty_trash = _waiting(AsyncClient.empty_trash)
    upload = _waiting(AsyncClient.upload)
    upload_all = _waiting(AsyncClient.upload_all)
    reserve = _waiting(AsyncClient.reserve)
    sign_upload = _waiting(AsyncClient.sign_upload)
    sign_parts = _waiting(AsyncClient.sign_parts)
    upload_status = _waiting(AsyncClient.upload_status)
    complete_upload = _waiting(AsyncClient.complete_upload)
    abort_upload = _waiting(AsyncClient.abort_upload)
    download = _waiting(AsyncClient.download)
    download_all = _waiting(AsyncClient.download_all)
    download_link = _waiting(AsyncClient.download_link)
    jobs = _iterating(AsyncClient.jobs)
    job = _waiting(AsyncClient.job)
    job_events = _iterating(AsyncClient.job_events)
    watch_job = _iterating(AsyncClient.watch_job)
    job_log = _waiting(AsyncClient.job_log)
    follow_job_log = _iterating(AsyncClient.follow_job_log)
    pause_job = _waiting(AsyncClient.pause_job)
    resume_job = _waiting(AsyncClient.resume_job)
    cancel_job = _waiting(AsyncClient.cancel_job)
    retry_job = _waiting(AsyncClient.retry_job)
    tokens = _iterating(AsyncClient.tokens)
    create_token = _waiting(AsyncClient.create_token)
    mint_playback_token = _waiting(AsyncClient.mint_playback_token)
    rotate_content_keys = _waiting(AsyncClient.rotate_content_keys)
    revoke_token = _waiting(AsyncClient.revoke_token)
    start_backfill = _waiting(AsyncClient.start_backfill)
