"""What a store says of a request that it refuses: a code, and a sentence for a person."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

from keyshelf.client.failures import UnexpectedAnswerError
from keyshelf.client.wire import loads

_SHOWN_CHARACTERS = 300
_ELEMENT = re.compile(r"<(Code|Message)>([^<]*)</\1>")
_ARCHIVED = frozenset({"needs-restore", "InvalidObjectState", "BlobArchived"})
_FULL = frozenset({"store-full", "QuotaExceeded", "StorageFull", "XMinioStorageFull"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a store refused; both texts are empty where it does not say."""

    code: str
    detail: str
    """One line."""

    @property
    def is_for_lack_of_room(self) -> bool:
        """Whether the store is full, which asking again does not change."""
        return self.code in _FULL

    @property
    def is_archived(self) -> bool:
        """Whether the object must be restored before it is read."""
        return self.code in _ARCHIVED

    @classmethod
    def read(cls, body: bytes) -> "Refusal":
        """Read the body of a failed answer.

        Understood are problem documents, which Keyshelf answers for its own stores, and
        the XML of S3, Google and Azure; anything else is given as it came, cut short.
        """
        text = body.decode(errors="replace")
        code, detail = _of_problem(text) or _of_xml(text) or ("", text)
        return cls(code, " ".join(detail.split())[:_SHOWN_CHARACTERS])


def _of_problem(text: str) -> tuple[str, str] | None:
    try:
        problem = loads(text)
    except UnexpectedAnswerError:
        return None
    if not isinstance(problem, Mapping):
        return None
    detail = problem.get("detail")
    return (str(problem.get("code")), detail) if isinstance(detail, str) else None


def _of_xml(text: str) -> tuple[str, str] | None:
    found = {name: unescape(content).strip() for name, content in _ELEMENT.findall(text)}
    code = found.get("Code", "")
    detail = found.get("Message") or code
    return (code, detail) if detail else None
