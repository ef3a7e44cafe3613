"""Passphrases that a person types."""

import getpass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from keyshelf.cli import hosting, output
from keyshelf.layout.repository import RepositoryId
from keyshelf.repositories.catalog.values import Filled
from keyshelf.repositories.chunking import Cutting
from keyshelf.repositories.formats.slots import WrongPassphraseError
from keyshelf.repositories.host import RepositoryInfo
from keyshelf.repositories.unlocking import Unlocking, WeakPassphraseError, new_secret
from keyshelf.repositories.values import repository_name

pytestmark = pytest.mark.anyio
INFO = RepositoryInfo(
    id=RepositoryId(UUID(int=1)),
    name=repository_name("secret"),
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    cutting=Cutting(),
    level=3,
    key_id=b"k" * 8,
    slots=(),
    generation=1,
    is_shared=False,
    filled=Filled(),
)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a person types, one after the other."""
    words = ["first", "second", "third", "fourth"]

    def next_word(_prompt: str) -> str:
        return words.pop(0)

    monkeypatch.setattr(output, "is_interactive", lambda: True)
    monkeypatch.setattr(getpass, "getpass", next_word)
    monkeypatch.delenv("KEYSHELF_PASSPHRASE", raising=False)
    monkeypatch.delenv("KEYSHELF_REPOSITORY_KEY", raising=False)
    return words


async def opens_with(right: str, unlocking: Unlocking) -> str:
    if unlocking.passphrase != right:
        raise WrongPassphraseError("no key slot opens with this passphrase")
    return right


async def test_a_wrong_one_may_be_typed_again_twice(
    typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    opened = await hosting.unlocked(INFO, lambda given: opens_with("third", given))

    assert (opened, typed) == ("third", ["fourth"])
    assert capsys.readouterr().err.count("try again") == 2


async def test_the_third_wrong_one_ends_it(typed: list[str]) -> None:
    with pytest.raises(WrongPassphraseError):
        await hosting.unlocked(INFO, lambda given: opens_with("fourth", given))

    assert typed == ["fourth"]


async def test_one_that_is_set_is_tried_once(
    typed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEYSHELF_PASSPHRASE", "wrong")

    with pytest.raises(WrongPassphraseError):
        await hosting.unlocked(INFO, lambda given: opens_with("first", given))

    assert len(typed) == 4


async def test_a_new_one_is_not_too_short(typed: list[str]) -> None:
    typed[:] = ["7 chars"]
    with pytest.raises(WeakPassphraseError):
        hosting.typed_twice("New passphrase")
    with pytest.raises(WeakPassphraseError):
        await new_secret(Unlocking(passphrase="x"), slot=uuid4(), label="first")
