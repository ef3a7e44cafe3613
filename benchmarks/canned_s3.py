"""An S3 that answers every listing and small read at once, so that clients are measured.

It checks no signature and stores nothing. Run as `python -m benchmarks.canned_s3 PORT`.
"""

import asyncio
import sys
from urllib.parse import parse_qs, urlsplit

PAGES = 20
PER_PAGE = 1000


def _page(number: int) -> bytes:
    objects = "".join(
        "<Contents>"
        f"<Key>9f1c2d34/my-files/Projects/level+{number:02}/photo-{index:05}+%28copy%29.jpg</Key>"
        "<LastModified>2026-01-02T03:04:05.000Z</LastModified>"
        f"<ETag>&quot;{index:032x}&quot;</ETag><Size>{index * 1000}</Size>"
        "<StorageClass>STANDARD</StorageClass></Contents>"
        for index in range(PER_PAGE)
    )
    more = number + 1 < PAGES
    token = f"<NextContinuationToken>{number + 1}</NextContinuationToken>" if more else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name>'
        f"<KeyCount>{PER_PAGE}</KeyCount><MaxKeys>1000</MaxKeys><EncodingType>url</EncodingType>"
        f"<IsTruncated>{str(more).lower()}</IsTruncated>{token}{objects}</ListBucketResult>"
    ).encode()


def _answer(body: bytes, kind: str) -> bytes:
    return (
        f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nContent-Type: {kind}\r\n"
        'ETag: "900150983cd24fb0d6963f7d28e17f72"\r\n'
        "Last-Modified: Fri, 02 Jan 2026 03:04:05 GMT\r\n\r\n"
    ).encode() + body


class _Protocol(asyncio.Protocol):
    pages = tuple(_answer(_page(number), "application/xml") for number in range(PAGES))
    small = _answer(b"x" * 16_384, "application/octet-stream")
    written = _answer(b"", "application/xml")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.held = b""

    def data_received(self, data: bytes) -> None:
        self.held += data
        head, found, rest = self.held.partition(b"\r\n\r\n")
        if not found:
            return
        length = 0
        for line in head.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if len(rest) < length:
            if b"100-continue" in head.lower():
                self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            return
        self.held = rest[length:]
        method, target, _ = head.split(b" ", 2)
        self.transport.write(self.answer(method, target.decode()))

    def answer(self, method: bytes, target: str) -> bytes:
        query = parse_qs(urlsplit(target).query)
        if "list-type" in query:
            return self.pages[int(query.get("continuation-token", ["0"])[0])]
        return self.written if method == b"PUT" else self.small


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(_Protocol, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
