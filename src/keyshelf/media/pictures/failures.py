"""What serving pictures fails with, besides what pictures themselves are refused for."""

from keyshelf.errors import UnavailableError


class PicturesStoppingError(UnavailableError):
    """The service is being stopped. Ask again: another one takes over."""

    code = "pictures-stopping"


class RestlessSourceError(UnavailableError):
    """The source is replaced faster than it can be read. Retry after a moment."""

    code = "picture-source-restless"
