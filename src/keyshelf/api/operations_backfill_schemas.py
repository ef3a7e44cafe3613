"""The shape of a wish to bring objects into the drive."""

from typing import Annotated

from pydantic import Field

from keyshelf.api.schemas import Request


class BackfillDriveIn(Request):
    """What to bring in: all unless a prefix is given."""

    prefix: Annotated[str, Field(strict=True, max_length=1024)] = ""
    """Only keys that begin so."""
    dry_run: Annotated[bool, Field(strict=True)] = True
    """Only count: the job's result says what would be made."""
