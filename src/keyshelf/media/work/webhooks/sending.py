"""Sending webhooks from their rows, again and again until they arrive or are given up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import anyio
import httpcore2
from standardwebhooks.webhooks import Webhook as Signer

from keyshelf import __version__
from keyshelf.media.work.failures import CallbackRefusedError
from keyshelf.media.work.parts import WorkParts
from keyshelf.media.work.webhooks import queries
from keyshelf.media.work.webhooks.connecting import Sender
from keyshelf.media.work.webhooks.queries import Due
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)

WAITS = tuple(
    timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 3600, 3 * 3600, 6 * 3600, 12 * 3600)
)
"""How long after each attempt that failed comes the next; after the last there is none."""
_AT_ONCE = 8
_GONE = 410
_LEASE = timedelta(minutes=1)


async def send_due(parts: WorkParts) -> int:
    """Send the webhooks that are due, and return how many were tried.

    Each may arrive twice, should this process die after it was sent: its id is the same.
    """
    tried = 0
    options = parts.options
    due = await _take(parts)
    if not due:
        return 0
    async with Sender(
        resolve=parts.resolve,
        allow_private=options.allow_private_callbacks,
        timeout=options.webhook_timeout.total_seconds(),
    ) as sender:
        while due:
            tried += len(due)
            async with anyio.create_task_group() as group:
                for each in due:
                    group.start_soon(_send, parts, sender, each)
            due = await _take(parts)
    return tried


async def _take(parts: WorkParts) -> Sequence[Due]:
    async with parts.media.database.transaction() as tx:
        return await queries.take_due(tx, limit=_AT_ONCE, lease=_LEASE)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of an attempt: the status, if anybody answered, and what was wrong."""

    status: int | None = None
    error: str = ""
    is_final: bool = False


async def _send(parts: WorkParts, sender: Sender, due: Due) -> None:
    answer = await _post(parts, sender, due)
    status = answer.status
    async with parts.media.database.transaction() as tx:
        if status is not None and 200 <= status < 300:
            await queries.note_sent(tx, due.id, status)
            return
        is_last = answer.is_final or due.attempt > len(WAITS)
        again = None if is_last else WAITS[due.attempt - 1]
        await queries.note_failed(tx, due.id, status=status, error=answer.error, again_after=again)
    log = _log.error if again is None else _log.warning
    log("webhook did not arrive", webhook_id=str(due.id), status=status, error=answer.error)


async def _post(parts: WorkParts, sender: Sender, due: Due) -> _Answer:
    seconds = parts.options.webhook_timeout.total_seconds()
    try:
        with anyio.fail_after(seconds):
            status = await sender.post(due.url, _headers(parts, due), due.body.encode())
    except CallbackRefusedError as error:
        # A name that leads inside now may lead outside again later.
        return _Answer(error=error.detail)
    except (TimeoutError, httpcore2.TimeoutException):
        return _Answer(error=f"no answer within {seconds:g} s")
    except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        return _Answer(error=type(error).__name__)
    except Exception as error:  # noqa: BLE001 -- logged and counted as an attempt
        # One that cannot be sent must not keep the others from being.
        _log.exception("webhook failed unexpectedly", webhook_id=str(due.id))
        return _Answer(error=f"unexpected {type(error).__name__}; the log tells more")
    return _Answer(status, f"answered {status}", is_final=status == _GONE)


def _headers(parts: WorkParts, due: Due) -> dict[str, str]:
    now = parts.media.clock()
    signer = Signer(parts.options.webhook_secret)
    return {
        "content-type": "application/json",
        "user-agent": f"Keyshelf/{__version__}",
        "webhook-id": str(due.id),
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signer.sign(str(due.id), now, due.body),
    }
