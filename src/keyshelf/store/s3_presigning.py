"""What a signed request of S3's protocol carries."""

from base64 import b64encode
from urllib.parse import urlencode

from keyshelf.store import header_text
from keyshelf.store.base import PresignOptions
from keyshelf.store.sigv4 import AWS, Dialect


def query_and_headers(
    method: str, options: PresignOptions, dialect: Dialect
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the query and the headers that a signed request carries."""
    if method == "PUT":
        return _part_query(options), _put_headers(options, dialect)
    query: dict[str, str] = {}
    if options.content_type is not None:
        query["response-content-type"] = options.content_type
    if options.content_disposition is not None:
        query["response-content-disposition"] = options.content_disposition
    return query, {}


def _part_query(options: PresignOptions) -> dict[str, str]:
    if options.upload_id is None:
        return {}
    return {"uploadId": options.upload_id, "partNumber": str(options.part_number)}


def _put_headers(options: PresignOptions, dialect: Dialect) -> dict[str, str]:
    headers: dict[str, str] = {}
    if options.content_type is not None:
        headers["Content-Type"] = options.content_type
    if options.content_length is not None:
        headers["Content-Length"] = str(options.content_length)
    if options.sha256 is not None and dialect is AWS:
        # Google's servers know other hashes only.
        headers["x-amz-checksum-sha256"] = b64encode(options.sha256).decode()
    if options.metadata:
        headers |= header_text.encode_values(options.metadata, prefix=f"{dialect.prefix}meta-")
    if options.tags:
        headers[f"{dialect.prefix}tagging"] = urlencode(options.tags)
    if options.storage_class is not None:
        headers[f"{dialect.prefix}storage-class"] = options.storage_class
    return headers
