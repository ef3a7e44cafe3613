"""What Ory Kratos says at `/sessions/whoami`, read without trusting it to be well formed."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TypeGuard

from keyshelf.errors import ForbiddenError, UnavailableError


class KratosUnavailableError(UnavailableError):
    """Kratos cannot be asked, or its answer makes no sense. Nobody is let in; retry later."""

    code = "identity-provider-unavailable"


class SecondFactorRequiredError(ForbiddenError):
    """The session needs its second factor. Go to `redirect_to` of the extras."""

    code = "second-factor-required"


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a session belongs to, in the words of Kratos."""

    id: str
    name: str
    email: str | None

    def to_json(self) -> bytes:
        """Return the form that is cached."""
        return json.dumps(asdict(self)).encode()


def read_cached(cached: bytes) -> Person | None:
    """Return the person of a cached answer, or None for a cached "nobody"."""
    person = json.loads(cached)
    return Person(**person) if person else None


def read_session(body: bytes) -> Person | None:
    """Return the person of a session, or None when the session is not active.

    Raises `KratosUnavailableError` for a body that is no session.
    """
    session = _object(body)
    identity = session.get("identity")
    if session.get("active") is False:
        return None
    if not _is_object(identity) or not isinstance(identity.get("id"), str):
        raise KratosUnavailableError("the identity provider answered without an identity")
    identity_id = str(identity["id"])
    traits = identity.get("traits")
    if not _is_object(traits):
        return Person(id=identity_id, name=identity_id, email=None)
    email = _text(traits, "email")
    return Person(id=identity_id, name=_name(traits) or email or identity_id, email=email)


def read_redirect(body: bytes) -> str | None:
    """Return where a 403 sends the browser, from either place where Kratos writes it."""
    try:
        refusal = _object(body)
    except KratosUnavailableError:
        return None
    error = refusal.get("error")
    details = error.get("details") if _is_object(error) else None
    nested = _text(details, "redirect_browser_to") if _is_object(details) else None
    target = _text(refusal, "redirect_browser_to") or nested
    # Browsers are sent there, so that a script address must not get through.
    return target if target and target.startswith(("https://", "http://")) else None


def _name(traits: Mapping[str, object]) -> str:
    name = traits.get("name")
    parts = [_text(traits, "given_name"), _text(traits, "family_name")]
    if not any(parts) and _is_object(name):
        parts = [_text(name, "first"), _text(name, "last")]
    return " ".join(part for part in parts if part)


def _text(holder: Mapping[str, object], field: str) -> str | None:
    value = holder.get(field)
    return value.strip() or None if isinstance(value, str) else None


def _object(body: bytes) -> Mapping[str, object]:
    try:
        value: object = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise KratosUnavailableError("the identity provider's answer is not JSON") from error
    if not _is_object(value):
        raise KratosUnavailableError("the identity provider's answer is no JSON object")
    return value


def _is_object(value: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(value, dict)
