"""The shapes of who is signed in, and of API tokens."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field

from keyshelf.access.identity import Scope
from keyshelf.access.tokens import ApiToken
from keyshelf.api.schemas import Answer, Request
from keyshelf.drive.values import Space


class SignInIn(Request):
    """The sign-in token."""

    token: Annotated[str, Field(min_length=1, max_length=4096)]


class IdentityOut(Answer):
    """Who is signed in."""

    id: str
    name: str
    email: str | None


class SpaceOut(Answer):
    """A root that the caller sees."""

    name: Space
    title: str


class StoreOut(Answer):
    """Where the drive's files are."""

    kind: str
    bucket: str


class SessionAnswer(Answer):
    """Who I am, and what the page needs to know."""

    identity: IdentityOut
    is_admin: bool
    csrf_token: str | None
    provider: Literal["local", "kratos"]
    spaces: list[SpaceOut]
    trash_days: int
    version: str
    store: StoreOut


class NewTokenIn(Request):
    """An API token to make."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    scopes: Annotated[list[Scope], Field(min_length=1)]
    expires_in_days: Annotated[int, Field(ge=1, le=366)]


class TokenOut(Answer):
    """An API token; what it is cannot be shown again."""

    id: UUID
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None

    @classmethod
    def of(cls, token: ApiToken) -> Self:
        """Show a token."""
        return cls(
            id=token.id,
            name=token.name,
            scopes=sorted(token.scopes),
            created_at=token.created_at,
            expires_at=token.expires_at,
            last_used_at=token.last_used_at,
        )


class NewTokenAnswer(TokenOut):
    """A new token, with what it is: shown this once."""

    token: str


class TokenList(Answer):
    """All API tokens of the caller."""

    items: list[TokenOut]
    next_cursor: None = None
