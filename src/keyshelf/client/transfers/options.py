"""How transfers are tuned."""

from dataclasses import dataclass, field

from keyshelf.client.retrying import RetryOptions

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class TransferOptions:
    """The bounds of transfers; memory in use is about `requests_at_once` times `chunk_bytes`."""

    requests_at_once: int = 6
    """Requests to the store under way at once, over all files."""
    files_at_once: int = 4
    """Files of a tree under way at once."""
    download_part_bytes: int = 8 * MEBIBYTE
    """What one range request of a download asks for."""
    chunk_bytes: int = MEBIBYTE
    """What is read or written at once."""
    signed_at_once: int = 64
    """Parts of an upload whose requests are asked for together."""
    retry: RetryOptions = field(default_factory=RetryOptions)
