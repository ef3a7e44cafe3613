"""What went wrong with a request on the rules of a bucket, in our words."""

from typing import TYPE_CHECKING

from keyshelf.errors import Error
from keyshelf.store.control import RuleKind, RulesRefusedError
from keyshelf.store.errors import (
    BucketNotFoundError,
    StoreForbiddenError,
    StoreUnavailableError,
    UnsupportedError,
)
from keyshelf.store.unanswered import reason, unanswered

if TYPE_CHECKING:
    from botocore.exceptions import BotoCoreError, ClientError

ABSENT = frozenset(
    {
        "NoSuchLifecycleConfiguration",
        "ReplicationConfigurationNotFoundError",
        "ServerSideEncryptionConfigurationNotFoundError",
    }
)
"""How S3 says that a bucket has no rules of a kind."""

_UNKNOWN = frozenset(
    {
        "NotImplemented",
        "MethodNotAllowed",
        "XNotImplemented",
        "VersioningNotConfigured",
        "405",
        "501",
    }
)
_FORBIDDEN = frozenset(
    {
        "AccessDenied",
        "403",
        "InvalidAccessKeyId",
        "SignatureDoesNotMatch",
        "ExpiredToken",
        "RequestTimeTooSkewed",
    }
)
_ELSEWHERE = frozenset({"PermanentRedirect", "AuthorizationHeaderMalformed", "301"})
_BUSY = frozenset({"InternalError", "ServiceUnavailable", "SlowDown", "OperationAborted", "503"})
_RIGHTS = {
    RuleKind.LIFECYCLE: "LifecycleConfiguration",
    RuleKind.REPLICATION: "ReplicationConfiguration",
    RuleKind.ENCRYPTION: "EncryptionConfiguration",
    RuleKind.VERSIONING: "BucketVersioning",
    RuleKind.LOGGING: "BucketLogging",
}
"""What the two rights are called that AWS has for each kind, after Get and Put."""


def code_of(error: "ClientError") -> str:
    """Return the code that the server gave."""
    return str(error.response.get("Error", {}).get("Code", ""))


def right_to(verb: str, kind: RuleKind) -> str:
    """Return what keys must be allowed; `verb` is `Get` or `Put`."""
    return f"s3:{verb}{_RIGHTS[kind]}"


def refusal(error: "ClientError", kind: RuleKind, *, right: str) -> Error:
    """Return what a refusal means; `right` is what keys must be allowed."""
    code, said = code_of(error), str(error.response.get("Error", {}).get("Message", ""))
    words = f"{said or 'without a word'} ({code})"
    if code in {"NoSuchBucket", "404"}:
        return BucketNotFoundError("the bucket is not there")
    if code in _UNKNOWN:
        return UnsupportedError(f"this server has no rules of {kind} for buckets: it says {words}")
    if code in _FORBIDDEN:
        told = f"the server refuses our keys, which need {right}: {words}"
        return StoreForbiddenError(told, store_code=code)
    if code in _ELSEWHERE:
        told = f"the bucket is not in the region that is set: {words}"
        return RulesRefusedError(told, store_code=code)
    if code in _BUSY:
        return StoreUnavailableError(f"the server could not do it: {words}")
    return RulesRefusedError(f"the server does not take this {kind}: {words}", code=code)


def unreachable(error: "BotoCoreError") -> Error:
    """Return what a request means that brought no answer, or was never sent."""
    # Imported when needed, as everything of botocore is.
    from botocore import exceptions  # noqa: PLC0415

    if isinstance(error, exceptions.ParamValidationError):
        return RulesRefusedError(f"these are no rules that S3 knows: {error}")
    if isinstance(error, exceptions.NoCredentialsError | exceptions.PartialCredentialsError):
        return StoreForbiddenError(f"this machine's credentials fail: {error}")
    # botocore keeps what happened beside what it says, and names the whole address in that.
    cause = error.kwargs.get("error")
    why = reason(cause if isinstance(cause, BaseException) else error)
    return unanswered(str(error.kwargs.get("endpoint_url", "")), why)
