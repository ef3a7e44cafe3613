"""Drive paths: how they are spelled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.client.paths import DrivePath, InvalidPathError
from keyshelf.layout.names import FileName, IllegalNameError

names = (
    st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="/"), min_size=1)
    .filter(lambda name: name not in {".", ".."} and len(name.encode()) < 200)
    .map(lambda name: DrivePath.parse(f"/{name}").name)
)


@pytest.mark.parametrize(
    ("text", "space", "parts"),
    [
        ("/", "my-files", ()),
        ("/a", "my-files", ("a",)),
        ("/a/b.txt", "my-files", ("a", "b.txt")),
        ("/a//b/", "my-files", ("a", "b")),
        ("shared:/", "shared", ()),
        ("shared:/a", "shared", ("a",)),
        ("my-files:/a", "my-files", ("a",)),
        ("/x:/y", "my-files", ("x:", "y")),
    ],
)
def test_a_path_is_a_space_and_names(text: str, space: str, parts: tuple[str, ...]) -> None:
    path = DrivePath.parse(text)

    assert (path.space, path.names) == (space, parts)


@pytest.mark.parametrize("text", ["", "a", "a/b", "other:/a", "./a"])
def test_what_does_not_begin_as_a_path_is_none(text: str) -> None:
    with pytest.raises(InvalidPathError):
        DrivePath.parse(text)


@pytest.mark.parametrize("text", ["/a/../b", "/.", "/a\0b", "/" + "x" * 256])
def test_a_name_that_no_file_has_is_refused(text: str) -> None:
    with pytest.raises(IllegalNameError):
        DrivePath.parse(text)


def test_names_are_normalised_as_the_drive_does() -> None:
    assert DrivePath.parse("/e\u0301") == DrivePath.parse("/\u00e9")


@given(st.sampled_from(["my-files", "shared"]), st.lists(names, max_size=4))
def test_a_path_is_read_as_it_is_shown(space: str, parts: list[FileName]) -> None:
    root = DrivePath.parse("shared:/" if space == "shared" else "/")
    path = DrivePath(root.space, tuple(parts))

    assert DrivePath.parse(str(path)) == path


def test_a_path_knows_what_is_above_it() -> None:
    path = DrivePath.parse("shared:/a/b")

    assert (str(path.parent), path.name, str(path / "c")) == ("shared:/a", "b", "shared:/a/b/c")


def test_a_root_has_no_name() -> None:
    with pytest.raises(InvalidPathError):
        _ = DrivePath.parse("/").name
