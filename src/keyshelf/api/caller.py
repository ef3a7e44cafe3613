"""Who sends a request, and what they may do: the dependencies that routes name.

All are async, those that wait for nothing too: the framework runs others in threads, which
costs each request more than what they do.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from keyshelf.access import csrf
from keyshelf.access.identity import Identity
from keyshelf.access.permissions import Action, require
from keyshelf.app.service import Keyshelf
from keyshelf.drive.values import Viewer
from keyshelf.errors import UnauthenticatedError


async def keyshelf_of(request: Request) -> Keyshelf:
    """Return the service that answers this request."""
    service: Keyshelf = request.app.state.keyshelf
    return service


Service = Annotated[Keyshelf, Depends(keyshelf_of)]


class SignInNeededError(UnauthenticatedError):
    """Nobody is signed in: sign in with a token, or at `login_url`."""

    code = "unauthenticated"


async def identify(request: Request) -> Identity:
    """Return who sends the request; a change made with a cookie must carry its proof.

    Raises `SignInNeededError`, `CsrfError`, and what the provider raises.
    """
    known = getattr(request.state, "identity", None)
    if isinstance(known, Identity):
        return known
    service = await keyshelf_of(request)
    client = request.client.host if request.client else ""
    identity = await service.authenticator.identify(request.cookies, request.headers, client=client)
    if identity is None:
        raise SignInNeededError(
            "sign in first", provider=service.provider.name, login_url=service.provider.login_url
        )
    csrf.check(
        service.secret,
        identity,
        method=request.method,
        header=request.headers.get(csrf.HEADER),
    )
    request.state.identity = identity
    return identity


Caller = Annotated[Identity, Depends(identify)]


def viewer_of(identity: Identity) -> Viewer:
    """Return an identity as the drive knows it."""
    return Viewer(id=identity.id, own=identity.id)


async def _reader(identity: Caller) -> Viewer:
    require(identity, Action.READ, identity.id)
    return viewer_of(identity)


async def _writer(identity: Caller) -> Viewer:
    require(identity, Action.WRITE, identity.id)
    return viewer_of(identity)


async def _administrator(identity: Caller) -> Identity:
    require(identity, Action.ADMINISTER)
    return identity


Reader = Annotated[Viewer, Depends(_reader)]
Writer = Annotated[Viewer, Depends(_writer)]
Administrator = Annotated[Identity, Depends(_administrator)]


@dataclass(frozen=True, slots=True)
class Precondition:
    """The row version that the caller saw, from `If-Match`; None without one."""

    version: int | None


async def _if_match(request: Request) -> Precondition:
    header = request.headers.get("if-match")
    if header is None or header.strip() == "*":
        return Precondition(None)
    text = header.strip().removeprefix("W/").strip('"')
    # A tag that is not a version of ours cannot match any row: no row has version -1.
    return Precondition(int(text) if text.isascii() and text.isdigit() else -1)


IfMatch = Annotated[Precondition, Depends(_if_match)]
