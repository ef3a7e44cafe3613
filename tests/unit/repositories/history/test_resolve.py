"""Which commit somebody means."""

import pytest

from keyshelf.layout.repository import CommitHash
from keyshelf.repositories.history.resolve import AmbiguousRefError, Resolved, resolve
from keyshelf.repositories.values import RefKind, RefName, RefNotFoundError
from tests.unit.repositories.history.kit import MAIN, History

pytestmark = pytest.mark.anyio
TAG = RefName(RefKind.TAG, "v1")


async def three(history: History) -> list[CommitHash]:
    first = await history.made(generation=1)
    second = await history.made(first, generation=2)
    third = await history.made(second, generation=3)
    history.set_ref(MAIN, third)
    history.set_ref(TAG, first)
    return [first, second, third]


async def test_branches_tags_and_hashes_are_found() -> None:
    history = History()
    first, second, third = await three(history)
    reader = history.reader()

    assert await resolve(reader, "main") == Resolved(third, MAIN)
    assert await resolve(reader, "v1") == Resolved(first, TAG)
    assert await resolve(reader, second) == Resolved(second, None)
    assert await resolve(reader, second[:8].upper()) == Resolved(second, None)


async def test_a_branch_is_meant_before_a_tag_and_a_tag_before_a_hash() -> None:
    history = History()
    first, second, third = await three(history)
    history.set_ref(RefName(RefKind.BRANCH, "v1"), second)
    history.set_ref(RefName(RefKind.TAG, third[:6]), first)
    reader = history.reader()

    assert (await resolve(reader, "v1")).commit == second
    assert (await resolve(reader, "tag:v1")).commit == first
    assert (await resolve(reader, "branch:v1")).commit == second
    assert (await resolve(reader, third[:6])).commit == first
    assert (await resolve(reader, third[:7])).commit == third


async def test_commits_before_one_are_counted_by_first_parents() -> None:
    history = History()
    first, second, third = await three(history)
    side = await history.made(generation=1, message="side")
    merged = await history.made(third, side, generation=4)
    history.set_ref(MAIN, merged)
    reader = history.reader()

    assert await resolve(reader, "main~0") == Resolved(merged, MAIN)
    assert await resolve(reader, "main~") == Resolved(third, None)
    assert (await resolve(reader, "main~3")).commit == first
    assert (await resolve(reader, f"{third[:9]}~1")).commit == second
    with pytest.raises(RefNotFoundError, match="only 3 commits"):
        await resolve(reader, "main~4")
    with pytest.raises(RefNotFoundError, match="more than"):
        await resolve(reader, "main~999999")


async def test_what_is_not_there_is_told_with_what_is_near() -> None:
    history = History()
    await three(history)
    reader = history.reader()

    with pytest.raises(RefNotFoundError, match="did you mean main") as told:
        await resolve(reader, "mian")
    assert told.value.extras["near"] == ["main"]
    for text in ("", "~1", "main~x", "main~1~1", "abc", "0" * 64, "tag:main", "a..b", "x:main"):
        with pytest.raises(RefNotFoundError):
            await resolve(reader, text)


async def test_an_empty_repository_says_so() -> None:
    with pytest.raises(RefNotFoundError, match="nothing was committed"):
        await resolve(History().reader(), "main")


async def test_a_beginning_of_several_commits_lists_them() -> None:
    history = History()
    made = [await history.made(generation=1)]
    twin = CommitHash(made[0][:10] + "0" * 54)
    history.carrier.manifests[twin] = b""

    with pytest.raises(AmbiguousRefError) as told:
        await resolve(history.reader(), made[0][:5])
    assert sorted([twin, *made]) == told.value.extras["commits"]
    assert (await resolve(history.reader(), made[0])).commit == made[0]
