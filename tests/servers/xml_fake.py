"""A small server of the XML protocol that S3 and Google Cloud Storage share, in memory.

There is no emulator of Google Cloud Storage's XML API, and the real S3 servers of the
tests keep keys as paths, so they cannot hold them all. This one answers just the calls
that Keyshelf makes, as the providers' references describe them, checks every
signature by its own reading of the algorithm, and holds any key.

Run as `python -m tests.servers.xml_fake PORT AWS4|GOOG4`.
"""

import hashlib
import re
import secrets
import sys
import threading
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from urllib.parse import parse_qsl, quote_plus, unquote
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from tests.servers.xml_signatures import FailureError, SignedRequest

MIN_PART_BYTES = 5 * 2**20
KEPT = ("content-type", "cache-control", "content-disposition")
ARCHIVES = ("GLACIER", "DEEP_ARCHIVE")
ASKED_ABOUT = 2


@dataclass
class Stored:
    data: bytes
    headers: dict[str, str]
    etag: str
    generation: int
    modified: datetime
    restoring: int | None = None
    """How many times it is asked about before it is restored; None while nobody wants that."""


@dataclass
class Upload:
    key: str
    headers: dict[str, str]
    started: datetime
    parts: dict[int, tuple[str, bytes]] = field(default_factory=dict[int, tuple[str, bytes]])


class Bucket:
    def __init__(self) -> None:
        self.objects: dict[str, Stored] = {}
        self.uploads: dict[str, Upload] = {}


