"""Who may do what: the one place that answers."""

from enum import Enum

from keyshelf.access.identity import Identity, Scope
from keyshelf.errors import ForbiddenError, NotFoundError
from keyshelf.layout.drive import SHARED, OwnerId


class Action(Enum):
    """What somebody wants to do."""

    READ = "read"
    WRITE = "write"
    READ_REPOSITORIES = "read-repositories"
    WRITE_REPOSITORIES = "write-repositories"
    MANAGE_TOKENS = "manage-tokens"
    ADMINISTER = "administer"


class InsufficientScopeError(ForbiddenError):
    """The token was not made for this. Use one that has the scope in the extras."""

    code = "insufficient-scope"


class NotAdministratorError(ForbiddenError):
    """Only administrators may do this. Ask one."""

    code = "not-administrator"


def require(identity: Identity, action: Action, owner_id: str | None = None) -> None:
    """Raise unless `identity` may do `action` to the drive of `owner_id`.

    Everyone who is signed in reads and writes their own drive and the shared
    one. Another's drive does not exist for them (`NotFoundError`, in the words
    of a file that is not there), administrators included. Reading and writing
    the drive need an owner; the other actions have none. Which repositories
    there are for a caller, `visible_owners` tells whoever looks for one. Lacking
    scopes raise `InsufficientScopeError`, lacking rights `NotAdministratorError`.
    """
    match action:
        case Action.READ:
            _require_scope(identity, Scope.DRIVE_READ)
            _require_visible(identity, owner_id)
        case Action.WRITE:
            _require_scope(identity, Scope.DRIVE_WRITE)
            _require_visible(identity, owner_id)
        case Action.READ_REPOSITORIES:
            _require_scope(identity, Scope.REPOSITORY_READ)
        case Action.WRITE_REPOSITORIES:
            _require_scope(identity, Scope.REPOSITORY_WRITE)
        case Action.MANAGE_TOKENS:
            # A token that leaks must not be able to outlive its own revocation.
            if identity.credential == "token":
                _require_scope(identity, Scope.ADMIN)
        case _:
            # ADMINISTER, and whatever is added without its own rule: it needs the most.
            _require_scope(identity, Scope.ADMIN)
            if not identity.is_admin:
                raise NotAdministratorError("only an administrator may do this")


def visible_owners(identity: Identity) -> tuple[OwnerId, ...]:
    """Return every owner whose drive and repositories `identity` sees: what lists go over."""
    return identity.id, SHARED


def _require_scope(identity: Identity, scope: Scope) -> None:
    if not identity.holds(scope):
        raise InsufficientScopeError(
            f"this token lacks the scope {scope.value!r}", scope=scope.value
        )


def _require_visible(identity: Identity, owner_id: str | None) -> None:
    if owner_id not in visible_owners(identity):
        raise NotFoundError("there is no such file or folder")
