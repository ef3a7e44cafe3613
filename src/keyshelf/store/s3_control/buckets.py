"""The rules of a bucket of S3, read and written by boto3 in threads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar, cast

from anyio import to_thread

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.control import Document, Json, RuleKind
from keyshelf.store.s3_control import failures
from keyshelf.store.s3_requests import CredentialSource
from keyshelf.store.sigv4 import Credentials

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

T = TypeVar("T")
_CONNECT_SECONDS, _READ_SECONDS, _ATTEMPTS = 5, 30, 3
_PROBE = b"keyshelf: this object may be deleted\n"
_PROBE_RIGHTS = "s3:PutObject, s3:DeleteObjectVersion and the use of its KMS key"
_MINIMUM_SIZE = "TransitionDefaultMinimumObjectSize"
"""Told beside the rules of a lifecycle, not in them: S3 forgets it unless it is told again."""


@dataclass(frozen=True, slots=True)
class S3ControlOptions:
    """Which bucket it is, and where."""

    bucket: str
    endpoint: str
    region: str
    path_style: bool


@dataclass(frozen=True, slots=True)
class _Calls:
    """How boto3 calls what is done with rules of a kind."""

    read: str
    write: str
    argument: str
    """What the document is called when it is written."""
    is_wrapped: bool = False
    """Whether the answer has the document under the same name, or is it."""
    remove: str | None = None
    without: Document | None = None
    """What is written where nothing removes rules."""


_CALLS: Mapping[RuleKind, _Calls] = {
    RuleKind.VERSIONING: _Calls(
        "get_bucket_versioning",
        "put_bucket_versioning",
        "VersioningConfiguration",
        without={"Status": "Suspended"},
    ),
    RuleKind.ENCRYPTION: _Calls(
        "get_bucket_encryption",
        "put_bucket_encryption",
        "ServerSideEncryptionConfiguration",
        is_wrapped=True,
        remove="delete_bucket_encryption",
    ),
    RuleKind.LIFECYCLE: _Calls(
        "get_bucket_lifecycle_configuration",
        "put_bucket_lifecycle_configuration",
        "LifecycleConfiguration",
        remove="delete_bucket_lifecycle",
    ),
    RuleKind.REPLICATION: _Calls(
        "get_bucket_replication",
        "put_bucket_replication",
        "ReplicationConfiguration",
        is_wrapped=True,
        remove="delete_bucket_replication",
    ),
    RuleKind.LOGGING: _Calls(
        "get_bucket_logging", "put_bucket_logging", "BucketLoggingStatus", without={}
    ),
}


class S3Control:
    """The rules of one bucket; see `BucketControl`."""

    def __init__(self, options: S3ControlOptions, credentials: CredentialSource) -> None:
        self._options = options
        self._credentials = credentials
        self._kept: tuple[Credentials, S3Client] | None = None

    async def read(self, kind: RuleKind) -> Document | None:
        """Return the rules that the bucket has; None for none."""
        right = failures.right_to("Get", kind)
        return await self._asked(kind, right, lambda client: self._read(client, kind))

    async def write(self, kind: RuleKind, document: Document | None) -> None:
        """Replace the rules of a kind; None takes them away."""
        right = failures.right_to("Put", kind)
        await self._asked(kind, right, lambda client: self._write(client, kind, document))

    async def written_encryption(self, key: ObjectKey) -> Document:
        """Write an object, and return how the server says that it encrypted it."""
        return await self._asked(
            RuleKind.ENCRYPTION, _PROBE_RIGHTS, lambda client: self._probe(client, key)
        )

    async def _asked(self, kind: RuleKind, right: str, ask: Callable[["S3Client"], T]) -> T:
        credentials = await self._credentials()
        return await to_thread.run_sync(lambda: self._answered(kind, right, ask, credentials))

    def _answered(
        self, kind: RuleKind, right: str, ask: Callable[["S3Client"], T], credentials: Credentials
    ) -> T:
        # Imported when asked for: it takes longer than most commands take to run.
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        try:
            return ask(self._client(credentials))
        except ClientError as error:
            raise failures.refusal(error, kind, right=right) from error
        except BotoCoreError as error:
            raise failures.unreachable(error) from error

    def _client(self, credentials: Credentials) -> "S3Client":
        """Return the client that signs with these keys: making one takes longer than a request."""
        if self._kept is None or self._kept[0] is not credentials:
            self._kept = credentials, _made(self._options, credentials)
        return self._kept[1]

    def _read(self, client: "S3Client", kind: RuleKind) -> Document | None:
        from botocore.exceptions import ClientError  # noqa: PLC0415 -- as above

        calls = _CALLS[kind]
        try:
            answer = self._call(client, calls.read)
        except ClientError as error:
            if failures.code_of(error) in failures.ABSENT:
                return None
            raise
        document = answer.get(calls.argument) if calls.is_wrapped else answer
        found = _plain(document)
        if not isinstance(found, Mapping):
            return None
        return {name: each for name, each in found.items() if name != "ResponseMetadata"} or None

    def _write(self, client: "S3Client", kind: RuleKind, document: Document | None) -> None:
        calls = _CALLS[kind]
        if document is None and calls.remove is not None:
            self._call(client, calls.remove)
            return
        written = dict(document or calls.without or {})
        beside = {_MINIMUM_SIZE: written.pop(_MINIMUM_SIZE)} if _MINIMUM_SIZE in written else {}
        self._call(client, calls.write, **beside, **{calls.argument: written})

    def _probe(self, client: "S3Client", key: ObjectKey) -> Document:
        written = self._call(client, "put_object", Key=key, Body=_PROBE)
        # With its version: a delete marker would be left behind otherwise, and the bytes too.
        version = {"VersionId": written["VersionId"]} if "VersionId" in written else {}
        try:
            found = self._call(client, "head_object", Key=key, **version)
        finally:
            self._call(client, "delete_object", Key=key, **version)
        told = {
            "SSEAlgorithm": found.get("ServerSideEncryption"),
            "KMSMasterKeyID": found.get("SSEKMSKeyId"),
            "BucketKeyEnabled": found.get("BucketKeyEnabled"),
        }
        return {name: _plain(each) for name, each in told.items() if each is not None}

    def _call(self, client: "S3Client", method: str, **arguments: object) -> Mapping[str, object]:
        # A table names the methods, and documents are plain: the stubs know neither.
        call = cast("Callable[..., Mapping[str, object]]", getattr(client, method))
        return call(Bucket=self._options.bucket, **arguments)


def _made(options: S3ControlOptions, credentials: Credentials) -> "S3Client":
    from boto3.session import Session  # noqa: PLC0415 -- as above
    from botocore.config import Config  # noqa: PLC0415

    # Servers of other makers do not know every checksum that boto3 would add.
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": "path" if options.path_style else "virtual"},
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"total_max_attempts": _ATTEMPTS, "mode": "standard"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    session = Session(
        aws_access_key_id=credentials.access_key,
        aws_secret_access_key=credentials.secret_key,
        aws_session_token=credentials.session_token,
        region_name=options.region,
    )
    return session.client(  # pyright: ignore[reportUnknownMemberType] -- other services have no stubs
        "s3", endpoint_url=options.endpoint, config=config
    )


def _plain(value: object) -> Json:
    """Return what boto3 answers as JSON has it; botocore reads times as text back."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Mapping):
        mapping = cast("Mapping[str, object]", value)  # isinstance leaves its types unknown
        return {name: _plain(each) for name, each in mapping.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        sequence = cast("Sequence[object]", value)  # isinstance leaves its types unknown
        return [_plain(each) for each in sequence]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)
