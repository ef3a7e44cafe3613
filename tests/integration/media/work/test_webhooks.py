"""Webhooks: written with the end of a job, sent until they arrive, and nowhere inside."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import anyio
import pytest
from standardwebhooks.webhooks import Webhook as Signer

from keyshelf.database.pool import Database
from keyshelf.jobs.values import JobState
from keyshelf.media.work.admission import admit, check
from keyshelf.media.work.failures import CallbackRefusedError, NoWebhookError
from keyshelf.media.work.makers import Task
from keyshelf.media.work.retrying import retry, send_again
from keyshelf.media.work.values import MediaType, NewWork
from keyshelf.media.work.webhooks.connecting import Sender
from keyshelf.media.work.webhooks.sending import WAITS, send_due
from tests.integration.media.work.receiver import receiving
from tests.integration.media.work.studio import (
    ANN,
    HASH,
    SECRET,
    SOURCE,
    Studio,
    nothing,
    open_studio,
    until,
)
from tests.integration.media.work.test_stages import refuse

pytestmark = [pytest.mark.anyio, pytest.mark.services]


@pytest.fixture
async def inside(database: Database, tmp_path: Path) -> AsyncIterator[Studio]:
    """A studio that may call receivers on this machine."""
    async with open_studio(database, tmp_path, allow_private=True, resolve=local) as opened:
        yield opened


async def local(host: str, port: int) -> list[str]:
    del host, port
    return ["127.0.0.1"]


async def test_a_webhook_outlives_the_process_and_is_signed(
    database: Database, tmp_path: Path
) -> None:
    async with receiving() as receiver:
        async with open_studio(database, tmp_path / "1", allow_private=True, resolve=local) as old:
            admitted = await old.ask(callback_url=receiver.url)
            assert (await old.shown(admitted.job.id)).callback_status == "waiting"
            await old.run(admitted.job.id)
            assert (await old.shown(admitted.job.id)).callback_status == "pending"
        async with open_studio(database, tmp_path / "2", allow_private=True, resolve=local) as new:
            assert await send_due(new.parts) == 1
            assert await send_due(new.parts) == 0

            [webhook] = (await new.shown(admitted.job.id)).webhooks
            assert (webhook.state, webhook.last_status) == ("sent", 204)
    [(headers, body)] = receiver.got
    assert headers["webhook-id"] == str(webhook.id)
    told = Signer(SECRET).verify(body, headers)
    assert told["type"] == "media.job.succeeded"
    assert told["data"]["job_id"] == str(admitted.job.id)
    assert list(told["data"]["results"]) == ["cover", "preview", "transcode"]


async def test_what_does_not_arrive_is_sent_again_later(inside: Studio) -> None:
    async with receiving("500 Oops", "204 No Content") as receiver:
        admitted = await inside.ask(MediaType.COVER, callback_url=receiver.url)
        await inside.run(admitted.job.id)

        await send_due(inside.parts)
        [webhook] = (await inside.shown(admitted.job.id)).webhooks
        assert (webhook.state, webhook.last_status, webhook.attempts) == ("pending", 500, 1)
        assert await send_due(inside.parts) == 0

        await inside.due_now(admitted.job.id)
        await send_due(inside.parts)
        assert (await inside.shown(admitted.job.id)).callback_status == "sent"
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1


async def test_it_is_given_up_after_the_last_attempt_and_can_be_sent_again(inside: Studio) -> None:
    async with receiving(*["503 Later"] * (len(WAITS) + 1)) as receiver:
        admitted = await inside.ask(MediaType.COVER, callback_url=receiver.url)
        job = await inside.run(admitted.job.id)
        for _ in range(len(WAITS) + 1):
            await inside.due_now(job.id)
            await send_due(inside.parts)
        [webhook] = (await inside.shown(job.id)).webhooks
        assert (webhook.state, webhook.attempts) == ("failed", len(WAITS) + 1)

        async with inside.database.transaction() as tx:
            await send_again(tx, job)
        await send_due(inside.parts)
        assert (await inside.shown(job.id)).callback_status == "sent"


async def test_whoever_says_that_it_is_gone_is_asked_no_more(inside: Studio) -> None:
    async with receiving("410 Gone") as receiver:
        admitted = await inside.ask(MediaType.COVER, callback_url=receiver.url)
        await inside.run(admitted.job.id)
        await send_due(inside.parts)

        assert (await inside.shown(admitted.job.id)).callback_status == "failed"


async def test_only_the_last_of_several_attempts_is_told(inside: Studio) -> None:
    async with receiving() as receiver:
        inside.stubs.before["cover"] = refuse
        admitted = await inside.ask(MediaType.COVER, callback_url=receiver.url)
        failed = await inside.run(admitted.job.id)
        await send_due(inside.parts)
        inside.stubs.before["cover"] = nothing
        async with inside.database.transaction() as tx:
            await retry(tx, inside.parts, failed, by_admin=False)
        assert await send_due(inside.parts) == 0
        await inside.run(failed.id)
        await send_due(inside.parts)

    told = [json.loads(body) for _, body in receiver.got]
    assert [each["type"] for each in told] == ["media.job.failed", "media.job.succeeded"]
    assert told[0]["data"]["error"] == {"code": "test-unreadable", "detail": "no such moment"}


async def test_everybody_who_asked_for_the_same_is_told_once(inside: Studio) -> None:
    async with receiving() as receiver:
        urls = [receiver.url, receiver.url, f"{receiver.url}?of=another"]
        jobs = {(await inside.ask(callback_url=url)).job.id for url in urls}
        assert len(jobs) == 1
        await inside.run(jobs.pop())

        assert await send_due(inside.parts) == 2


async def test_whoever_asks_while_the_job_ends_is_told_or_hears_that_it_ended(
    inside: Studio,
) -> None:
    first = await inside.ask(MediaType.COVER)
    work = await check(inside.parts, NewWork(MediaType.COVER, HASH, SOURCE))
    async with anyio.create_task_group() as group, inside.database.transaction() as ending:
        await inside.parts.media.jobs.cancel(ending, first.job.id)

        async def ask() -> None:
            async with inside.database.transaction() as tx:
                url = "http://example.com/"
                told = await admit(tx, inside.parts, work, ANN, callback_url=url)
                assert told.job.state is JobState.CANCELLED

        group.start_soon(ask)
        await until(partial(is_waited_for, inside))

    assert await inside.count("webhooks WHERE state = 'waiting'") == 0


async def is_waited_for(studio: Studio) -> bool:
    return (
        await studio.count(
            "pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        > 0
    )


async def test_what_nobody_foresaw_is_one_failed_attempt_and_stops_no_other(
    inside: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with receiving() as receiver:
        for url in (receiver.url, f"{receiver.url}?of=another"):
            job_id = (await inside.ask(MediaType.COVER, callback_url=url)).job.id
        await inside.run(job_id)
        post = Sender.post

        async def broken(sender: Sender, url: str, headers: dict[str, str], body: bytes) -> int:
            if "another" in url:
                raise RuntimeError("nobody foresaw this")
            return await post(sender, url, headers, body)

        monkeypatch.setattr(Sender, "post", broken)

        assert await send_due(inside.parts) == 2
        told = {(each.state, each.last_error) for each in (await inside.shown(job_id)).webhooks}
    assert told == {("sent", None), ("pending", "unexpected RuntimeError; the log tells more")}


async def test_a_job_that_is_cancelled_or_abandoned_is_told_too(inside: Studio) -> None:
    async def hang(task: Task) -> None:
        await anyio.sleep_forever()

    inside.stubs.before["preview"] = hang
    cancelled = await inside.ask(MediaType.COVER, callback_url="http://example.com/")
    async with inside.database.transaction() as tx:
        await inside.parts.media.jobs.cancel(tx, cancelled.job.id)
        await inside.parts.media.jobs.cancel(tx, cancelled.job.id)
    abandoned = await inside.ask(MediaType.PREVIEW, callback_url="http://example.com/")
    async with inside.database.transaction() as tx:
        await tx.execute(
            """
            UPDATE jobs SET state = 'running', attempts = max_attempts, claim = gen_random_uuid(),
                lease_until = now() - interval '1 s' WHERE id = %(id)s
            """,
            {"id": abandoned.job.id},
        )
    await inside.sweeper.sweep()

    assert (await inside.job(abandoned.job.id)).state is JobState.FAILED
    for admitted in (cancelled, abandoned):
        [webhook] = (await inside.shown(admitted.job.id)).webhooks
        assert webhook.state == "pending"


async def test_a_job_that_goes_on_has_nothing_to_send_again(inside: Studio) -> None:
    admitted = await inside.ask(MediaType.COVER, callback_url="http://example.com/")

    with pytest.raises(NoWebhookError):
        async with inside.database.transaction() as tx:
            await send_again(tx, admitted.job)


async def test_a_redirect_is_not_followed(inside: Studio) -> None:
    async with receiving() as other, receiving() as receiver:
        receiver.statuses.append(f"302 Found\r\nLocation: {other.url}")
        admitted = await inside.ask(MediaType.COVER, callback_url=receiver.url)
        await inside.run(admitted.job.id)
        await send_due(inside.parts)

        [webhook] = (await inside.shown(admitted.job.id)).webhooks
        assert (webhook.state, webhook.last_status) == ("pending", 302)
        assert other.connections == 0


async def test_a_name_that_comes_to_lead_inside_is_not_called(
    database: Database, tmp_path: Path
) -> None:
    answers = [["93.184.216.34"], ["93.184.216.34", "127.0.0.1"]]

    async def rebound(host: str, port: int) -> list[str]:
        return answers.pop(0)

    async with receiving() as receiver, open_studio(database, tmp_path, resolve=rebound) as studio:
        url = f"http://rebound.example:{receiver.port}/"
        admitted = await studio.ask(MediaType.COVER, callback_url=url)
        await studio.run(admitted.job.id)
        await send_due(studio.parts)

        [webhook] = (await studio.shown(admitted.job.id)).webhooks
        assert webhook.state == "pending"
        assert webhook.last_error is not None
        assert "not on the internet" in webhook.last_error
        assert receiver.connections == 0


async def test_what_is_connected_to_is_what_was_looked_at(
    database: Database, tmp_path: Path
) -> None:
    async with receiving() as receiver:
        asked: list[tuple[str, int]] = []

        async def note(host: str, port: int) -> list[str]:
            asked.append((host, port))
            return ["127.0.0.1"]

        async with open_studio(database, tmp_path, allow_private=True, resolve=note) as studio:
            url = f"http://no-such-host.invalid:{receiver.port}/"
            admitted = await studio.ask(MediaType.COVER, callback_url=url)
            await studio.run(admitted.job.id)
            await send_due(studio.parts)

            assert (await studio.shown(admitted.job.id)).callback_status == "sent"
        assert asked == [("no-such-host.invalid", receiver.port)] * 2


async def test_a_receiver_that_does_not_answer_is_not_waited_for(
    database: Database, tmp_path: Path
) -> None:
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    async with (
        listener,
        open_studio(
            database,
            tmp_path,
            allow_private=True,
            resolve=local,
            webhook_timeout=timedelta(seconds=0.1),
        ) as studio,
    ):
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        admitted = await studio.ask(MediaType.COVER, callback_url=f"http://silent.example:{port}/")
        await studio.run(admitted.job.id)
        await send_due(studio.parts)

        [webhook] = (await studio.shown(admitted.job.id)).webhooks
        assert webhook.last_error == "no answer within 0.1 s"


async def test_an_address_inside_is_refused_when_it_is_asked_for(
    database: Database, tmp_path: Path
) -> None:
    async with open_studio(database, tmp_path, resolve=local) as studio:
        with pytest.raises(CallbackRefusedError):
            await studio.ask(MediaType.COVER, callback_url="http://localhost/")
        assert await studio.count("jobs") == 0
