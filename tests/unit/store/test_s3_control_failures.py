"""What S3 says of rules, in our words."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ParamValidationError

from keyshelf.errors import Error
from keyshelf.store.control import RuleKind, RulesRefusedError
from keyshelf.store.errors import (
    BucketNotFoundError,
    StoreForbiddenError,
    StoreUnavailableError,
    UnsupportedError,
)
from keyshelf.store.s3_control import failures


@pytest.mark.parametrize(
    ("code", "kind", "told"),
    [
        ("NoSuchBucket", BucketNotFoundError, "not there"),
        ("NotImplemented", UnsupportedError, "no rules of lifecycle"),
        ("AccessDenied", StoreForbiddenError, "s3:PutLifecycleConfiguration"),
        ("PermanentRedirect", RulesRefusedError, "region"),
        ("SlowDown", StoreUnavailableError, "said so"),
        ("InvalidArgument", RulesRefusedError, "said so"),
    ],
)
def test_each_refusal_says_what_to_do(code: str, kind: type[Error], told: str) -> None:
    refused = ClientError({"Error": {"Code": code, "Message": "said so"}}, "Put")
    right = failures.right_to("Put", RuleKind.LIFECYCLE)

    found = failures.refusal(refused, RuleKind.LIFECYCLE, right=right)

    assert type(found) is kind
    assert told in found.detail


def test_what_was_never_answered_is_told_apart_from_what_was_never_sent() -> None:
    away = failures.unreachable(EndpointConnectionError(endpoint_url="http://127.0.0.1:1"))
    wrong = failures.unreachable(ParamValidationError(report="Unknown parameter"))

    assert type(away) is StoreUnavailableError
    assert type(wrong) is RulesRefusedError
