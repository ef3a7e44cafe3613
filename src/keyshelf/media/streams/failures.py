"""What can go wrong with a stream."""

from keyshelf.errors import ConflictError, IntegrityError


class BrokenStreamError(IntegrityError):
    """What was encoded cannot be packaged, or is not cut alike. Nothing was published."""

    code = "media-broken-stream"


class EncodeGoneError(ConflictError):
    """The media were deleted while they were encoded. Nothing was published."""

    code = "media-encode-gone"
