"""What work on media refuses, and why it fails."""

from keyshelf.errors import (
    ConflictError,
    IntegrityError,
    InvalidInputError,
    NotFoundError,
    UnavailableError,
)


class BadMediaOptionsError(InvalidInputError):
    """The options are not those of this type of job; the detail names the place."""

    code = "bad-media-options"


class SourceNotFoundError(InvalidInputError):
    """The source store has no object of this key. Upload it first."""

    code = "source-not-found"


class SourceChangedError(IntegrityError):
    """The source was replaced after the job was asked for. Ask for a new job."""

    code = "media-source-changed"


class HashMismatchError(IntegrityError):
    """The hash is not the BLAKE3 of the source's bytes. Nothing was published."""

    code = "media-hash-mismatch"


class HashClaimedError(ConflictError):
    """Somebody else uses this name for their media. Choose another, or use the BLAKE3."""

    code = "media-hash-claimed"


class MadeForAnotherError(ConflictError):
    """Somebody else has the same content, and had this made. Use that, or ask an administrator.

    Who has all files with the content may also remove what was made, and then ask again.
    """

    code = "media-made-for-another"


class MediaNotFoundError(NotFoundError):
    """Nothing is known of this hash, or it is somebody else's."""

    code = "media-not-found"


class CallbackRefusedError(InvalidInputError):
    """The address for callbacks cannot be used: see the detail."""

    code = "callback-refused"


class NoWebhookError(NotFoundError):
    """Nobody asked to be told of this job, or it has not ended."""

    code = "webhook-not-found"


class StagesFailedError(IntegrityError):
    """Some stages of the job failed for good. What the others made is kept."""

    code = "media-stages-failed"


class MediaBeingRemovedError(UnavailableError):
    """What was made of these media is being removed. Ask again after a moment."""

    code = "media-being-removed"


class MediaNotGoneError(UnavailableError):
    """Something is not gone yet: it goes by itself, or ask again. The answer tells what went."""

    code = "media-not-gone"
