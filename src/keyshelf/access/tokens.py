"""API tokens: how programs prove whom they act for."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from keyshelf.access import queries, token_format
from keyshelf.access.identity import BadCredentialError, Identity, Scope
from keyshelf.access.permissions import Action, InsufficientScopeError, require
from keyshelf.access.token_format import RandomBytes
from keyshelf.clock import Clock
from keyshelf.database.pool import Database
from keyshelf.database.transactions import ReadTransaction, Row, Transaction
from keyshelf.digests import secret_digest
from keyshelf.errors import InvalidInputError, LimitError, NotFoundError
from keyshelf.layout.drive import OwnerId

MAX_NAME_LENGTH = 100


class TooManyTokensError(LimitError):
    """The identity holds as many tokens as it may. Revoke some."""

    code = "too-many-tokens"


class TokenNotFoundError(NotFoundError):
    """The caller has no such token."""

    code = "token-not-found"


@dataclass(frozen=True, slots=True)
class TokenOptions:
    """Bounds on API tokens."""

    min_lifetime: timedelta = timedelta(days=1)
    max_lifetime: timedelta = timedelta(days=366)
    """Every token expires, at the latest after so long."""
    max_per_owner: int = 100
    """How many working tokens one identity may have."""
    touch_interval: timedelta = timedelta(minutes=1)
    """How coarsely the last use is recorded."""


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token as its owner sees it, without the secret."""

    id: UUID
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was made; `secret` is shown once and kept nowhere."""

    secret: str = field(repr=False)
    token: ApiToken


class ApiTokens:
    """Making, listing, revoking and recognising API tokens."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        options: TokenOptions = TokenOptions(),
        random_bytes: RandomBytes = secrets.token_bytes,
        new_id: Callable[[], UUID] = uuid4,
    ) -> None:
        self._database = database
        self._clock = clock
        self._options = options
        self._random_bytes = random_bytes
        self._new_id = new_id

    async def create(
        self,
        tx: Transaction,
        identity: Identity,
        *,
        name: str,
        scopes: frozenset[Scope],
        expires_in: timedelta,
    ) -> NewToken:
        """Make a token that acts for `identity` within `scopes`.

        Raises `InvalidInputError` for a bad name, no scopes or a lifetime out of
        bounds, `InsufficientScopeError` for scopes that the caller does not hold,
        and `TooManyTokensError`.
        """
        require(identity, Action.MANAGE_TOKENS)
        if Scope.ADMIN in scopes:
            require(identity, Action.ADMINISTER)
        if not scopes <= identity.scopes:
            raise InsufficientScopeError("a token cannot be given scopes that its maker lacks")
        self._check_request(name, scopes, expires_in)
        now = self._clock()
        held = await queries.count_live_tokens(tx, owner_id=identity.id, now=now)
        if held >= self._options.max_per_owner:
            raise TooManyTokensError(f"you have {held} tokens already: revoke some")
        secret = token_format.generate(self._random_bytes)
        token = ApiToken(
            id=self._new_id(),
            name=name,
            scopes=scopes,
            created_at=now,
            expires_at=now + expires_in,
            last_used_at=None,
        )
        await queries.insert_token(
            tx,
            token_id=token.id,
            token_digest=secret_digest(secret),
            owner=(identity.id, identity.name, identity.email),
            name=name,
            scopes=sorted(scopes),
            now=now,
            expires_at=token.expires_at,
        )
        return NewToken(secret=secret, token=token)

    async def list(self, tx: ReadTransaction, identity: Identity) -> Sequence[ApiToken]:
        """Return the caller's tokens, newest first, expired ones included until swept."""
        require(identity, Action.MANAGE_TOKENS)
        return [_token(row) for row in await queries.tokens_of(tx, owner_id=identity.id)]

    async def revoke(self, tx: Transaction, identity: Identity, token_id: UUID) -> None:
        """End one of the caller's tokens at once. Raises `TokenNotFoundError`."""
        require(identity, Action.MANAGE_TOKENS)
        if not await queries.delete_token(tx, owner_id=identity.id, token_id=token_id):
            raise TokenNotFoundError("you have no such token")

    async def identify(self, secret: str, *, is_admin: Callable[[OwnerId], bool]) -> Identity:
        """Return whom a token acts for, and record its use.

        Whether the owner is an administrator is asked each time, so that the right
        ends with the role and not with the token. Raises `BadCredentialError`.
        """
        token_format.require_well_formed(secret)
        async with self._database.read() as tx:
            row = await queries.token_by_digest(tx, token_digest=secret_digest(secret))
        now = self._clock()
        if row is None:
            raise BadCredentialError("the API token is unknown or was revoked")
        if row["expires_at"] <= now:
            raise BadCredentialError("the API token has expired: make a new one")
        last_used_at: datetime | None = row["last_used_at"]
        if last_used_at is None or now - last_used_at >= self._options.touch_interval:
            async with self._database.transaction() as tx:
                await queries.touch_token(tx, token_id=row["id"], now=now)
        owner = OwnerId(row["owner_id"])
        return Identity(
            id=owner,
            name=row["owner_name"],
            email=row["owner_email"],
            is_admin=is_admin(owner),
            scopes=frozenset(map(Scope, row["scopes"])),
            credential="token",
        )

    def _check_request(self, name: str, scopes: frozenset[Scope], expires_in: timedelta) -> None:
        if not 1 <= len(name) <= MAX_NAME_LENGTH or not name.isprintable() or name.isspace():
            raise InvalidInputError(
                f"a token's name has 1 to {MAX_NAME_LENGTH} printable characters"
            )
        if not scopes:
            raise InvalidInputError("a token needs at least one scope")
        if not self._options.min_lifetime <= expires_in <= self._options.max_lifetime:
            raise InvalidInputError(
                f"a token lives for {self._options.min_lifetime.days}"
                f" to {self._options.max_lifetime.days} days"
            )


def _token(row: Row) -> ApiToken:
    return ApiToken(
        id=row["id"],
        name=row["name"],
        scopes=frozenset(map(Scope, row["scopes"])),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        last_used_at=row["last_used_at"],
    )
