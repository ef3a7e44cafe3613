"""Listing, odd keys and small objects, beside boto3 and obstore, on a server that costs nothing.

Run `python -m benchmarks.listing`. The aim is to list 3 times as fast as boto3.
"""

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from statistics import median

import boto3
import obstore
from botocore.config import Config
from mypy_boto3_s3 import S3Client
from obstore.store import S3Store as ObstoreS3

from benchmarks.canned_s3 import PAGES, PER_PAGE
from keyshelf.concurrency import map_each
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import ObjectStore
from keyshelf.store.opening import StoreOptions, open_store

ROUNDS = 5
REQUESTS, AT_ONCE = 800, 32
BODY = b"x" * 16_384
Measure = Callable[[], Awaitable[int]]


async def _ours_listed(store: ObjectStore) -> int:
    return sum([len(page.objects) async for page in store.list()])


def _boto_listed(client: S3Client) -> int:
    pages = client.get_paginator("list_objects_v2").paginate(Bucket="b")
    return sum(len(page.get("Contents", [])) for page in pages)


async def _obstore_listed(store: ObstoreS3) -> int:
    count = 0
    async for chunk in obstore.list(store, chunk_size=1000):  # pyright: ignore[reportUnknownMemberType] (arrow is not installed)
        count += len(chunk)
    return count


async def _ours_many(store: ObjectStore, key: ObjectKey, *, write: bool) -> int:
    async def once(_: int) -> None:
        if write:
            await store.put(key, BODY)
        else:
            async with await store.get(key) as reader:
                await reader.read()

    await map_each(range(REQUESTS), once, at_once=AT_ONCE)
    return REQUESTS


async def _boto_many(client: S3Client, pool: ThreadPoolExecutor, key: str, *, write: bool) -> int:
    def once(_: int) -> None:
        if write:
            client.put_object(Bucket="b", Key=key, Body=BODY)
        else:
            client.get_object(Bucket="b", Key=key)["Body"].read()

    loop = asyncio.get_running_loop()
    await asyncio.gather(*(loop.run_in_executor(pool, once, n) for n in range(REQUESTS)))
    return REQUESTS


async def _rates(measures: dict[str, Measure]) -> dict[str, float]:
    found: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(ROUNDS):
        for name, measure in measures.items():
            start = time.perf_counter()
            count = await measure()
            found[name].append(count / (time.perf_counter() - start))
    return {name: median(rates) for name, rates in found.items()}


def _print(title: str, rates: dict[str, float]) -> None:
    base = rates["boto3"]
    for name, rate in rates.items():
        print(f"{title:26} {name:10} {rate:12,.0f}/s {rate / base:7.1f}x")


async def _measure(endpoint: str) -> None:
    client: S3Client = boto3.client(  # pyright: ignore[reportUnknownMemberType] (untyped library)
        "s3",
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="secret",
        endpoint_url=endpoint,
        region_name="us-east-1",
        config=Config(
            s3={"addressing_style": "path"},
            max_pool_connections=AT_ONCE,
            request_checksum_calculation="when_required",
        ),
    )
    bare = ObstoreS3(
        "b",
        endpoint=endpoint,
        region="us-east-1",
        access_key_id="AKIDEXAMPLE",
        secret_access_key="secret",
        client_options={"allow_http": True},
    )
    store = await open_store(
        StoreOptions("b", endpoint=endpoint, access_key="AKIDEXAMPLE", secret_key="secret")
    )

    async def boto_listed() -> int:
        return _boto_listed(client)

    print(f"{PAGES * PER_PAGE:,} keys in pages of {PER_PAGE:,}; {REQUESTS} objects of 16 KiB")
    _print(
        "list",
        await _rates(
            {
                "boto3": boto_listed,
                "keyshelf": lambda: _ours_listed(store),
                "obstore": lambda: _obstore_listed(bare),
            }
        ),
    )
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for title, key in (("plain key", "u1/my-files/a.jpg"), ("odd key", "u1//my-files/../a/")):
            for verb, write in (("get", False), ("put", True)):

                def theirs(key: str = key, write: bool = write) -> Awaitable[int]:
                    return _boto_many(client, pool, key, write=write)

                def ours(key: str = key, write: bool = write) -> Awaitable[int]:
                    return _ours_many(store, ObjectKey(key), write=write)

                _print(f"{verb}, {title}", await _rates({"boto3": theirs, "keyshelf": ours}))
    await store.aclose()


def main() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "benchmarks.canned_s3", str(port)])
    try:
        time.sleep(1)
        asyncio.run(_measure(f"http://127.0.0.1:{port}"))
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
