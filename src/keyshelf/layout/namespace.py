"""What Keyshelf's metadata, tags and tenant buckets are named after."""

import re
from typing import NewType

from keyshelf.errors import InvalidInputError

Namespace = NewType("Namespace", str)
"""1 to 20 lowercase letters, digits and single hyphens, beginning with a letter."""

DEFAULT_NAMESPACE = Namespace("dits")
_LEGAL = re.compile(r"[a-z](?:-?[a-z0-9])*")
_LONGEST = 20


class IllegalNamespaceError(InvalidInputError):
    """A namespace that metadata, tags and bucket names cannot begin with."""

    code = "illegal-namespace"


def namespace(text: str) -> Namespace:
    """Return `text` as a namespace. Raises `IllegalNamespaceError`."""
    if len(text) > _LONGEST or not _LEGAL.fullmatch(text):
        raise IllegalNamespaceError(
            f"a namespace has 1 to {_LONGEST} lowercase letters, digits and single hyphens"
            " between them, the first a letter",
            got=text[:80],
        )
    return Namespace(text)
