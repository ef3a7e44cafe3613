"""What can go wrong with a stream."""

from keyshelf.errors import ConflictError, IntegrityError


class BrokenStreamError(IntegrityError):
    """What the packager made is not cut alike in every rung. Nothing of it was published."""

    code = "media-broken-stream"


class EncodeGoneError(ConflictError):
    """The media were deleted while they were encoded. Nothing was published."""

    code = "media-encode-gone"
