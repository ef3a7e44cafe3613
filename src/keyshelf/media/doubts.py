"""Failures that a file may have caused, and a busy machine as well."""

from keyshelf.media.images.failures import RenderTooSlowError
from keyshelf.media.tools.failures import ToolMemoryError, ToolTimeoutError

TRIES = 3
"""What comes so often in a row is the file's fault."""
BUSY_PERHAPS = (RenderTooSlowError, ToolMemoryError, ToolTimeoutError)
"""Of the limits those that less work beside it may not meet."""
