"""What a cloud's answer means."""

import pytest

from keyshelf.errors import Error
from keyshelf.store.cloud_failures import failure
from keyshelf.store.errors import (
    BucketNotFoundError,
    InvalidPartError,
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


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (404, "NoSuchBucket", BucketNotFoundError),
        (404, "ContainerNotFound", BucketNotFoundError),
        (404, "NoSuchKey", ObjectNotFoundError),
        (403, "InvalidObjectState", NeedsRestoreError),
        (409, "BlobArchived", NeedsRestoreError),
        (404, "", ObjectNotFoundError),
        (404, "NoSuchUpload", UploadNotFoundError),
        (400, "EntityTooSmall", InvalidPartError),
        (412, "PreconditionFailed", ObjectChangedError),
        (409, "ConditionalRequestConflict", ObjectChangedError),
        (413, "", ObjectTooLargeError),
        (503, "SlowDown", StoreUnavailableError),
        (500, "InternalError", StoreUnavailableError),
        (200, "InternalError", StoreUnavailableError),
        (507, "", StoreFullError),
        (501, "NotImplemented", UnsupportedError),
        (403, "", StoreForbiddenError),
        (301, "PermanentRedirect", StoreForbiddenError),
        (400, "AuthorizationHeaderMalformed", StoreForbiddenError),
    ],
)
def test_each_answer_has_one_meaning(status: int, code: str, expected: type[Error]) -> None:
    body = f"<Error><Code>{code}</Code><Message>sorry</Message></Error>".encode() if code else b""

    error = failure(status, {}, body, doing="GET 'a'")

    assert type(error) is expected
    assert str(status) in error.detail
    assert error.extras["store_code"] == code


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("SignatureDoesNotMatch", "secret key"),
        ("InvalidAccessKeyId", "access key"),
        ("RequestTimeTooSkewed", "clock"),
        ("AccessDenied", "policy"),
        ("AuthorizationHeaderMalformed", "region"),
    ],
)
def test_a_refusal_names_the_likely_fix(code: str, hint: str) -> None:
    error = failure(403, {}, f"<Error><Code>{code}</Code></Error>".encode(), doing="GET 'a'")

    assert hint in error.detail


def test_azure_names_the_code_in_a_header() -> None:
    error = failure(404, {"x-ms-error-code": "ContainerNotFound"}, b"", doing="HEAD 'a'")

    assert type(error) is BucketNotFoundError
