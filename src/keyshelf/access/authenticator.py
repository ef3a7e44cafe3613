"""From the cookies and headers of a request to who sent it."""

from collections.abc import Mapping
from typing import Literal, Protocol

from keyshelf.access import token_format
from keyshelf.access.identity import BadCredentialError, Identity
from keyshelf.access.tokens import ApiTokens
from keyshelf.layout.drive import OwnerId


class Provider(Protocol):
    """Who knows the people: `LocalProvider` or `KratosProvider`."""

    @property
    def name(self) -> Literal["local", "kratos"]:
        """Which provider this is."""
        ...

    @property
    def login_url(self) -> str | None:
        """Where a browser goes to sign in; None when our own page asks for a token."""
        ...

    def is_admin(self, owner: OwnerId) -> bool:
        """Whether `owner` is an administrator at this moment."""
        ...

    async def from_cookies(self, cookies: Mapping[str, str]) -> Identity | None:
        """Return who holds the session of the cookies, or None for nobody."""
        ...

    async def from_token(self, token: str, *, client: str) -> Identity:
        """Return who holds a session token. Raises `BadCredentialError`."""
        ...


class Authenticator:
    """Answers who a request comes from, whatever the proof."""

    def __init__(self, provider: Provider, tokens: ApiTokens) -> None:
        self._provider = provider
        self._tokens = tokens

    @property
    def provider(self) -> Provider:
        """Who knows the people here."""
        return self._provider

    async def identify(
        self, cookies: Mapping[str, str], headers: Mapping[str, str], *, client: str = ""
    ) -> Identity | None:
        """Return who sent these cookies and headers, or None for nobody.

        Header names are in lower case, or the mapping ignores case; `client` is the
        sender's network address. A token goes before cookies, and a wrong one
        raises `BadCredentialError`: a program never acts as somebody else, or as
        nobody, by mistake. Raises `UnavailableError` when it cannot be known.
        """
        token = _token_in(headers)
        if token is None:
            return await self._provider.from_cookies(cookies)
        if token_format.claims_to_be_token(token):
            return await self._tokens.identify(token, is_admin=self._provider.is_admin)
        return await self._provider.from_token(token, client=client)


def _token_in(headers: Mapping[str, str]) -> str | None:
    # Other schemes are left alone: a proxy in front may use Basic for itself.
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        if not token.strip():
            raise BadCredentialError("the Authorization header holds no token")
        return token.strip()
    return headers.get("x-session-token")
