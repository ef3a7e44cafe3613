import pytest

from keyshelf.access.identity import ALL_SCOPES, Scope
from keyshelf.access.permissions import (
    Action,
    InsufficientScopeError,
    NotAdministratorError,
    require,
    visible_owners,
)
from keyshelf.errors import NotFoundError
from tests.unit.access.identities import somebody

ANN = somebody("ann")
ADMIN = somebody("root", is_admin=True)
BOTH = [Action.READ, Action.WRITE]


@pytest.mark.parametrize("action", BOTH)
@pytest.mark.parametrize("owner", ["ann", "shared"])
def test_everyone_uses_their_own_drive_and_the_shared_one(action: Action, owner: str) -> None:
    require(ANN, action, owner)


@pytest.mark.parametrize("action", BOTH)
@pytest.mark.parametrize("owner", ["bob", "", None, "Ann", "ann/", "ann/my-files", "..", "*"])
def test_any_other_drive_does_not_exist(action: Action, owner: str | None) -> None:
    for identity in (ANN, ADMIN):
        with pytest.raises(NotFoundError):
            require(identity, action, owner)


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [
        (Scope.DRIVE_READ, {Action.READ}),
        (Scope.DRIVE_WRITE, {Action.WRITE}),
        (Scope.REPOSITORY_READ, {Action.READ_REPOSITORIES}),
        (Scope.REPOSITORY_WRITE, {Action.WRITE_REPOSITORIES}),
        (Scope.ADMIN, {Action.ADMINISTER, Action.MANAGE_TOKENS}),
    ],
)
def test_a_token_does_what_its_scope_says_and_nothing_else(
    scope: Scope, allowed: set[Action]
) -> None:
    program = somebody("root", is_admin=True, credential="token", scopes=frozenset({scope}))

    for action in Action:
        if action in allowed:
            require(program, action, "root")
        else:
            with pytest.raises(InsufficientScopeError):
                require(program, action, "root")


def test_lacking_scope_is_said_before_anything_about_the_drive() -> None:
    program = somebody("ann", credential="token", scopes=frozenset({Scope.DRIVE_READ}))

    with pytest.raises(InsufficientScopeError) as caught:
        require(program, Action.WRITE, "bob")
    assert caught.value.extras == {"scope": "drive:write"}


def test_only_administrators_administer() -> None:
    require(ADMIN, Action.ADMINISTER)

    with pytest.raises(NotAdministratorError):
        require(ANN, Action.ADMINISTER)


def test_people_manage_their_tokens_but_plain_tokens_do_not() -> None:
    require(ANN, Action.MANAGE_TOKENS)

    drive_only = ALL_SCOPES - {Scope.ADMIN}
    with pytest.raises(InsufficientScopeError):
        require(somebody(credential="token", scopes=drive_only), Action.MANAGE_TOKENS)


def test_lists_go_over_the_own_and_the_shared_drive() -> None:
    assert visible_owners(ANN) == ("ann", "shared")
