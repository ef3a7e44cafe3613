"""How a store fails, in the words of those who catch it."""

from keyshelf.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    LimitError,
    NotFoundError,
    UnavailableError,
)


class ObjectNotFoundError(NotFoundError):
    """No object has this key."""

    code = "object-not-found"


class ObjectExistsError(ConflictError):
    """A create-only write found an object already there."""

    code = "object-exists"


class ObjectChangedError(ConflictError):
    """A conditional request found another ETag than the one it named."""

    code = "object-changed"


class NeedsRestoreError(ConflictError):
    """The object is in a class that must be restored before it is read; asking again is in vain."""

    code = "needs-restore"


class UploadNotFoundError(NotFoundError):
    """The multipart upload was completed, aborted, or never begun."""

    code = "multipart-upload-not-found"


class InvalidRangeError(InvalidInputError):
    """The range starts past the end of the object; `size` is in the extras."""

    code = "invalid-range"


class InvalidKeyError(InvalidInputError):
    """The key is empty, longer than 1,024 bytes, or not valid Unicode."""

    code = "invalid-key"


class InvalidPartError(InvalidInputError):
    """A part is missing, too small, or not the one that was uploaded."""

    code = "invalid-part"


class UnsupportedError(InvalidInputError):
    """This store cannot do this at all; see `Capabilities`."""

    code = "store-unsupported"


class StoreForbiddenError(ForbiddenError):
    """The store refused our credentials or rights: check keys, bucket policy and clock."""

    code = "store-forbidden"


class ObjectTooLargeError(LimitError):
    """The object is past what the store holds in one object or one request."""

    code = "object-too-large"


class StoreUnavailableError(UnavailableError):
    """The store cannot be reached, is overloaded, or failed; the request may have happened."""

    code = "store-unavailable"


class StoreFullError(UnavailableError):
    """There is no room left to write."""

    code = "store-full"


class BucketNotFoundError(UnavailableError):
    """The bucket or container itself is not there: create it, or mend the setting."""

    code = "bucket-not-found"
