"""What can go wrong with a tool. No detail has a path or a word of the tool in it."""

from keyshelf.errors import InvalidInputError, LimitError, UnavailableError


class ToolMissingError(UnavailableError):
    """A tool is not on this machine or does not run, or KEYSHELF_FFMPEG lacks what is needed."""

    code = "media-tool-missing"


class MediaUnreadableError(InvalidInputError):
    """The file is damaged, or of a kind that is not read."""

    code = "media-unreadable"


class DolbyVisionAloneError(InvalidInputError):
    """The film's picture has colours that Dolby Vision alone knows, as in its profile 5.

    Export it as HDR10, or in a profile of Dolby Vision that has HDR10, HLG or SDR in it (8, 7).
    """

    code = "media-dolby-vision-alone"


class MediaTooLargeError(InvalidInputError):
    """The picture has more pixels, or the film more hours, than this service takes."""

    code = "media-too-large"


class ToolTimeoutError(LimitError):
    """A tool took longer than it may for so much film."""

    code = "media-tool-timeout"


class ToolMemoryError(LimitError):
    """A tool wanted more memory than it may have: KEYSHELF_TOOL_MEMORY_MIB."""

    code = "media-tool-memory"


class ToolOutputTooLargeError(LimitError):
    """A tool wrote more than it may for such a source."""

    code = "media-output-too-large"


class ToolFailedError(UnavailableError):
    """A tool crashed, was killed from outside, or had no room on the disk: try again."""

    code = "media-tool-failed"


class NoScratchSpaceError(UnavailableError):
    """The disk has no room for the source and what is made of it. Try again later."""

    code = "no-scratch-space"
