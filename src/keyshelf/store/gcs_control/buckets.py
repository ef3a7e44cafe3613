"""The rules of a bucket of Google, read and written over its XML API."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager

from keyshelf.errors import ConflictError, Error, InvalidInputError
from keyshelf.layout.keys import ObjectKey
from keyshelf.store import s3_xml
from keyshelf.store.control import Document, RuleKind, RulesChangedError, RulesRefusedError
from keyshelf.store.errors import (
    BucketNotFoundError,
    StoreForbiddenError,
    UnsupportedError,
)
from keyshelf.store.gcs_control import documents
from keyshelf.store.s3_requests import S3Requests

_PARAMETERS: Mapping[RuleKind, str] = {
    RuleKind.VERSIONING: "versioning",
    RuleKind.ENCRYPTION: "encryptionConfig",
    RuleKind.LIFECYCLE: "lifecycle",
    RuleKind.LOGGING: "logging",
}
_TO_READ, _TO_WRITE = "storage.buckets.get", "storage.buckets.update"
_TO_PROBE = (
    "storage.objects.create, storage.objects.get and storage.objects.delete, while Google's own"
    " service agent needs the use of the KMS key"
)
_PROBE = b"keyshelf: this object may be deleted\n"


class GcsControl:
    """The rules of one bucket; see `BucketControl`. Documents are in the words of Google's JSON.

    Buckets have no rules of replication there: jobs of Storage Transfer copy between them, which
    no HMAC key opens. So none are read, and none are taken.
    """

    def __init__(self, connect: Callable[[], S3Requests]) -> None:
        self._connect = connect

    async def read(self, kind: RuleKind) -> Document | None:
        """Return the rules that the bucket has; None for none."""
        if kind not in _PARAMETERS:
            return None
        async with self._asking(kind, _TO_READ) as requests:
            answer = await requests.send("GET", None, {_PARAMETERS[kind]: ""})
            return documents.parsed(kind, answer.body)

    async def write(self, kind: RuleKind, document: Document | None) -> None:
        """Replace the rules of a kind; None takes them away."""
        if kind not in _PARAMETERS:
            raise UnsupportedError(f"buckets of Google have no rules of {kind}")
        body = documents.written(kind, document)
        headers = {"content-type": "application/xml"}
        async with self._asking(kind, _TO_WRITE) as requests:
            await requests.send("PUT", None, {_PARAMETERS[kind]: ""}, headers=headers, body=body)

    async def written_encryption(self, key: ObjectKey) -> Document:
        """Write an object, and return how the server says that it encrypted it."""
        async with self._asking(RuleKind.ENCRYPTION, _TO_PROBE) as requests:
            written = await requests.put(key, _PROBE, {"content-type": "text/plain"})
            # With its generation: a noncurrent version would be left behind otherwise.
            generation = written.headers.get("x-goog-generation")
            of = {"generation": generation} if generation else {}
            try:
                answer = await requests.send("GET", key, {"encryption": "", **of})
            finally:
                await requests.send("DELETE", key, of)
        name = s3_xml.text(s3_xml.parse(answer.body, "Encryption"), "KmsKeyName").strip()
        return {"defaultKmsKeyName": name} if name else {}

    @asynccontextmanager
    async def _asking(self, kind: RuleKind, right: str) -> AsyncGenerator[S3Requests]:
        # Connections live as long as one question: commands ask each in a loop of its own.
        requests = self._connect()
        try:
            yield requests
        except Error as error:
            raise _meaning(error, kind, right=right) from error
        finally:
            await requests.aclose()


def _meaning(error: Error, kind: RuleKind, *, right: str) -> Error:
    """Return what a failure means where a bucket was asked about, not an object."""
    match error:
        case StoreForbiddenError():
            return StoreForbiddenError(f"{error.detail}; its account needs {right}", **error.extras)
        case BucketNotFoundError():
            return BucketNotFoundError("the bucket is not there")
        case ConflictError():
            return RulesChangedError(f"somebody changes the bucket meanwhile: {error.detail}")
        case UnsupportedError() | RulesRefusedError():
            return error
        case InvalidInputError():
            return RulesRefusedError(f"the server does not take this {kind}: {error.detail}")
        case _:
            return error