class State:
    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self.prefix = "x-amz-" if dialect == "AWS4" else "x-goog-"
        self.service = "s3" if dialect == "AWS4" else "storage"
        self.buckets: dict[str, Bucket] = {}
        self.generations = count(1)
        self.lock = threading.RLock()


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    state: State

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base's name)
        """Say nothing."""

    def do_GET(self) -> None:
        self._handle()

    do_HEAD = do_PUT = do_POST = do_DELETE = do_GET  # noqa: N815 (the names that the server calls)

    def _handle(self) -> None:
        self.sent = {name.lower(): value for name, value in self.headers.items()}
        self.body = self.rfile.read(int(self.sent.get("content-length", "0")))
        self.path_part, _, self.query_part = self.path.partition("?")
        self.query = dict(parse_qsl(self.query_part, keep_blank_values=True))
        _, bucket, *rest = self.path_part.split("/", 2)
        try:
            self._signed_request().check(datetime.now(UTC))
            with self.state.lock:
                if rest:
                    self._on_object(self._bucket(bucket), unquote(rest[0]))
                else:
                    self._on_bucket(unquote(bucket))
        except FailureError as error:
            message = f"<Error><Code>{error.code}</Code><Message>no</Message>{error.more}</Error>"
            self._answer(error.status, message.encode())

    def _answer(
        self, status: int, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if "Content-Length" not in (headers or {}):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _signed_request(self) -> SignedRequest:
        return SignedRequest(
            dialect=self.state.dialect,
            method=self.command,
            path=self.path_part,
            query=self.query_part,
            headers=self.sent,
            body=self.body,
        )

    # Buckets

    def _bucket(self, name: str) -> Bucket:
        bucket = self.state.buckets.get(unquote(name))
        if bucket is None:
            raise FailureError(404, "NoSuchBucket")
        return bucket

    def _on_bucket(self, name: str) -> None:
        if self.command == "PUT":
            self.state.buckets[name] = Bucket()
            self._answer(200)
            return
        bucket = self._bucket(name)
        if "tagging" in self.query:
            raise FailureError(404, "NoSuchTagSet")
        if "delete" in self.query:
            self._delete_many(bucket)
        elif "uploads" in self.query:
            self._list_uploads(bucket)
        else:
            self._list(bucket)

    def _delete_many(self, bucket: Bucket) -> None:
        if self.state.dialect != "AWS4" or "content-md5" not in self.sent:
            raise FailureError(400, "InvalidRequest")
        for each in ET.fromstring(self.body).iterfind("Object"):
            bucket.objects.pop(each.findtext("Key") or "", None)
        self._answer(200, b"<DeleteResult></DeleteResult>")

    def _list(self, bucket: Bucket) -> None:
        query = self.query
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        limit = int(query.get("max-keys", "1000"))
        after = query.get("continuation-token") or query.get("start-after", "")
        lines: list[str] = []
        folders: set[str] = set()
        last = ""
        more = False
        for key in sorted(bucket.objects, key=str.encode):
            if not key.startswith(prefix) or key.encode() <= after.encode():
                continue
            tail = key[len(prefix) :]
            folder = (
                prefix + tail[: tail.index(delimiter) + 1]
                if delimiter and delimiter in tail
                else ""
            )
            if folder and (folder in folders or (after and after.startswith(folder))):
                if not more:
                    last = key
                continue
            if len(lines) == limit:
                more = True
                break
            last = key
            if folder:
                folders.add(folder)
                lines.append(
                    f"<CommonPrefixes><Prefix>{quote_plus(folder)}</Prefix></CommonPrefixes>"
                )
            else:
                lines.append(self._listed(key, bucket.objects[key]))
        token = f"<NextContinuationToken>{escape(last)}</NextContinuationToken>" if more else ""
        root = '<ListBucketResult xmlns="http://doc.s3.amazonaws.com/2006-03-01">'
        head = f"<EncodingType>url</EncodingType><IsTruncated>{str(more).lower()}</IsTruncated>"
        self._answer(200, f"{root}{head}{token}{''.join(lines)}</ListBucketResult>".encode())

    def _listed(self, key: str, found: Stored) -> str:
        storage_class = found.headers.get(f"{self.state.prefix}storage-class", "STANDARD")
        return (
            f"<Contents><Key>{quote_plus(key)}</Key><Size>{len(found.data)}</Size>"
            f'<ETag>"{found.etag}"</ETag><LastModified>{found.modified:%Y-%m-%dT%H:%M:%SZ}'
            f"</LastModified><StorageClass>{storage_class}</StorageClass></Contents>"
        )

    def _list_uploads(self, bucket: Bucket) -> None:
        lines = "".join(
            f"<Upload><Key>{quote_plus(upload.key)}</Key><UploadId>{upload_id}</UploadId>"
            f"<Initiated>{upload.started:%Y-%m-%dT%H:%M:%SZ}</Initiated></Upload>"
            for upload_id, upload in bucket.uploads.items()
            if upload.key.startswith(self.query.get("prefix", ""))
        )
        root = "ListMultipartUploadsResult"
        head = "<EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>"
        self._answer(200, f"<{root}>{head}{lines}</{root}>".encode())

    # Objects

    def _on_object(self, bucket: Bucket, key: str) -> None:
        if "uploads" in self.query:
            self._create_upload(bucket, key)
        elif "uploadId" in self.query:
            self._on_upload(bucket, key)
        elif "tagging" in self.query:
            self._on_tags(self._object(bucket, key))
        elif "restore" in self.query:
            self._restore(self._object(bucket, key))
        elif self.command in {"GET", "HEAD"}:
            self._read(self._object(bucket, key))
        elif self.command == "PUT":
            self._write(bucket, key)
        else:
            self._object(bucket, key)
            del bucket.objects[key]
            self._answer(204)

    def _object(self, bucket: Bucket, key: str) -> Stored:
        if key not in bucket.objects:
            raise FailureError(404, "NoSuchKey")
        return bucket.objects[key]

    def _restore(self, found: Stored) -> None:
        if self._archive(found) is None:
            raise FailureError(403, "InvalidObjectState")
        request = ET.fromstring(self.body)
        name = "{http://s3.amazonaws.com/doc/2006-03-01/}"
        tier = request.findtext(f"{name}GlacierJobParameters/{name}Tier")
        if int(request.findtext(f"{name}Days") or "0") < 1 or tier not in {
            "Standard",
            "Bulk",
            "Expedited",
        }:
            raise FailureError(400, "MalformedXML")
        if found.restoring:
            raise FailureError(409, "RestoreAlreadyInProgress")
        is_new = found.restoring is None
        found.restoring = ASKED_ABOUT if is_new else 0
        self._answer(202 if is_new else 200)

    def _archive(self, found: Stored) -> str | None:
        lies_in = found.headers.get(f"{self.state.prefix}storage-class")
        return lies_in if lies_in in ARCHIVES else None

    def _about_restoring(self, found: Stored) -> dict[str, str]:
        if found.restoring is None:
            return {}
        if self.command == "HEAD" and found.restoring:
            found.restoring -= 1
            return {"x-amz-restore": 'ongoing-request="true"'}
        until = "Fri, 23 Dec 2044 00:00:00 GMT"
        return {"x-amz-restore": f'ongoing-request="false", expiry-date="{until}"'}

    def _read(self, found: Stored) -> None:
        lies_in = self._archive(found)
        if lies_in and found.restoring != 0 and self.command == "GET":
            more = f"<StorageClass>{lies_in}</StorageClass>"
            raise FailureError(403, "InvalidObjectState", more)
        if self.sent.get("if-match", f'"{found.etag}"') != f'"{found.etag}"':
            raise FailureError(412, "PreconditionFailed")
        headers = dict(found.headers)
        for name in KEPT:
            if f"response-{name}" in self.query:
                headers[name] = self.query[f"response-{name}"]
        headers |= {
            "ETag": f'"{found.etag}"',
            "Last-Modified": format_datetime(found.modified, usegmt=True),
            "x-goog-generation": str(found.generation),
            **self._about_restoring(found),
        }
        status, data = 200, found.data
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.sent.get("range", ""))
        if asked:
            start, end = int(asked[1]), int(asked[2] or len(data) - 1) + 1
            if start >= len(data):
                raise FailureError(416, "InvalidRange")
            headers["Content-Range"] = f"bytes {start}-{min(end, len(data)) - 1}/{len(data)}"
            status, data = 206, data[start:end]
        headers["Content-Length"] = str(len(data))
        self._answer(status, data, headers)

    def _check_conditions(self, bucket: Bucket, key: str) -> None:
        current = bucket.objects.get(key)
        if self.state.dialect == "GOOG4":
            wanted = self.sent.get("x-goog-if-generation-match")
            if wanted is not None and int(wanted) != (current.generation if current else 0):
                raise FailureError(412, "PreconditionFailed")
            return
        if self.sent.get("if-none-match") == "*" and current:
            raise FailureError(412, "PreconditionFailed")
        if "if-match" in self.sent:
            if current is None:
                raise FailureError(404, "NoSuchKey")
            if self.sent["if-match"] != f'"{current.etag}"':
                raise FailureError(412, "PreconditionFailed")

    def _write(self, bucket: Bucket, key: str) -> None:
        self._check_conditions(bucket, key)
        wanted = self.sent.get("x-amz-checksum-sha256")
        if wanted not in {None, b64encode(hashlib.sha256(self.body).digest()).decode()}:
            raise FailureError(400, "BadDigest")
        source_name = self.sent.get(f"{self.state.prefix}copy-source")
        if source_name is None:
            etag = self._store(bucket, key, self.body, self._kept_headers())
            self._answer(200, headers={"ETag": f'"{etag}"', "x-goog-generation": "1"})
            return
        source = self._copy_source(source_name)
        etag = self._store(bucket, key, source.data, dict(source.headers), etag=source.etag)
        self._answer(200, f'<CopyObjectResult><ETag>"{etag}"</ETag></CopyObjectResult>'.encode())

    def _copy_source(self, name: str) -> Stored:
        _, bucket, key = unquote(name).split("/", 2)
        source = self._object(self._bucket(bucket), key)
        wanted = self.sent.get(f"{self.state.prefix}copy-source-if-match")
        if wanted is not None and wanted != f'"{source.etag}"':
            raise FailureError(412, "PreconditionFailed")
        return source

    def _kept_headers(self) -> dict[str, str]:
        prefix = self.state.prefix
        kept = {
            name: value
            for name, value in self.sent.items()
            if name in KEPT or name.startswith(f"{prefix}meta-") or name == f"{prefix}storage-class"
        }
        if f"{prefix}tagging" in self.sent:
            kept["fake-tags"] = self.sent[f"{prefix}tagging"]
        return kept

    def _store(
        self, bucket: Bucket, key: str, data: bytes, headers: dict[str, str], etag: str = ""
    ) -> str:
        etag = etag or hashlib.md5(data).hexdigest()
        number = next(self.state.generations)
        bucket.objects[key] = Stored(data, headers, etag, number, _now())
        return etag

    def _on_tags(self, found: Stored) -> None:
        if self.state.dialect != "AWS4":
            raise FailureError(400, "InvalidArgument")
        if self.command == "PUT":
            tags = ET.fromstring(self.body).iterfind("TagSet/Tag")
            found.headers["fake-tags"] = "&".join(
                f"{quote_plus(tag.findtext('Key') or '')}={quote_plus(tag.findtext('Value') or '')}"
                for tag in tags
            )
            self._answer(200)
            return
        lines = "".join(
            f"<Tag><Key>{escape(name)}</Key><Value>{escape(value)}</Value></Tag>"
            for name, value in parse_qsl(found.headers.get("fake-tags", ""), keep_blank_values=True)
        )
        self._answer(200, f"<Tagging><TagSet>{lines}</TagSet></Tagging>".encode())

    # Uploads

    def _create_upload(self, bucket: Bucket, key: str) -> None:
        upload_id = secrets.token_hex(16)
        bucket.uploads[upload_id] = Upload(key, self._kept_headers(), _now())
        root = "InitiateMultipartUploadResult"
        self._answer(200, f"<{root}><UploadId>{upload_id}</UploadId></{root}>".encode())

    def _on_upload(self, bucket: Bucket, key: str) -> None:
        upload = bucket.uploads.get(self.query["uploadId"])
        if upload is None or upload.key != key:
            raise FailureError(404, "NoSuchUpload")
        if self.command == "PUT":
            self._write_part(upload)
        elif self.command == "GET":
            self._list_parts(upload)
        elif self.command == "POST":
            self._complete(bucket, upload)
        else:
            del bucket.uploads[self.query["uploadId"]]
            self._answer(204)

    def _write_part(self, upload: Upload) -> None:
        data = self.body
        source_name = self.sent.get(f"{self.state.prefix}copy-source")
        if source_name is not None:
            source = self._copy_source(source_name).data
            span = self.sent[f"{self.state.prefix}copy-source-range"].removeprefix("bytes=")
            first, last = (int(each) for each in span.split("-"))
            data = source[first : last + 1]
        etag = hashlib.md5(data).hexdigest()
        upload.parts[int(self.query["partNumber"])] = (etag, data)
        if source_name is None:
            self._answer(200, headers={"ETag": f'"{etag}"'})
        else:
            self._answer(200, f'<CopyPartResult><ETag>"{etag}"</ETag></CopyPartResult>'.encode())

    def _list_parts(self, upload: Upload) -> None:
        after = int(self.query.get("part-number-marker", "0"))
        numbers = [number for number in sorted(upload.parts) if number > after]
        page = numbers[:1000]
        lines = "".join(
            f'<Part><PartNumber>{number}</PartNumber><ETag>"{upload.parts[number][0]}"</ETag>'
            f"<Size>{len(upload.parts[number][1])}</Size></Part>"
            for number in page
        )
        more = len(numbers) > len(page)
        marker = f"<NextPartNumberMarker>{page[-1]}</NextPartNumberMarker>" if more else ""
        head = f"<IsTruncated>{str(more).lower()}</IsTruncated>{marker}"
        self._answer(200, f"<ListPartsResult>{head}{lines}</ListPartsResult>".encode())

    def _complete(self, bucket: Bucket, upload: Upload) -> None:
        self._check_conditions(bucket, upload.key)
        data = digests = b""
        wanted = list(ET.fromstring(self.body).iterfind("Part"))
        for position, each in enumerate(wanted, start=1):
            etag, part = upload.parts.get(int(each.findtext("PartNumber") or ""), ("", b""))
            if etag != (each.findtext("ETag") or "").strip('"'):
                raise FailureError(400, "InvalidPart")
            if position < len(wanted) and len(part) < MIN_PART_BYTES:
                raise FailureError(400, "EntityTooSmall")
            data += part
            digests += hashlib.md5(part).digest()
        del bucket.uploads[self.query["uploadId"]]
        etag = f"{hashlib.md5(digests).hexdigest()}-{len(wanted)}"
        self._store(bucket, upload.key, data, upload.headers, etag=etag)
        root = "CompleteMultipartUploadResult"
        self._answer(200, f'<{root}><ETag>"{etag}"</ETag></{root}>'.encode())


def main(port: int, dialect: str) -> None:
    Handler.state = State(dialect)
    ThreadingHTTPServer.request_queue_size = 128
    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
