"""What a signed request to Azure may do and carries."""

from keyshelf.store.azure_headers import condition_headers, metadata_headers, tier_header
from keyshelf.store.base import Condition, PresignOptions


def rights_and_headers(method: str, options: PresignOptions) -> tuple[str, dict[str, str]]:
    """Return the permissions and the headers of a signed request.

    The signature covers no header, but a right to create is none to replace.
    """
    if method != "PUT":
        return "r", {}
    if options.part_number is not None:
        return "w", {}
    headers = {"x-ms-blob-type": "BlockBlob", **metadata_headers(options.metadata)}
    if options.content_type is not None:
        headers["x-ms-blob-content-type"] = options.content_type
    headers |= tier_header(options.storage_class)
    if options.condition is Condition.CREATE:
        return "c", headers | condition_headers(options.condition)
    return "cw", headers
