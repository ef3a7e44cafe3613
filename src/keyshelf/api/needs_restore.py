"""What is told to who reads a chunk that must be restored: where the plan is, how long, how much.

Nothing is asked of the store for it, and only who is refused waits for it: it is arithmetic on
what the error says.
"""

from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import JSONResponse

from keyshelf.api.caller import keyshelf_of
from keyshelf.api.failures import answer
from keyshelf.app import restoring
from keyshelf.app.service import Keyshelf
from keyshelf.errors import Error
from keyshelf.store.errors import NeedsRestoreError
from keyshelf.telemetry import get_logger
from keyshelf.workflows.restore_chunks import DAYS
from keyshelf.workflows.restore_shown import choice

_log = get_logger(__name__)
_PLAN = "/api/operations/restores/plan"


async def on_needs_restore(request: Request, error: Exception) -> JSONResponse:
    """Answer with the error's problem document, and `restore` in it."""
    assert isinstance(error, NeedsRestoreError)  # noqa: S101 -- registered for it
    service = await keyshelf_of(request)
    restore = {"plan": _plan(request, error), "days": DAYS, **_terms(service, error)}
    return answer(request, NeedsRestoreError(error.detail, **error.extras, restore=restore))


def _plan(request: Request, error: Error) -> str | None:
    """Return where the plan is of what somebody wanted to read; None where that is no version."""
    at, asked = request.path_params, request.query_params
    if "repository_id" not in at or "ref" not in at:
        return None
    query = {"repository": at["repository_id"], "ref": at["ref"]}
    path = error.extras.get("path") or asked.get("path")
    return f"{_PLAN}?{urlencode(query | ({'path': str(path)} if path else {}))}"


def _terms(service: Keyshelf, error: Error) -> dict[str, object]:
    size = error.extras.get("size")
    try:
        terms = restoring.terms(service.settings)
    except Error as problem:
        # Who reads is not to suffer for a price book that cannot be read.
        _log.warning("restores are not priced", error=problem.detail)
        return {"currency": None, "choices": []}
    lies_in = str(error.extras.get("storage_class"))
    found = restoring.choices(terms, lies_in, size if isinstance(size, int) else None)
    return {"currency": terms.currency, "choices": [choice(each) for each in found]}
