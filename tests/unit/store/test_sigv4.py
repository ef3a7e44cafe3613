"""Our signatures are botocore's, byte for byte."""

from datetime import UTC, datetime

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.errors import InvalidInputError
from keyshelf.store.sigv4 import GOOGLE, Address, Credentials, Signer, quote_path

ACCESS, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
NOW = datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC)

hard_pieces = st.sampled_from(
    [
        ".",
        "..",
        "/",
        "//",
        "a",
        "é",
        "日本",
        "😀",
        "'",
        '"',
        "(",
        ")",
        "%",
        "%2F",
        "+",
        " ",
        "?",
        "#",
        "&",
        "=",
        "\n",
        "\r",
        "\t",
        "\x00",
        "\x7f",
        "*",
        "~",
        "!",
        "$",
        "@",
        ":",
        "\\",
    ]
)
keys = st.lists(hard_pieces, min_size=1, max_size=12).map("".join) | st.text(
    st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40
)
values = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
queries = st.dictionaries(
    st.from_regex(r"[A-Za-z][A-Za-z0-9._~-]{0,15}", fullmatch=True)
    | st.sampled_from(["response-content-type", "uploadId", "partNumber", "Zz", "X-Amz-Tagging"]),
    values,
    max_size=4,
)
header_values = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)
headers = st.dictionaries(
    st.from_regex(r"x-amz-meta-[a-z0-9]{1,8}", fullmatch=True)
    | st.sampled_from(["Content-Type", "Content-Length", "If-None-Match"]),
    header_values,
    max_size=3,
)
tokens = st.none() | st.from_regex(r"[A-Za-z0-9+/=]{1,60}", fullmatch=True)
addresses = st.sampled_from(
    [
        Address.of("https://s3.eu-central-1.amazonaws.com", "media", path_style=True),
        Address.of("https://s3.eu-central-1.amazonaws.com", "media", path_style=False),
        Address.of("http://127.0.0.1:9000", "media", path_style=True),
        Address.of("https://files.example.com/store/", "my media", path_style=True),
        Address.of("http://[::1]:9000", "media", path_style=True),
    ]
)


def signer(address: Address, token: str | None = None) -> Signer:
    return Signer(Credentials(ACCESS, SECRET, token), region="eu-central-1", address=address)


def boto_request(
    method: str, address: Address, key: str, query: dict[str, str], sent: dict[str, str]
) -> AWSRequest:
    url = f"{address.origin}{address.base}/{quote_path(key)}"
    return AWSRequest(method=method, url=url, params=query, headers=sent)


def moment(stamp: str) -> datetime:
    return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


@given(
    address=addresses,
    method=st.sampled_from(["GET", "PUT", "HEAD", "POST", "DELETE"]),
    key=keys,
    query=queries,
    sent=headers,
    token=tokens,
    expires_in=st.integers(1, 604_800),
)
def test_presigned_urls_are_those_of_botocore(
    *,
    address: Address,
    method: str,
    key: str,
    query: dict[str, str],
    sent: dict[str, str],
    token: str | None,
    expires_in: int,
) -> None:
    request = boto_request(method, address, key, query, sent)
    credentials = BotoCredentials(ACCESS, SECRET, token)
    S3SigV4QueryAuth(credentials, "s3", "eu-central-1", expires=expires_in).add_auth(request)

    url = signer(address, token).presign(
        method,
        key,
        at=moment(request.context["timestamp"]),
        expires_in=expires_in,
        query=query,
        headers=sent,
    )

    assert url == request.url


@given(address=addresses, key=keys, query=queries, sent=headers, token=tokens)
def test_signed_headers_are_those_of_botocore(
    address: Address, key: str, query: dict[str, str], sent: dict[str, str], token: str | None
) -> None:
    request = boto_request("PUT", address, key, query, sent)
    request.context["payload_signing_enabled"] = False
    request.headers["X-Amz-Content-SHA256"] = "UNSIGNED-PAYLOAD"
    S3SigV4Auth(BotoCredentials(ACCESS, SECRET, token), "s3", "eu-central-1").add_auth(request)

    signed = signer(address, token).sign_headers(
        "PUT",
        address.target(key, query),
        at=moment(request.context["timestamp"]),
        headers={name.lower(): value for name, value in sent.items()},
        payload_hash=request.headers["X-Amz-Content-SHA256"],
    )

    assert signed["authorization"] == request.headers["Authorization"]


def test_one_signer_signs_over_midnight() -> None:
    address = Address.of("http://127.0.0.1:9000", "media", path_style=True)
    kept = signer(address)
    next_day = datetime(2026, 3, 1, tzinfo=UTC)

    before, after = kept.presign("GET", "a", at=NOW), kept.presign("GET", "a", at=next_day)

    assert before == signer(address).presign("GET", "a", at=NOW)
    assert after == signer(address).presign("GET", "a", at=next_day)
    assert before != after
    assert kept.presign("GET", "a", at=NOW) == before


@pytest.mark.parametrize("expires_in", [0, -1, 604_801])
def test_an_expiry_out_of_bounds_is_refused(expires_in: int) -> None:
    address = Address.of("http://127.0.0.1:9000", "media", path_style=True)

    with pytest.raises(InvalidInputError):
        signer(address).presign("GET", "a", at=NOW, expires_in=expires_in)


@pytest.mark.parametrize("endpoint", ["s3.example.com", "ftp://x", "https://", "http://h/?a=b"])
def test_what_is_no_http_address_is_refused(endpoint: str) -> None:
    with pytest.raises(InvalidInputError):
        Address.of(endpoint, "media", path_style=True)


@pytest.mark.parametrize(
    ("endpoint", "host"),
    [("https://h:443", "h"), ("http://h:80", "h"), ("https://h:80", "h:80"), ("http://H", "h")],
)
def test_a_default_port_is_not_signed(endpoint: str, host: str) -> None:
    assert Address.of(endpoint, "media", path_style=True).host == host


def test_google_has_the_same_algorithm_under_its_own_words() -> None:
    address = Address.of("https://storage.googleapis.com", "media", path_style=True)
    google = Signer(Credentials(ACCESS, SECRET), region="auto", address=address, dialect=GOOGLE)

    url = google.presign("GET", "a", at=NOW)

    assert "X-Goog-Algorithm=GOOG4-HMAC-SHA256" in url
    assert "%2Fauto%2Fstorage%2Fgoog4_request" in url
    assert "X-Amz" not in url


def test_secrets_are_not_shown() -> None:
    assert SECRET not in repr(Credentials(ACCESS, SECRET, "token"))
