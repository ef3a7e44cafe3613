"""Signing in and out, and who I am."""

from fastapi import APIRouter, Request, Response

from keyshelf import __version__
from keyshelf.access import csrf
from keyshelf.access.identity import Identity
from keyshelf.access.local import SESSION_COOKIE, LocalProvider
from keyshelf.api.caller import Caller, Service
from keyshelf.api.session_schemas import IdentityOut, SessionAnswer, SignInIn, SpaceOut, StoreOut
from keyshelf.app.service import Keyshelf
from keyshelf.drive.values import Space
from keyshelf.errors import ConflictError

router = APIRouter(prefix="/api/session", tags=["session"])

_TITLES = {Space.MY_FILES: "My files", Space.SHARED: "Shared"}


class OtherProviderError(ConflictError):
    """This service does not sign people in by token: sign in at `login_url`."""

    code = "other-provider"


@router.get("")
async def show_session(service: Service, caller: Caller) -> SessionAnswer:
    """Return who I am; 401 when nobody is signed in."""
    return _session(service, caller)


@router.post("", status_code=201)
async def sign_in(
    service: Service, body: SignInIn, request: Request, response: Response
) -> SessionAnswer:
    """Begin a session with the sign-in token and set its cookie."""
    provider = service.provider
    if not isinstance(provider, LocalProvider):
        raise OtherProviderError("sign in at login_url", login_url=provider.login_url)
    client = request.client.host if request.client else ""
    async with service.database.transaction() as tx:
        session = await provider.sign_in(tx, body.token, client=client)
    response.set_cookie(
        SESSION_COOKIE,
        session.secret,
        httponly=True,
        samesite="lax",
        secure=service.settings.public_url.startswith("https://"),
        max_age=90 * 24 * 3600,
        path="/",
    )
    response.headers["Cache-Control"] = "no-store"
    return _session(service, session.identity)


@router.delete("", status_code=204)
async def sign_out(service: Service, caller: Caller, request: Request, response: Response) -> None:
    """End the session of the cookie."""
    del caller
    if isinstance(service.provider, LocalProvider):
        async with service.database.transaction() as tx:
            await service.provider.sign_out(tx, request.cookies)
    response.delete_cookie(SESSION_COOKIE, path="/")


def _session(service: Keyshelf, identity: Identity) -> SessionAnswer:
    return SessionAnswer(
        identity=IdentityOut(id=identity.id, name=identity.name, email=identity.email),
        is_admin=identity.is_admin,
        csrf_token=csrf.token_for(service.secret, identity),
        provider=service.provider.name,
        spaces=[SpaceOut(name=space, title=title) for space, title in _TITLES.items()],
        trash_days=service.drive.options.trash_kept.days,
        version=__version__,
        store=StoreOut(
            kind=service.drive.store.capabilities.kind, bucket=service.bucket_of("source")
        ),
    )
