"""What a person does about a store that cannot be used, with the settings by name."""

from urllib.parse import urlsplit

from keyshelf.errors import Error, InvalidInputError
from keyshelf.store.errors import BucketNotFoundError, StoreForbiddenError, StoreFullError

_ELSEWHERE = frozenset({"AuthorizationHeaderMalformed", "PermanentRedirect", "301"})
_NOT_KNOWN = frozenset(
    {
        *("SignatureDoesNotMatch", "InvalidAccessKeyId", "InvalidSecurity", "XAdminUserNotFound"),
        *("ExpiredToken", "InvalidToken", "AuthenticationFailed"),
    }
)
_SKEWED = "RequestTimeTooSkewed"
_KEYS = {
    "gs": "{0}_GCS_ACCESS_KEY and {0}_GCS_SECRET_KEY",
    "az": "{0}_AZURE_ACCOUNT and {0}_AZURE_KEY",
}
_S3_KEYS = "{0}_S3_ACCESS_KEY and {0}_S3_SECRET_KEY"
_ALL = "read, write, list and delete in {0}"


def fix(error: Error, prefix: str, bucket: str, *, rights: str = _ALL) -> str:
    """Return what mends a store whose settings begin with a prefix such as `SOURCE`.

    `rights` is what its keys must be allowed to do in the bucket.
    """
    scheme = urlsplit(bucket).scheme
    match error:
        case BucketNotFoundError():
            return f"create the bucket {bucket}, or mend {prefix}_BUCKET"
        case StoreFullError():
            return "make room"
        case _ if error.extras.get("store_code") in _ELSEWHERE:
            return f"set {prefix}_S3_REGION to the bucket's own region"
        case StoreForbiddenError():
            return _refused(error, _KEYS.get(scheme, _S3_KEYS).format(prefix), rights, bucket)
        case InvalidInputError():
            return f"mend the settings {prefix}_…"
        case _:
            where = f"{prefix}_BUCKET" + (f" and {prefix}_S3_ENDPOINT" if scheme == "s3" else "")
            return f"see that its server runs and is reachable from here, or mend {where}"


def _refused(error: Error, keys: str, rights: str, bucket: str) -> str:
    code = error.extras.get("store_code")
    if code == _SKEWED:
        return "set this machine's clock, and keep it by NTP"
    allow = f"let them {rights.format(bucket)}"
    # Servers call wrong keys by several names, and some only say that access is denied.
    return f"mend {keys}" if code in _NOT_KNOWN else f"mend {keys}, or {allow}"
