"""A signed request holds for what was signed, and for nothing else."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.errors import InvalidInputError
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import PresignOptions
from keyshelf.store.errors import InvalidPartError
from keyshelf.store.local_signing import (
    LocalSigner,
    SignatureExpiredError,
    SignatureInvalidError,
    SignedHeadersError,
)

NOW = datetime(2026, 7, 30, 12, tzinfo=UTC)
KEY = ObjectKey("alice/my-files/Trip/a.jpg")
SIGNER = LocalSigner(
    secret=b"sixteen bytes or more",
    public_url="https://files.example.com/",
    role="source",
    clock=lambda: NOW,
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
HEADERS = st.from_regex(r"[!-~]([ -~]{0,30}[!-~])?", fullmatch=True)

Query = list[tuple[str, str]]


def signed_query(method: str = "GET", options: PresignOptions | None = None) -> Query:
    request = SIGNER.sign(method, KEY, options or PresignOptions())
    return parse_qsl(urlsplit(request.url).query, keep_blank_values=True)


def test_the_url_is_of_the_public_address_and_the_role() -> None:
    request = SIGNER.sign("GET", KEY, PresignOptions())

    assert request.url.startswith("https://files.example.com/signed/source?key=alice%2Fmy-files")
    assert request.expires_at == NOW + timedelta(hours=1)
    assert request.headers == {}


@given(key=TEXTS, content_type=HEADERS, disposition=HEADERS)
def test_whatever_was_signed_is_verified(key: str, content_type: str, disposition: str) -> None:
    options = PresignOptions(content_type=content_type, content_disposition=disposition)
    url = SIGNER.sign("GET", ObjectKey(key), options).url

    verified = SIGNER.verify("GET", parse_qsl(urlsplit(url).query), {}, NOW)

    assert verified.key == key
    assert (verified.content_type, verified.content_disposition) == (content_type, disposition)


@given(
    metadata=st.dictionaries(st.from_regex(r"[a-z0-9]{1,9}", fullmatch=True), TEXTS, max_size=3),
    tags=st.dictionaries(TEXTS, TEXTS, max_size=3),
    digest=st.binary(min_size=32, max_size=32),
)
def test_what_an_object_gets_is_verified_and_cannot_be_changed(
    metadata: dict[str, str], tags: dict[str, str], digest: bytes
) -> None:
    options = PresignOptions(metadata=metadata, tags=tags, sha256=digest)
    query = signed_query("PUT", options)

    verified = SIGNER.verify("PUT", query, {}, NOW)

    assert (verified.metadata, verified.tags) == (metadata, tags)
    assert verified.sha256 == digest
    for name in {name for name, _ in query} - {"signature"}:
        with pytest.raises(SignatureInvalidError):
            SIGNER.verify("PUT", [pair for pair in query if pair[0] != name], {}, NOW)


def test_a_part_is_verified_with_its_upload_and_length() -> None:
    options = PresignOptions(
        content_type="video/mp4", content_length=5, upload_id="abc", part_number=7
    )
    headers = {"content-type": "video/mp4", "content-length": "5"}

    verified = SIGNER.verify("PUT", signed_query("PUT", options), headers, NOW)

    assert (verified.upload_id, verified.part_number, verified.content_length) == ("abc", 7, 5)


@pytest.mark.parametrize(
    "name", ["key", "method", "expires", "type", "length", "upload_id", "part"]
)
def test_nothing_can_be_changed_or_left_out(name: str) -> None:
    options = PresignOptions(
        content_type="video/mp4", content_length=5, upload_id="1", part_number=7
    )
    query = signed_query("PUT", options)
    changed = [(each, value + "1" if each == name else value) for each, value in query]
    without = [(each, value) for each, value in query if each != name]

    for bad in (changed, without):
        with pytest.raises(SignatureInvalidError):
            SIGNER.verify("PUT", bad, {"content-type": "video/mp4", "content-length": "5"}, NOW)


@pytest.mark.parametrize(
    "extra", [("type", "text/html"), ("key", "b"), ("x", ""), ("signature", "")]
)
def test_nothing_can_be_added(extra: tuple[str, str]) -> None:
    query = signed_query()

    for bad in ([*query, extra], [extra, *query]):
        with pytest.raises(SignatureInvalidError):
            SIGNER.verify("GET", bad, {}, NOW)


def test_no_signature_is_no_right() -> None:
    for bad in ([], [("key", KEY)], [("signature", "é")]):
        with pytest.raises(SignatureInvalidError):
            SIGNER.verify("GET", bad, {}, NOW)


def test_another_method_secret_or_role_does_not_fit() -> None:
    other_secret = LocalSigner(secret=b"another secret of us", public_url="", role="source")
    other_role = LocalSigner(secret=SIGNER.secret, public_url="", role="media")

    for signer, method in ((SIGNER, "HEAD"), (other_secret, "GET"), (other_role, "GET")):
        with pytest.raises(SignatureInvalidError):
            signer.verify(method, signed_query(), {}, NOW)


def test_a_request_ends_on_time() -> None:
    query = signed_query(options=PresignOptions(expires_in=timedelta(minutes=5)))

    SIGNER.verify("GET", query, {}, NOW + timedelta(minutes=5, seconds=-1))
    with pytest.raises(SignatureExpiredError):
        SIGNER.verify("GET", query, {}, NOW + timedelta(minutes=5))


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/html", "content-length": "5"},
        {"content-type": "image/png", "content-length": "6"},
        {"content-type": "image/png", "transfer-encoding": "chunked"},
        {"content-length": "5"},
        {},
    ],
)
def test_the_body_must_be_the_one_that_was_signed(headers: dict[str, str]) -> None:
    query = signed_query("PUT", PresignOptions(content_type="image/png", content_length=5))

    with pytest.raises(SignedHeadersError):
        SIGNER.verify("PUT", query, headers, NOW)


def test_what_makes_no_sense_is_not_signed() -> None:
    for method, options in (
        ("DELETE", PresignOptions()),
        ("GET", PresignOptions(expires_in=timedelta(days=8))),
        ("GET", PresignOptions(expires_in=timedelta(0))),
        ("PUT", PresignOptions(upload_id="1")),
        ("GET", PresignOptions(content_disposition="inline\r\nSet-Cookie: a=b")),
        ("GET", PresignOptions(upload_id="1", part_number=1)),
    ):
        with pytest.raises(InvalidInputError):
            SIGNER.sign(method, KEY, options)
    with pytest.raises(InvalidPartError):
        SIGNER.sign("PUT", KEY, PresignOptions(upload_id="1", part_number=0))


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        LocalSigner(secret=b"short", public_url="", role="source")
