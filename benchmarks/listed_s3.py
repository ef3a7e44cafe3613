"""An S3 that lists any number of objects from memory, the same to every client.

Run as `python -m benchmarks.listed_s3 PORT OBJECTS`. It checks no signature, stores nothing,
and answers from a list of keys: what is measured are clients.
"""

import asyncio
import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from urllib.parse import parse_qs, quote, unquote, urlsplit

PER_PAGE = 1000
SIZE = 5000
_HEAD = re.compile(rb"^(\S+) (\S+)")


def keys(count: int) -> list[str]:
    """Return keys of a drive in the order of a listing."""
    return sorted(_keys(count))


def _keys(count: int) -> Iterator[str]:
    for number in range(count):
        folder, file = divmod(number, 100)
        yield (
            f"person-{folder % 10}/my-files/Project {folder // 100}/shots {folder}"
            f"/take {file:03d}.jpg"
        )


def _listed(key: str) -> str:
    return (
        f"<Contents><Key>{quote(key, safe='/')}</Key>"
        "<LastModified>2026-01-02T03:04:05.000Z</LastModified>"
        "<ETag>&quot;900150983cd24fb0d6963f7d28e17f72&quot;</ETag>"
        f"<Size>{SIZE}</Size><StorageClass>STANDARD</StorageClass></Contents>"
    )


class _Bucket:
    def __init__(self, count: int) -> None:
        self._keys = keys(count)

    def page(self, query: dict[str, list[str]]) -> bytes:
        after = query.get("continuation-token", query.get("start-after", [""]))[0]
        begin = bisect_right(self._keys, after)
        found = self._keys[begin : begin + int(query.get("max-keys", [str(PER_PAGE)])[0])]
        more = begin + len(found) < len(self._keys)
        token = f"<NextContinuationToken>{quote(found[-1])}</NextContinuationToken>" if more else ""
        return (
            '<?xml version="1.0" encoding="UTF-8"?>'
            '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name>'
            f"<KeyCount>{len(found)}</KeyCount><MaxKeys>{PER_PAGE}</MaxKeys>"
            f"<EncodingType>url</EncodingType><IsTruncated>{str(more).lower()}</IsTruncated>"
            f"{token}{''.join(map(_listed, found))}</ListBucketResult>"
        ).encode()

    def has(self, key: str) -> bool:
        at = bisect_left(self._keys, key)
        return at < len(self._keys) and self._keys[at] == key


class _Protocol(asyncio.Protocol):
    def __init__(self, bucket: _Bucket) -> None:
        self._bucket = bucket
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._held += data
        while b"\r\n\r\n" in self._held:
            head, _, self._held = self._held.partition(b"\r\n\r\n")
            request = _HEAD.match(head)
            assert request is not None
            self._transport.write(self._answer(request[1], request[2].decode()))

    def _answer(self, method: bytes, target: str) -> bytes:
        address = urlsplit(target)
        if method == b"HEAD":
            return self._facts(unquote(address.path).removeprefix("/b/"))
        query = parse_qs(address.query)
        query["continuation-token"] = [
            unquote(each) for each in query.get("continuation-token", [])
        ]
        if not query["continuation-token"]:
            del query["continuation-token"]
        body = self._bucket.page(query)
        return _headers("200 OK", len(body)) + body

    def _facts(self, key: str) -> bytes:
        found = self._bucket.has(key)
        return _headers("200 OK", SIZE) if found else _headers("404 Not Found", 0)


def _headers(status: str, length: int) -> bytes:
    return (
        f"HTTP/1.1 {status}\r\nContent-Length: {length}\r\nContent-Type: application/xml\r\n"
        'ETag: "900150983cd24fb0d6963f7d28e17f72"\r\n'
        "Last-Modified: Fri, 02 Jan 2026 03:04:05 GMT\r\n\r\n"
    ).encode()


async def _serve(port: int, count: int) -> None:
    bucket = _Bucket(count)
    server = await asyncio.get_running_loop().create_server(
        lambda: _Protocol(bucket), "127.0.0.1", port
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2])))
