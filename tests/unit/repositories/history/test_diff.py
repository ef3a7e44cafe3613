"""What differs between two commits."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyshelf.repositories.formats import nodes
from keyshelf.repositories.formats.entries import Entry, FileEntry, FolderEntry
from keyshelf.repositories.formats.nodes import Fanout, NodeKind
from keyshelf.repositories.history.changes import Change, ChangeKind
from keyshelf.repositories.history.diff import DiffOptions, diff
from keyshelf.repositories.history.folders import PathNotFoundError, walk
from tests.unit.repositories.history.kit import (
    History,
    file_of,
    folder_of,
    link_to,
    listed,
)

pytestmark = pytest.mark.anyio
NAMES = st.sampled_from([b"a", b"b", b"c\xff"])
LEAVES = st.one_of(
    st.builds(
        file_of,
        st.sampled_from([b"", b"one", b"two", b"three"]),
        mode=st.sampled_from([0o644, 0o600]),
    ),
    st.builds(link_to, st.sampled_from([b"x", b"y"])),
    st.builds(folder_of, mode=st.sampled_from([0o755, 0o700])),
)


@st.composite
def trees(draw: st.DrawFn) -> dict[bytes, Entry]:
    paths = draw(st.dictionaries(st.lists(NAMES, min_size=1, max_size=3).map(tuple), LEAVES))
    return {
        b"/".join(path): entry
        for path, entry in paths.items()
        # Only folders have something below them.
        if all(
            isinstance(paths.get(path[:end], folder_of()), FolderEntry)
            for end in range(1, len(path))
        )
    }


async def flat(history: History, root: FolderEntry) -> dict[bytes, Entry]:
    return dict(await listed(walk(history.reader(), root)))


def applied(tree: Mapping[bytes, Entry], changes: list[Change]) -> dict[bytes, Entry]:
    """Return what a tree becomes by changes, all of which must be true of it."""
    made = dict(tree)
    for change in changes:
        source = change.source if change.source is not None else change.path
        assert tree.get(source) == change.before
        if change.source is not None or change.after is None:
            del made[source]
    for change in changes:
        if change.after is not None:
            made[change.path] = change.after
    return made


def like(tree: Mapping[bytes, Entry]) -> dict[bytes, object]:
    """Return a tree with folders by their own attributes: what is below them is told below."""
    return {
        path: (entry.mode, entry.mtime) if isinstance(entry, FolderEntry) else entry
        for path, entry in tree.items()
    }


@settings(max_examples=150, deadline=None)
@given(before=trees(), after=trees(), most_held=st.sampled_from([0, 2, 1000]))
async def test_a_difference_makes_one_tree_the_other(
    before: dict[bytes, Entry], after: dict[bytes, Entry], most_held: int
) -> None:
    history = History()
    roots = [await history.tree(before), await history.tree(after)]

    told = await diff(history.reader(), *roots, options=DiffOptions(most_held=most_held))
    changes = await listed(told)

    made = applied(await flat(history, roots[0]), changes)
    assert like(made) == like(await flat(history, roots[1]))
    assert len({change.path for change in changes}) == len(changes)
    assert most_held < len(changes) or told.are_renames_complete


@settings(max_examples=100, deadline=None)
@given(
    before=st.sets(st.integers(0, 150), max_size=120),
    edits=st.lists(st.tuples(st.integers(0, 150), st.sampled_from([b"", b"1", b"2"])), max_size=8),
)
async def test_what_differs_is_found_however_nodes_are_split(
    before: set[int], edits: list[tuple[int, bytes]]
) -> None:
    old = {b"%03d" % number: b"1" for number in before}
    new = dict(old)
    for number, content in edits:
        new.pop(b"%03d" % number, None)
        if content:
            new[b"%03d" % number] = content
    history = History()
    with pytest.MonkeyPatch.context() as patch:
        # So few in a node that small trees are deep and split in all ways.
        patch.setitem(nodes.FANOUT, NodeKind.FOLDER, Fanout(2, 3, 6))
        roots = [
            await history.tree({name: file_of(content) for name, content in each.items()})
            for each in (old, new)
        ]

    changes = await listed(await diff(history.reader(), *roots, options=DiffOptions(most_held=0)))

    names = sorted(old.keys() | new.keys())
    differing = [name for name in names if old.get(name) != new.get(name)]
    assert [change.path for change in changes] == differing
    reads = history.carrier.read
    assert len(reads) == len(set(reads))


async def kinds(
    before: Mapping[bytes, Entry],
    after: Mapping[bytes, Entry],
    *,
    path: bytes = b"",
    options: DiffOptions | None = None,
) -> list[tuple[str, bytes, bytes | None]]:
    history = History()
    roots = [await history.tree(before), await history.tree(after)]
    told = await diff(history.reader(), *roots, path=path, options=options)
    return [(change.kind.value, change.path, change.source) for change in await listed(told)]


async def test_each_kind_of_change_is_told_in_the_order_of_a_walk() -> None:
    found = await kinds(
        {
            b"gone": file_of(b"gone"),
            b"in/edited": file_of(b"old"),
            b"in/link": link_to(b"here"),
            b"in/mode": file_of(b"same"),
            b"in/same": file_of(b"same"),
            b"kind": file_of(b"a file"),
            b"old name": file_of(b"moved"),
        },
        {
            b"in/edited": file_of(b"newer"),
            b"in/link": link_to(b"there"),
            b"in/mode": file_of(b"same", mode=0o600),
            b"in/same": file_of(b"same"),
            b"kind/below": file_of(b"a folder"),
            b"new": file_of(b"new"),
            b"new name": file_of(b"moved"),
        },
    )

    assert found == [
        ("removed", b"gone", None),
        ("changed", b"in/edited", None),
        ("changed", b"in/link", None),
        ("touched", b"in/mode", None),
        ("replaced", b"kind", None),
        ("added", b"kind/below", None),
        ("added", b"new", None),
        ("renamed", b"new name", b"old name"),
    ]


async def test_of_several_equal_files_those_of_like_paths_are_paired() -> None:
    found = await kinds(
        {b"a/take1.mov": file_of(b"x"), b"a/take2.mov": file_of(b"x"), b"z.mov": file_of(b"x")},
        {b"b/take2.mov": file_of(b"x"), b"a/take1-final.mov": file_of(b"x"), b"e": file_of(b"")},
        options=None,
    )

    renamed = {path: source for kind, path, source in found if kind == "renamed"}
    assert renamed == {b"b/take2.mov": b"a/take2.mov", b"a/take1-final.mov": b"a/take1.mov"}


async def test_of_more_additions_than_removals_the_rest_is_added() -> None:
    found = await kinds(
        {b"a": file_of(b"x")}, {b"b": file_of(b"x"), b"c": file_of(b"x"), b"f/a": file_of(b"x")}
    )

    assert found == [
        ("added", b"b", None),
        ("added", b"c", None),
        ("added", b"f", None),
        ("renamed", b"f/a", b"a"),
    ]
    found = await kinds({b"a": file_of(b"x")}, {b"b": file_of(b"x"), b"c": file_of(b"x")})
    assert sorted(kind for kind, _, _ in found) == ["added", "renamed"]


async def test_a_copy_is_added_and_an_empty_file_is_not_renamed() -> None:
    found = await kinds(
        {b"one": file_of(b"x"), b"empty": file_of(b"")},
        {b"one": file_of(b"x"), b"two": file_of(b"x"), b"void": file_of(b"")},
    )

    assert found == [("removed", b"empty", None), ("added", b"two", None), ("added", b"void", None)]


async def test_whole_folders_are_told_as_one_and_renamed_as_one() -> None:
    whole = DiffOptions(whole_folders=True)

    found = await kinds(
        {b"old/a": file_of(b"a"), b"old/b/c": file_of(b"c"), b"gone/x": file_of(b"x")},
        {b"new/a": file_of(b"a"), b"new/b/c": file_of(b"c"), b"more/y": file_of(b"y")},
        options=whole,
    )

    assert found == [
        ("removed", b"gone", None),
        ("added", b"more", None),
        ("renamed", b"new", b"old"),
    ]


async def test_only_what_is_below_a_path_is_told() -> None:
    before = {b"a/b/one": file_of(b"1"), b"c": file_of(b"c")}
    after = {b"a/b/one": file_of(b"2"), b"d": file_of(b"c"), b"new/x": file_of(b"x")}

    assert await kinds(before, after, path=b"/a/b/") == [("changed", b"a/b/one", None)]
    assert await kinds(before, after, path=b"a/b/one") == [("changed", b"a/b/one", None)]
    assert await kinds(before, after, path=b"new") == [("added", b"new/x", None)]
    assert await kinds(before, after, path=b"c") == [("removed", b"c", None)]
    with pytest.raises(PathNotFoundError):
        await kinds(before, after, path=b"nowhere")


async def test_the_first_commit_differs_from_nothing() -> None:
    history = History()
    root = await history.tree({b"a/b": file_of(b"12345")})

    changes = await listed(await diff(history.reader(), None, root))

    assert [(change.path, change.size_before, change.size_after) for change in changes] == [
        (b"a", 0, 5),
        (b"a/b", 0, 5),
    ]
    assert await listed(await diff(history.reader(), root, root)) == []
    gone = await listed(await diff(history.reader(), root, None))
    assert {change.kind for change in gone} == {ChangeKind.REMOVED}


async def test_one_change_in_a_deep_tree_of_large_folders_reads_few_nodes() -> None:
    history = History()
    tree: dict[bytes, Entry] = {b"a/b/c/%05d" % n: file_of(b"%d" % n) for n in range(10_000)}
    tree |= {b"z/%05d" % n: file_of(b"z%d" % n) for n in range(10_000)}
    before = await history.tree(tree)
    edited = await history.tree({**tree, b"a/b/c/05000": file_of(b"edited")})
    inserted = await history.tree({**tree, b"a/b/c/05000a": file_of(b"new")})

    for after, kind in ((edited, ChangeKind.CHANGED), (inserted, ChangeKind.ADDED)):
        reader = history.reader()
        changes = await listed(await diff(reader, before, after))

        assert [change.kind for change in changes] == [kind]
        # The root, a, b and c, its two levels, on both sides: 12, and what a split adds.
        assert len(history.carrier.read) <= 16


async def test_what_is_read_next_is_fetched_together() -> None:
    history = History()
    tree: dict[bytes, Entry] = {b"%03d/a" % n: file_of(b"%d" % n) for n in range(400)}
    before = await history.tree(tree)
    after = await history.tree({path: file_of(path) for path in tree})

    changes = await listed(await diff(history.reader(), before, after))

    assert len(changes) == 400
    assert len(history.carrier.read) > 800
    assert history.carrier.calls < 60


async def test_a_folder_that_came_whole_costs_nothing_to_sum_up() -> None:
    history = History()
    tree: dict[bytes, Entry] = {b"new/%05d" % n: file_of(b"%d" % n) for n in range(5_000)}
    after = await history.tree(tree)
    before = await history.tree({b"x": file_of(b"x")})

    told = await diff(history.reader(), before, after, options=DiffOptions(whole_folders=True))
    changes = {change.path: change for change in await listed(told)}

    new = changes[b"new"].after
    assert isinstance(new, FolderEntry)
    assert new.files == 5_000
    assert len(history.carrier.read) <= 3


async def test_files_that_are_cut_in_another_way_are_the_same() -> None:
    history = History()
    one = history.store(b"x" * 9_000)
    assert isinstance(one, FileEntry)
    before = await history.tree({b"a": one})
    after = await history.tree({b"a": FileEntry(b"", 0o644, 0, 9_000, b"c" * 32, 0, one.hash)})

    (change,) = await listed(await diff(history.reader(), before, after))

    assert change.kind is ChangeKind.TOUCHED
