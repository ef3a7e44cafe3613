"""Who sees what was made of media, who removes it, and who may have more made."""

from dataclasses import replace
from uuid import uuid4

import pytest

from keyshelf.access.identity import ALL_SCOPES, Identity, Scope
from keyshelf.access.permissions import InsufficientScopeError, NotAdministratorError
from keyshelf.database.pool import Database
from keyshelf.drive.content.inspecting import holders
from keyshelf.errors import NotFoundError
from keyshelf.layout.drive import owner_id
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import MediaHash
from keyshelf.media.work import queries
from keyshelf.media.work.admission import Asker, asker_of
from keyshelf.media.work.failures import MediaNotFoundError
from keyshelf.workflows.media_access import (
    NotOnlyOwnerError,
    require_readable,
    require_removable,
    source_for,
)

pytestmark = [pytest.mark.anyio, pytest.mark.services]

CONTENT, NAME = MediaHash("5e" * 32), MediaHash("holiday")


def person(name: str, *, is_admin: bool = False) -> Identity:
    return Identity(owner_id(name), name, None, is_admin, ALL_SCOPES, "token")


ANN, BOB, BOSS = person("ann"), person("bob"), person("boss", is_admin=True)


async def add_file(database: Database, owner: str, *, in_trash: bool = False) -> None:
    async with database.transaction() as tx:
        await tx.execute(
            """
            INSERT INTO files (s3_key, filename, owner_id, content_hash, deleted_at, trashed_with)
            VALUES (%(key)s, 'film.mov', %(owner)s, %(content)s,
                CASE WHEN %(in_trash)s THEN now() END, CASE WHEN %(in_trash)s THEN %(id)s::uuid END)
            """,
            {
                "key": f"{owner}/my-files/{uuid4()}",
                "owner": owner,
                "content": CONTENT,
                "in_trash": in_trash,
                "id": uuid4(),
            },
        )


async def claim(database: Database, media: MediaHash, owner: Identity) -> None:
    async with database.transaction() as tx:
        await queries.claim(tx, media, owner_id=owner.id, source=ObjectKey("x"))


async def may_read(database: Database, who: Identity, media: MediaHash) -> bool:
    async with database.read() as tx:
        try:
            await require_readable(tx, who, media)
        except MediaNotFoundError:
            return False
    return True


async def may_remove(database: Database, who: Identity, media: MediaHash) -> bool:
    async with database.read() as tx:
        try:
            await require_removable(tx, who, media)
        except (NotOnlyOwnerError, MediaNotFoundError):
            return False
    return True


async def test_content_is_seen_by_who_sees_a_file_with_it(database: Database) -> None:
    await add_file(database, "ann")

    assert await may_read(database, ANN, CONTENT)
    assert not await may_read(database, BOB, CONTENT)
    assert await may_read(database, BOSS, CONTENT)
    await add_file(database, "shared")
    assert await may_read(database, BOB, CONTENT)


@pytest.mark.parametrize("other", ["bob", "shared"])
async def test_content_is_removed_by_who_has_all_files_with_it(
    database: Database, other: str
) -> None:
    await add_file(database, "ann")
    assert await may_remove(database, ANN, CONTENT)
    assert not await may_remove(database, BOB, CONTENT)

    await add_file(database, other, in_trash=True)

    assert not await may_remove(database, ANN, CONTENT)
    assert await may_remove(database, BOSS, CONTENT)


async def test_the_first_source_is_named_to_who_sees_its_drive(database: Database) -> None:
    await add_file(database, "ann")
    await add_file(database, "bob")
    hers = ObjectKey("ann/my-files/film.mov")
    eve = person("eve")

    async with database.read() as tx:
        assert await source_for(tx, ANN, CONTENT, hers) == hers
        assert await source_for(tx, BOSS, CONTENT, hers) == hers
        (his,) = await holders(tx, CONTENT, owner=BOB.id)
        assert await source_for(tx, BOB, CONTENT, hers) == his.key
        assert await source_for(tx, eve, CONTENT, hers) is None


async def test_whoever_had_the_bytes_first_is_nobody_beside_who_has_files(
    database: Database,
) -> None:
    await claim(database, CONTENT, BOB)
    assert await may_remove(database, BOB, CONTENT)

    await add_file(database, "ann")

    assert not await may_remove(database, BOB, CONTENT)
    assert await may_remove(database, ANN, CONTENT)


async def test_a_name_is_of_who_used_it_first(database: Database) -> None:
    await claim(database, NAME, ANN)
    await claim(database, NAME, BOB)

    assert await may_read(database, ANN, NAME)
    assert await may_remove(database, ANN, NAME)
    assert not await may_read(database, BOB, NAME)
    assert not await may_remove(database, BOB, NAME)


async def test_a_token_has_the_scope(database: Database) -> None:
    await claim(database, NAME, ANN)
    reader = replace(ANN, scopes=frozenset({Scope.DRIVE_READ}))
    weak_boss = replace(BOSS, scopes=ALL_SCOPES - {Scope.ADMIN})

    assert await may_read(database, reader, NAME)
    with pytest.raises(InsufficientScopeError):
        await may_remove(database, reader, NAME)
    assert not await may_read(database, weak_boss, NAME)


def test_work_is_asked_for_by_who_may_write_to_the_drive() -> None:
    assert asker_of(ANN, "ann/my-files/x.mov") == Asker("ann", "ann")
    assert asker_of(ANN, "shared/x.mov") == Asker("ann", "shared")
    assert asker_of(BOSS, "ann/my-files/x.mov") == Asker("boss", "ann", is_admin=True)
    assert asker_of(BOSS, "uploads/x.mov") == Asker("boss", "boss", is_admin=True)


@pytest.mark.parametrize(
    ("who", "source", "refusal"),
    [
        pytest.param(BOB, "ann/my-files/x.mov", NotFoundError, id="another-drive"),
        pytest.param(BOB, "uploads/x.mov", NotAdministratorError, id="no-drive"),
        pytest.param(BOB, "ann/my-files/../../x", NotAdministratorError, id="climbing"),
        pytest.param(
            replace(ANN, scopes=ALL_SCOPES - {Scope.DRIVE_WRITE}),
            "ann/my-files/x.mov",
            InsufficientScopeError,
            id="reader",
        ),
        pytest.param(
            replace(BOSS, scopes=ALL_SCOPES - {Scope.ADMIN}),
            "ann/my-files/x.mov",
            InsufficientScopeError,
            id="administrator-without-the-scope",
        ),
    ],
)
def test_work_on_what_is_not_theirs_is_refused(
    who: Identity, source: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        asker_of(who, source)
