"""The provider without a provider: one administrator, who signs in with a token."""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from keyshelf.access import queries
from keyshelf.access.attempts import SignInAttempts
from keyshelf.access.identity import (
    ALL_SCOPES,
    BadCredentialError,
    Credential,
    Identity,
    identity_id,
)
from keyshelf.access.token_format import PREFIX, RandomBytes
from keyshelf.clock import Clock
from keyshelf.database.pool import Database
from keyshelf.database.transactions import Transaction
from keyshelf.digests import keyed_digest, secret_digest
from keyshelf.errors import InvalidInputError
from keyshelf.layout.drive import OwnerId

SESSION_COOKIE = "keyshelf_session"
MIN_TOKEN_LENGTH = 16


class WeakLocalTokenError(InvalidInputError):
    """The configured sign-in token can be guessed or mistaken. Set a longer, random one."""

    code = "weak-local-token"


@dataclass(frozen=True, slots=True)
class LocalOptions:
    """Who the administrator is, and how long they stay signed in."""

    token: str = field(repr=False)
    """The sign-in token. Changing it ends every session."""
    identity_id: str = "admin"
    """The owner of the administrator's files: the first segment of their keys."""
    name: str = "Administrator"
    email: str | None = None
    idle_lifetime: timedelta = timedelta(days=14)
    """A session ends after so long without use."""
    max_lifetime: timedelta = timedelta(days=90)
    """A session ends so long after sign-in, used or not."""
    touch_interval: timedelta = timedelta(minutes=1)
    """How coarsely the last use is recorded: it bounds the writes of a busy session."""

    def __post_init__(self) -> None:
        if len(self.token) < MIN_TOKEN_LENGTH or self.token != self.token.strip():
            raise WeakLocalTokenError(
                f"the sign-in token needs at least {MIN_TOKEN_LENGTH} characters"
                " and no space around them"
            )
        if self.token.startswith(PREFIX):
            raise WeakLocalTokenError(f"the sign-in token cannot start with {PREFIX!r}")
        if self.idle_lifetime <= timedelta(0) or self.max_lifetime < self.idle_lifetime:
            raise InvalidInputError(
                "max_lifetime must be at least idle_lifetime, and both positive"
            )
        identity_id(self.identity_id)


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session that was begun; `secret` is the cookie's value and kept nowhere."""

    secret: str = field(repr=False)
    identity: Identity
    expires_at: datetime


def new_local_token(random_bytes: RandomBytes = secrets.token_bytes) -> str:
    """Return a sign-in token of 256 random bits, fit for `LocalOptions`."""
    return random_bytes(32).hex()


class LocalProvider:
    """Sessions of the one administrator, in the database."""

    name: Literal["local"] = "local"
    login_url: str | None = None

    def __init__(
        self,
        database: Database,
        options: LocalOptions,
        *,
        clock: Clock,
        attempts: SignInAttempts,
        random_bytes: RandomBytes = secrets.token_bytes,
    ) -> None:
        self._database = database
        self._options = options
        self._clock = clock
        self._attempts = attempts
        self._random_bytes = random_bytes
        self._owner = identity_id(options.identity_id)
        self._token_digest = secret_digest(options.token)

    def is_admin(self, owner: OwnerId) -> bool:
        """Whether `owner` is the administrator."""
        return owner == self._owner

    async def sign_in(self, tx: Transaction, token: str, *, client: str) -> NewSession:
        """Begin a session for whoever knows the token.

        `client` is the network address of the caller. Raises `BadCredentialError`
        for a wrong token and `RateLimitedError` after many from one place.
        """
        await self._require_right(token, client=client)
        secret = self._random_bytes(32).hex()
        now = self._clock()
        expires_at = now + self._options.idle_lifetime
        digest = self._session_digest(secret)
        await queries.insert_session(
            tx, id_digest=digest, identity_id=self._owner, now=now, expires_at=expires_at
        )
        identity = self._identity(credential="session", csrf_binding=digest)
        return NewSession(secret=secret, identity=identity, expires_at=expires_at)

    async def sign_out(self, tx: Transaction, cookies: Mapping[str, str]) -> None:
        """End the session of the cookie; without one there is nothing to do."""
        secret = cookies.get(SESSION_COOKIE)
        if secret:
            await queries.delete_session(tx, id_digest=self._session_digest(secret))

    async def from_cookies(self, cookies: Mapping[str, str]) -> Identity | None:
        """Return the administrator when the session cookie is good, and extend the session.

        A cookie of a session that ended is like none: browsers keep them.
        """
        secret = cookies.get(SESSION_COOKIE)
        if not secret:
            return None
        digest = self._session_digest(secret)
        now = self._clock()
        async with self._database.read() as tx:
            session = await queries.live_session(tx, id_digest=digest, now=now)
        if session is None or session["identity_id"] != self._owner:
            return None
        if now - session["last_used_at"] >= self._options.touch_interval:
            latest = session["created_at"] + self._options.max_lifetime
            expires_at = min(now + self._options.idle_lifetime, latest)
            async with self._database.transaction() as tx:
                await queries.touch_session(tx, id_digest=digest, now=now, expires_at=expires_at)
        return self._identity(credential="session", csrf_binding=digest)

    async def from_token(self, token: str, *, client: str) -> Identity:
        """Return the administrator to a program on this machine that read the sign-in token.

        Raises as `sign_in` does.
        """
        await self._require_right(token, client=client)
        return self._identity(credential="token", csrf_binding=None)

    async def _require_right(self, token: str, *, client: str) -> None:
        # Before comparing: past the limit a right guess must look like a wrong one.
        await self._attempts.require_allowed(client)
        if not hmac.compare_digest(secret_digest(token), self._token_digest):
            await self._attempts.record_failure(client)
            raise BadCredentialError("the token is not right: copy it again")

    def _session_digest(self, secret: str) -> bytes:
        # Keyed with the sign-in token: when that changes, no stored session is found.
        return keyed_digest(self._token_digest, secret.encode(errors="surrogatepass"))

    def _identity(self, *, credential: Credential, csrf_binding: bytes | None) -> Identity:
        return Identity(
            id=self._owner,
            name=self._options.name,
            email=self._options.email,
            is_admin=True,
            scopes=ALL_SCOPES,
            credential=credential,
            csrf_binding=csrf_binding,
        )
