"""Presigning beside botocore: the same requests, interleaved, one core each in turn.

Run `python -m benchmarks.presign`. The aim is 30 times botocore's rate.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from keyshelf.clock import system_clock
from keyshelf.store.sigv4 import Address, Credentials, Signer

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ENDPOINT, REGION, BUCKET = "https://s3.eu-central-1.amazonaws.com", "eu-central-1", "media"
ROUNDS = 7
OURS_PER_ROUND, THEIRS_PER_ROUND = 20_000, 1_000


@dataclass(frozen=True)
class Case:
    """One kind of request, as each side asks for it."""

    title: str
    operation: str
    method: str
    params: Mapping[str, object] = field(default_factory=dict[str, object])
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


CASES = (
    Case("GET", "get_object", "GET"),
    Case(
        "GET as a download",
        "get_object",
        "GET",
        {"ResponseContentDisposition": "attachment; filename*=UTF-8''a%20b.pdf"},
        query={"response-content-disposition": "attachment; filename*=UTF-8''a%20b.pdf"},
    ),
    Case(
        "PUT with a type",
        "put_object",
        "PUT",
        {"ContentType": "application/pdf"},
        headers={"content-type": "application/pdf"},
    ),
    Case(
        "PUT of a chunk",
        "put_object",
        "PUT",
        {
            "ContentType": "application/octet-stream",
            "IfNoneMatch": "*",
            "ChecksumSHA256": "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
            "Metadata": {"size": "65536", "codec": "zstd"},
            "Tagging": "kind=chunk&tier=hot",
        },
        headers={
            "content-type": "application/octet-stream",
            "if-none-match": "*",
            "x-amz-checksum-sha256": "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
            "x-amz-meta-size": "65536",
            "x-amz-meta-codec": "zstd",
            "x-amz-tagging": "kind=chunk&tier=hot",
        },
    ),
    Case(
        "PUT of a part",
        "upload_part",
        "PUT",
        {"UploadId": "2~cWxwZ8aBvD", "PartNumber": 17},
        query={"uploadId": "2~cWxwZ8aBvD", "partNumber": "17"},
    ),
)


def _rate(once: Callable[[int], str], count: int) -> float:
    start = time.perf_counter()
    for number in range(count):
        once(number)
    return count / (time.perf_counter() - start)


def main() -> None:
    client: S3Client = boto3.client(  # pyright: ignore[reportUnknownMemberType] (untyped library)
        "s3",
        region_name=REGION,
        endpoint_url=ENDPOINT,
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="secret",
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )
    signer = Signer(
        Credentials("AKIDEXAMPLE", "secret"),
        region=REGION,
        address=Address.of(ENDPOINT, BUCKET, path_style=True),
    )
    print(f"{'request':20} {'botocore/s':>12} {'keyshelf/s':>12} {'ratio':>8}")
    for case in CASES:

        def theirs(number: int, case: Case = case) -> str:
            params = {"Bucket": BUCKET, "Key": f"u1/my-files/Report ({number}).pdf", **case.params}
            return client.generate_presigned_url(case.operation, Params=params)

        def ours(number: int, case: Case = case) -> str:
            return signer.presign(
                case.method,
                f"u1/my-files/Report ({number}).pdf",
                at=system_clock(),
                query=case.query,
                headers=case.headers,
            )

        pairs = [
            (_rate(theirs, THEIRS_PER_ROUND), _rate(ours, OURS_PER_ROUND)) for _ in range(ROUNDS)
        ]
        slow, fast = median(p[0] for p in pairs), median(p[1] for p in pairs)
        ratio = median(p[1] / p[0] for p in pairs)
        print(f"{case.title:20} {slow:12,.0f} {fast:12,.0f} {ratio:7.1f}x")


if __name__ == "__main__":
    main()
