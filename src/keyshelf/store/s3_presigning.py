"""What a signed request of S3's protocol carries."""

from keyshelf.store.base import PresignOptions


def query_and_headers(
    method: str, options: PresignOptions
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the query and the headers that a signed request carries."""
    query: dict[str, str] = {}
    headers: dict[str, str] = {}
    if options.upload_id is not None:
        query = {"uploadId": options.upload_id, "partNumber": str(options.part_number)}
    if method == "PUT":
        if options.content_type is not None:
            headers["Content-Type"] = options.content_type
        if options.content_length is not None:
            headers["Content-Length"] = str(options.content_length)
    else:
        if options.content_type is not None:
            query["response-content-type"] = options.content_type
        if options.content_disposition is not None:
            query["response-content-disposition"] = options.content_disposition
    return query, headers
