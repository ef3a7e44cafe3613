"""What a page of a listing calls for."""

from datetime import UTC, datetime
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.drive.backfill.plan import (
    Entry,
    KeyReader,
    Node,
    Path,
    Plan,
    decide,
    forget_passed,
)
from keyshelf.drive.backfill.service import MAX_ERRORS, BackfillResult
from keyshelf.layout.drive import UnreadableKeyError
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import ObjectMeta

NOW = datetime(2031, 5, 6, tzinfo=UTC)


def _meta(key: str, size: int = 1) -> ObjectMeta:
    return ObjectMeta(ObjectKey(key), 0 if key.endswith("/") else size, "etag", NOW)


def _entry(key: str) -> Entry:
    entry = KeyReader().read(_meta(key))
    assert entry
    return entry


def _plan(keys: list[str], made: dict[Path, Node] | None = None) -> Plan:
    numbers = count(1)
    return decide(
        [_entry(key) for key in keys],
        {},
        {} if made is None else made,
        new_id=lambda: UUID(int=next(numbers)),
    )


@pytest.mark.parametrize(
    ("key", "owner", "names", "is_folder"),
    [
        ("U/my-files/a/b.txt", "U", ("a", "b.txt"), False),
        ("U/my-files/b.txt", "U", ("b.txt",), False),
        ("U/my-files/a/b/c/", "U", ("a", "b", "c"), True),
        ("shared/a/f.odt", "shared", ("a", "f.odt"), False),
        ("shared/my-files/x", "shared", ("my-files", "x"), False),
    ],
)
def test_keys_of_drives_are_read(
    key: str, owner: str, names: tuple[str, ...], is_folder: bool
) -> None:
    read = KeyReader().read(_meta(key))

    assert read
    assert (read.path, read.is_folder) == ((owner, names), is_folder)


@pytest.mark.parametrize("key", ["U/my-files/", "shared/"])
def test_a_root_needs_no_row(key: str) -> None:
    assert KeyReader().read(_meta(key)) is None


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/",
        "U",
        "U/",
        "U/my-files",
        "U/other/sub/f.txt",
        "U/f.txt",
        "f.txt",
        "U/my-files/a//b",
        "U/my-files/../b",
        "U/my-files/e\u0301.txt",
        "U/my-files/" + "x" * 256,
        "../my-files/x",
    ],
)
def test_other_keys_are_refused_with_a_reason(key: str) -> None:
    with pytest.raises(UnreadableKeyError):
        KeyReader().read(_meta(key))


def test_a_reader_reads_each_key_as_if_it_were_the_first() -> None:
    keys = ["U/my-files/a/b", "U/my-files/a/c", "U/my-files/b", "V/my-files/a/b", "shared/x"]
    reader = KeyReader()

    assert [reader.read(_meta(key)) for key in keys] == [_entry(key) for key in keys]
    with pytest.raises(UnreadableKeyError):
        reader.read(_meta("shared/.."))


def test_a_folder_that_holds_bytes_is_refused() -> None:
    with pytest.raises(UnreadableKeyError):
        KeyReader().read(ObjectMeta(ObjectKey("U/my-files/a/"), 3, "etag", NOW))


def test_missing_parents_are_made_once_and_first() -> None:
    plan = _plan(["U/my-files/a/b/one", "U/my-files/a/b/two", "U/my-files/a/three"])

    assert [folder.path[1] for folder in plan.folders] == [("a",), ("a", "b")]
    assert plan.folders[1].parent_id == plan.folders[0].id
    assert [file.parent_id for file in plan.files] == [
        plan.folders[1].id,
        plan.folders[1].id,
        plan.folders[0].id,
    ]
    assert plan.size_changes == {plan.folders[0].id: 1, plan.folders[1].id: 2}


def test_files_at_the_root_have_no_parent_and_no_folder_is_called_my_files() -> None:
    plan = _plan(["U/my-files/x"])

    assert plan.folders == []
    assert plan.files[0].parent_id is None


def test_a_file_and_a_folder_of_one_name_are_told() -> None:
    plan = _plan(["U/my-files/a", "U/my-files/a/", "U/my-files/a/b"])

    assert len(plan.files) == 1
    assert plan.folders == []
    assert plan.errors == [
        "U/my-files/a/: another file has its name",
        "U/my-files/a/b: 'a' in its path is a file, not a folder",
    ]


def test_errors_are_bounded_and_the_rest_is_counted() -> None:
    result = BackfillResult(dry_run=False)

    result.add_errors(["x: no"] * (MAX_ERRORS - 1))
    result.add_errors(["y: no"] * 7)
    result.close()

    assert result.errors[MAX_ERRORS - 1 :] == ["y: no", "and 6 more"]


names = st.text(st.sampled_from("ab-!.0"), min_size=1, max_size=2).filter(
    lambda name: name not in {".", ".."}
)
keys = st.lists(names, min_size=1, max_size=4).map(lambda path: "U/my-files/" + "/".join(path))
marked = st.tuples(keys, st.booleans()).map(lambda pair: pair[0] + "/" * pair[1])


@given(found=st.sets(marked, max_size=40), page=st.integers(1, 5))
def test_pages_of_any_size_call_for_the_same_rows(found: set[str], page: int) -> None:
    ordered = sorted(found)
    whole = _plan(ordered)
    made: dict[Path, Node] = {}

    paged = [_page(ordered[start : start + page], made) for start in range(0, len(ordered), page)]

    assert sum(len(each.folders) for each in paged) == len(whole.folders)
    assert sum(len(each.files) for each in paged) == len(whole.files)
    assert sum(each.registered for each in paged) == whole.registered
    assert [error for each in paged for error in each.errors] == whole.errors
    assert len(whole.files) + len(whole.errors) <= len(ordered)


def _page(ordered: list[str], made: dict[Path, Node]) -> Plan:
    plan = _plan(ordered, made)
    forget_passed(made, ObjectKey(ordered[-1]))
    assert all(ordered[-1].startswith(f"U/my-files/{'/'.join(path[1])}") for path in made)
    return plan
