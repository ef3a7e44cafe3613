"""Who a request comes from."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from keyshelf.errors import ForbiddenError, InvalidInputError, UnauthenticatedError
from keyshelf.layout.drive import OwnerId, owner_id

Credential = Literal["session", "token", "kratos"]


class Scope(StrEnum):
    """What a credential may be used for. None of them implies another."""

    DRIVE_READ = "drive:read"
    DRIVE_WRITE = "drive:write"
    REPOSITORY_READ = "repository:read"
    REPOSITORY_WRITE = "repository:write"
    ADMIN = "admin"


ALL_SCOPES = frozenset(Scope)


class IllegalIdentityError(ForbiddenError):
    """The provider knows the caller by an id that cannot own keys. Give them another id."""

    code = "illegal-identity"


class BadCredentialError(UnauthenticatedError):
    """A token was sent that is mistyped, unknown, revoked or expired. Send a valid one."""

    code = "bad-credential"


@dataclass(frozen=True, slots=True)
class Identity:
    """A caller whose proof was checked."""

    id: OwnerId
    name: str
    email: str | None
    is_admin: bool
    scopes: frozenset[Scope]
    credential: Credential
    csrf_binding: bytes | None = field(default=None, repr=False)
    """A digest of the cookie that proved it. None when the proof was no cookie."""

    @property
    def administers(self) -> bool:
        """Whether the caller is an administrator, and the credential may be used for that."""
        return self.is_admin and self.holds(Scope.ADMIN)

    def holds(self, scope: Scope) -> bool:
        """Whether the credential may be used for `scope`."""
        return scope in self.scopes


def identity_id(raw: str) -> OwnerId:
    """Return a provider's id as the owner of keys.

    Raises `IllegalIdentityError` for one that could reach another's keys: a dot
    name, a slash, a reserved word, or text that is not NFC and would thus share
    its keys with its normal form.
    """
    try:
        owner = owner_id(raw)
    except InvalidInputError as error:
        raise IllegalIdentityError(f"the identity's id cannot own files: {error.detail}") from error
    if owner != raw:
        raise IllegalIdentityError("the identity's id is not in Unicode normal form C")
    return owner
