"""Failures of cloud stores, from whatever tells of them, as errors of ours.

S3, Google Cloud Storage and Azure answer a failure with a status and an XML
document that names a code. This is the one table of what each means here.
"""

import re
from collections.abc import Mapping

from keyshelf.errors import Error
from keyshelf.store.errors import (
    BucketNotFoundError,
    InvalidKeyError,
    InvalidPartError,
    InvalidRangeError,
    NeedsRestoreError,
    ObjectChangedError,
    ObjectNotFoundError,
    ObjectTooLargeError,
    StoreForbiddenError,
    StoreFullError,
    StoreUnavailableError,
    UnsupportedError,
    UploadNotFoundError,
)

RETRIED_STATUSES = frozenset({408, 429, 500, 502, 503, 504})

_ERRORS: Mapping[str, type[Error]] = {
    "NoSuchBucket": BucketNotFoundError,
    "ContainerNotFound": BucketNotFoundError,
    "ContainerBeingDeleted": BucketNotFoundError,
    "NoSuchKey": ObjectNotFoundError,
    "BlobNotFound": ObjectNotFoundError,
    "ResourceNotFound": ObjectNotFoundError,
    "NoSuchUpload": UploadNotFoundError,
    "InvalidPart": InvalidPartError,
    "InvalidPartOrder": InvalidPartError,
    "EntityTooSmall": InvalidPartError,
    "InvalidBlockList": InvalidPartError,
    "InvalidBlockId": InvalidPartError,
    "PreconditionFailed": ObjectChangedError,
    "ConditionNotMet": ObjectChangedError,
    "TargetConditionNotMet": ObjectChangedError,
    "BlobAlreadyExists": ObjectChangedError,
    "ConditionalRequestConflict": ObjectChangedError,
    "InvalidObjectState": NeedsRestoreError,
    "BlobArchived": NeedsRestoreError,
    "BlobBeingRehydrated": NeedsRestoreError,
    "InvalidRange": InvalidRangeError,
    "EntityTooLarge": ObjectTooLargeError,
    "RequestBodyTooLarge": ObjectTooLargeError,
    "KeyTooLongError": InvalidKeyError,
    "KeyTooLong": InvalidKeyError,
    "XMinioInvalidObjectName": InvalidKeyError,
    "DirectoryObjectContainsData": InvalidKeyError,
    "ExistingObjectIsDirectory": InvalidKeyError,
    "ObjectParentIsFile": InvalidKeyError,
    "InvalidBlobOrBlock": InvalidKeyError,
    "QuotaExceeded": StoreFullError,
    "StorageFull": StoreFullError,
    "XMinioStorageFull": StoreFullError,
    "NotImplemented": UnsupportedError,
    "SlowDown": StoreUnavailableError,
    "RequestTimeout": StoreUnavailableError,
    "OperationAborted": StoreUnavailableError,
}

_HINTS: Mapping[str, str] = {
    "SignatureDoesNotMatch": "the secret key is not the one of this access key",
    "InvalidAccessKeyId": "the access key is not known there",
    "InvalidSecurity": "the access key is not known there",
    "XAdminUserNotFound": "the access key is not known there",
    "ExpiredToken": "the session token has expired: get new credentials",
    "InvalidToken": "the session token is not valid: get new credentials",
    "RequestTimeTooSkewed": "the clock of this machine is wrong: set it by NTP",
    "AuthorizationHeaderMalformed": "the region is probably wrong: set the bucket's own",
    "PermanentRedirect": "the bucket is elsewhere: set its region and endpoint",
    "AllAccessDisabled": "the bucket's owner has disabled it",
    "AccessDenied": "the policy of the bucket or of this user does not allow it",
    "AuthenticationFailed": "the account name or key is wrong, or the clock of this machine",
    "AuthorizationFailure": "the account does not allow this",
}
_FORBIDDEN_HINT = "check the access key, the secret key, the bucket's policy and the clock"

_STATUSES: Mapping[int, type[Error]] = {
    404: ObjectNotFoundError,
    409: ObjectChangedError,
    412: ObjectChangedError,
    413: ObjectTooLargeError,
    414: InvalidKeyError,
    416: InvalidRangeError,
    501: UnsupportedError,
    507: StoreFullError,
}

_CODE = re.compile(rb"<Code>([^<]*)</Code>")
_MESSAGE = re.compile(rb"<Message>([^<]*)</Message>")
_DETAILS = re.compile(rb"<Details>([^<]*)</Details>")
"""Where Google says what its message leaves out."""
_CLASS = re.compile(rb"<StorageClass>([^<]*)</StorageClass>")


def error_code(headers: Mapping[str, str], body: bytes) -> str:
    """Return the code that a failure's answer names, or an empty string."""
    named = headers.get("x-ms-error-code")
    found = _CODE.search(body)
    return named or (found[1].decode(errors="replace") if found else "")


def failure(status: int, headers: Mapping[str, str], body: bytes, *, doing: str) -> Error:
    """Return the error that an answer means; `doing` says what was asked, for the message."""
    code = error_code(headers, body)
    words = [found[1] for each in (_MESSAGE, _DETAILS) if (found := each.search(body))]
    said = b" ".join(words).decode(errors="replace").strip()
    detail = f"{doing}: the store answered {status} {code}".rstrip()
    if code in _HINTS or (code not in _ERRORS and status in {301, 307, 401, 403}):
        hint = _HINTS.get(code, _FORBIDDEN_HINT)
        return StoreForbiddenError(f"{detail}: {hint}", store_code=code)
    kind = _ERRORS.get(code) or _STATUSES.get(status) or _by_class(status)
    lies_in = _CLASS.search(body)
    if kind is NeedsRestoreError and lies_in:
        return kind(detail, store_code=code, storage_class=lies_in[1].decode(errors="replace"))
    return kind(f"{detail}{': ' if said else ''}{said}", store_code=code)


def _by_class(status: int) -> type[Error]:
    if status == 400:
        # What a server finds wrong in a request of ours is, after the checks of
        # this package, a key that it cannot hold.
        return InvalidKeyError
    return StoreUnavailableError
