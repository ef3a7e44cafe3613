"""Whatever library asks a server that is away, people read the same one sentence."""

from datetime import timedelta

import boto3
import httpx2
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from obstore.exceptions import BaseError
from obstore.store import S3Store

from keyshelf.store.cloud import translated
from keyshelf.store.s3_control import failures
from keyshelf.store.unanswered import reason, unanswered

pytestmark = pytest.mark.anyio

AWAY = "http://127.0.0.1:1"
TOLD = f"the store at {AWAY} does not answer: Connection refused"


async def test_bytes_of_objects() -> None:
    store = S3Store(
        "b",
        endpoint=AWAY,
        region="us-east-1",
        access_key_id="a",
        secret_access_key="s",
        client_options={"allow_http": True, "connect_timeout": timedelta(seconds=5)},
        retry_config={"max_retries": 0},
    )

    with pytest.raises(BaseError) as raised:
        await store.get_async("key")

    assert translated(raised.value, doing="GET 'key'").detail == f"GET 'key': {TOLD}"


async def test_requests_of_our_own() -> None:
    async with httpx2.AsyncClient(trust_env=False) as client:
        with pytest.raises(httpx2.HTTPError) as raised:
            await client.get(AWAY)

    assert unanswered(AWAY, reason(raised.value)).detail == TOLD


def test_rules_of_buckets() -> None:
    client = boto3.client(  # type: ignore[reportUnknownMemberType]  # other services have no stubs
        "s3",
        endpoint_url=AWAY,
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="s",
        config=Config(retries={"max_attempts": 0}),
    )

    with pytest.raises(BotoCoreError) as raised:
        client.get_bucket_versioning(Bucket="b")

    assert failures.unreachable(raised.value).detail == TOLD


def test_what_is_secret_in_an_address_stays_there() -> None:
    found = unanswered("https://me:secret@store.example:9/b?token=x", reason(TimeoutError()))

    assert found.detail == (
        "the store at https://store.example:9 does not answer: no answer in time"
    )
