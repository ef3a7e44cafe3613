"""What is left out: git's patterns, in files that lie in each other."""

import os
from pathlib import Path

import pytest

from keyshelf.repositories.commit import patterns
from keyshelf.repositories.commit.ignoring import IllegalPatternError
from keyshelf.repositories.commit.values import CommitOptions
from tests.unit.repositories.commit.committing import Committing

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("lines", "path", "is_folder", "said"),
    [
        ("*.bak", "a/b/x.bak", False, True),
        ("*.bak", "x.bak.mov", False, None),
        ("/cache", "cache", True, True),
        ("/cache", "a/cache", True, None),
        ("render/tmp", "render/tmp", False, True),
        ("render/tmp", "a/render/tmp", False, None),
        ("tmp/", "tmp", True, True),
        ("tmp/", "tmp", False, None),
        ("**/proxies", "a/b/proxies", True, True),
        ("**/proxies", "proxies", True, True),
        ("shots/**/draft", "shots/draft", True, True),
        ("shots/**/draft", "shots/1/2/draft", True, True),
        ("shots/**", "shots", True, None),
        ("shots/**", "shots/1", True, True),
        ("shots/*", "shots/1/2", False, None),
        ("take?.wav", "take1.wav", False, True),
        ("take?.wav", "take/.wav", False, None),
        ("take[0-9].wav", "take7.wav", False, True),
        ("take[!0-9].wav", "take7.wav", False, None),
        ("take[[:alpha:]]", "takeX", False, True),
        ("[]-]x", "]x", False, True),
        ("*.mov\n!keep.mov", "keep.mov", False, False),
        ("!keep.mov\n*.mov", "keep.mov", False, True),
        ("*\n!*/\n!*.mov", "a", True, False),
        ("*\n!*/\n!*.mov", "a/x.mov", False, False),
        ("*\n!*/\n!*.mov", "a/x.wav", False, True),
        ("# no pattern\n\n   ", "# no pattern", False, None),
        ("\\#one", "#one", False, True),
        ("\\!one", "!one", False, True),
        ("one   ", "one", False, True),
        ("one\\ ", "one ", False, True),
        ("one\r\ntwo\r", "two", False, True),
        ("\ufeffone", "one", False, True),
        ("a**b", "axxb", False, True),
        ("a.b", "axb", False, None),
        ("", "", True, None),
    ],
)
def test_patterns_say_what_git_says(
    lines: str, path: str, is_folder: bool, said: bool | None
) -> None:
    assert patterns.parse(lines.encode()).say(path.encode(), is_folder=is_folder) is said


def write(folder: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


async def test_files_of_patterns_hold_where_they_lie_and_below(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            ".keyshelfignore": "*.tmp\n/out/\n",
            "a.tmp": "",
            "out/render": "",
            "b/.keyshelfignore": "!kept.tmp\nlocal\n",
            "b/kept.tmp": "",
            "b/other.tmp": "",
            "b/local": "",
            "b/out/render": "",
            "local": "",
        },
    )
    committing = Committing(tmp_path)

    await committing.commit()

    assert list(await committing.entries()) == [
        b".keyshelfignore",
        b"b",
        b"b/.keyshelfignore",
        b"b/kept.tmp",
        b"b/out",
        b"b/out/render",
        b"local",
    ]


async def test_a_folder_that_is_left_out_is_not_entered(tmp_path: Path) -> None:
    write(tmp_path, {".keyshelfignore": "out\n", "out/.keyshelfignore": "[\n"})

    await Committing(tmp_path).commit()


async def test_new_patterns_hold_for_folders_in_which_nothing_changed(tmp_path: Path) -> None:
    write(tmp_path, {"a/b/x.tmp": "", "a/b/y": ""})
    committing = Committing(tmp_path)
    await committing.commit()
    write(tmp_path, {".keyshelfignore": "*.tmp\n"})

    again = await committing.commit()

    assert list(await committing.entries()) == [b".keyshelfignore", b"a", b"a/b", b"a/b/y"]
    assert again.files_read == 1


async def test_what_a_checkout_or_get_left_aside_is_never_committed(tmp_path: Path) -> None:
    left = {f".keyshelf-{'0' * 16}.part": "", f".keyshelf-{'0' * 16}-{'f' * 16}.part": ""}
    write(tmp_path, {**left, "a": ""})
    committing = Committing(tmp_path)

    await committing.commit()

    assert list(await committing.entries()) == [b"a"]


async def test_a_persons_file_that_is_called_much_like_that_is_committed(tmp_path: Path) -> None:
    write(tmp_path, {".keyshelf-notes.part": ""})
    committing = Committing(tmp_path)

    await committing.commit()

    assert list(await committing.entries()) == [b".keyshelf-notes.part"]


async def test_a_line_that_is_no_pattern_is_told_with_its_file(tmp_path: Path) -> None:
    write(tmp_path, {"a/.keyshelfignore": "fine\n[unclosed\n"})

    with pytest.raises(IllegalPatternError, match=r"a/\.keyshelfignore: '\[unclosed'"):
        await Committing(tmp_path).commit()


async def test_names_that_are_no_text_match_too(tmp_path: Path) -> None:
    Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), b"\xff.tmp"))).touch()
    write(tmp_path, {".keyshelfignore": "*.tmp\n"})
    committing = Committing(tmp_path)

    await committing.commit()

    assert list(await committing.entries()) == [b".keyshelfignore"]


async def test_the_folders_of_keyshelf_itself_are_left_out_also_when_nothing_changed(
    tmp_path: Path,
) -> None:
    write(tmp_path, {"a/data/postgres": "", "a/y": ""})
    committing = Committing(tmp_path)
    await committing.commit()

    await committing.commit(CommitOptions(own=frozenset({b"a/data"})))

    assert list(await committing.entries()) == [b"a", b"a/y"]
