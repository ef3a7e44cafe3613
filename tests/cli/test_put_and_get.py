"""`put` and `get`: files and trees, whatever they are called."""

from pathlib import Path

import pytest

from tests.cli.conftest import Keyshelf
from tests.served import PART_BYTES, Served

HARD_NAMES = (
    "50% off #1?.pdf",
    "it's (2)+a&b=c.mov",
    "日本語 😀.png",
    " leading and trailing ",
    'quotes " and \\ backslash',
    "-dash",
    "é" * 127,
    "%2F..%2f",
    "a:b;c|d<e>",
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    top = tmp_path / "tree"
    for number, name in enumerate(HARD_NAMES):
        below = top / name / "inner"
        below.mkdir(parents=True)
        (below / name).write_bytes(f"{number} {name}".encode())
    (top / "empty folder").mkdir()
    (top / "empty file").touch()
    return top


def contents(folder: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def test_a_tree_comes_back_as_it_went(
    keyshelf: Keyshelf, folder: str, tree: Path, tmp_path: Path
) -> None:
    sent = keyshelf("put", "-r", tree, folder, "--json")
    fetched = keyshelf("get", "-r", f"{folder}/tree", tmp_path / "back/", "--json")

    assert (sent.code, fetched.code) == (0, 0)
    assert sent.json["transferred"] == fetched.json["transferred"] == len(HARD_NAMES) + 1
    assert contents(tmp_path / "back/tree") == contents(tree)


def test_names_are_in_the_bucket_as_they_were_given(
    keyshelf: Keyshelf, folder: str, tree: Path
) -> None:
    sent = keyshelf("put", "-r", tree, folder, "--json")

    keys = {item["key"] for item in sent.json["items"]}
    assert keys == {
        f"admin/my-files{folder}/tree/empty file",
        *(f"admin/my-files{folder}/tree/{name}/inner/{name}" for name in HARD_NAMES),
    }


def test_each_file_has_a_line(keyshelf: Keyshelf, folder: str, tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text("hello")

    sent = keyshelf("put", source, folder)
    fetched = keyshelf("get", f"{folder}/a.txt", tmp_path / "b.txt")

    assert sent.lines == [f"sent {source} -> {folder}/a.txt (5 B)"]
    assert fetched.lines == [f"fetched {folder}/a.txt -> {tmp_path}/b.txt (5 B)"]
    assert (sent.err, fetched.err) == ("", "")


def test_json_tells_what_became_of_each_file(
    keyshelf: Keyshelf, folder: str, tmp_path: Path
) -> None:
    source = tmp_path / "a.txt"
    source.write_text("hello")

    sent = keyshelf("put", source, f"{folder}/b.txt", "--json")

    item = sent.json["items"][0]
    assert sent.json | {"items": []} == {
        "transferred": 1,
        "skipped": 0,
        "failed": 0,
        "bytes": 5,
        "items": [],
    }
    assert item | {"id": ""} == {
        "state": "transferred",
        "source": str(source),
        "target": f"{folder}/b.txt",
        "size": 5,
        "id": "",
        "key": f"admin/my-files{folder}/b.txt",
        "error": None,
    }


@pytest.mark.parametrize("size", [0, 1, PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES])
def test_every_size_around_a_part_survives(
    keyshelf: Keyshelf, folder: str, tmp_path: Path, size: int
) -> None:
    source, back = tmp_path / "source", tmp_path / "back"
    source.write_bytes(bytes(number % 251 for number in range(256)) * (size // 256 + 1))
    with source.open("r+b") as file:
        file.truncate(size)

    assert keyshelf("put", source, folder).code == 0
    assert keyshelf("get", f"{folder}/source", back).code == 0

    assert back.read_bytes() == source.read_bytes()


def test_shared_files_have_a_prefix(keyshelf: Keyshelf, folder: str, tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text("for all")
    shared = f"shared:{folder}"

    sent = keyshelf("put", "-p", source, f"{shared}/", "--json")
    fetched = keyshelf("get", f"{shared}/a.txt", tmp_path / "b.txt")

    assert sent.json["items"][0]["key"] == f"shared{folder}/a.txt"
    assert fetched.code == 0
    assert (tmp_path / "b.txt").read_text() == "for all"


def test_a_taken_name_is_a_conflict(keyshelf: Keyshelf, folder: str, tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text("one")
    keyshelf("put", source, folder)

    again = keyshelf("put", source, folder)

    assert again.code == 5
    assert "already" in again.err
    assert "Traceback" not in again.err


@pytest.mark.parametrize(
    ("choice", "state", "names"),
    [
        ("skip", "skipped", {"a.txt": b"one"}),
        ("rename", "transferred", {"a.txt": b"one", "a (2).txt": b"two"}),
        ("replace", "transferred", {"a.txt": b"two"}),
    ],
)
def test_the_person_chooses_what_becomes_of_a_taken_name(
    *,
    keyshelf: Keyshelf,
    folder: str,
    tmp_path: Path,
    choice: str,
    state: str,
    names: dict[str, bytes],
) -> None:
    source = tmp_path / "a.txt"
    source.write_bytes(b"one")
    keyshelf("put", source, folder)
    source.write_bytes(b"two")

    put = keyshelf("put", source, folder, "--on-conflict", choice, "--json")
    keyshelf("get", "-r", folder, tmp_path / "back/")

    assert put.code == 0
    assert put.json["items"][0]["state"] == state
    assert contents(tmp_path / "back" / folder.strip("/")) == names


@pytest.mark.parametrize(
    ("choice", "code", "files"),
    [
        ("fail", 5, {"a.txt": b"mine"}),
        ("skip", 0, {"a.txt": b"mine"}),
        ("rename", 0, {"a.txt": b"mine", "a (2).txt": b"drive"}),
        ("replace", 0, {"a.txt": b"drive"}),
    ],
)
def test_the_person_chooses_what_becomes_of_a_local_file(
    *,
    keyshelf: Keyshelf,
    folder: str,
    tmp_path: Path,
    choice: str,
    code: int,
    files: dict[str, bytes],
) -> None:
    source, back = tmp_path / "a.txt", tmp_path / "back"
    source.write_bytes(b"drive")
    keyshelf("put", source, folder)
    back.mkdir()
    (back / "a.txt").write_bytes(b"mine")

    got = keyshelf("get", f"{folder}/a.txt", back, "--on-conflict", choice)

    assert got.code == code
    assert contents(back) == files


def test_what_cannot_be_sent_does_not_stop_the_rest(
    keyshelf: Keyshelf, folder: str, tree: Path, tmp_path: Path
) -> None:
    (tree / "circle").symlink_to(tree)
    (tree / "new\nline").touch()

    sent = keyshelf("put", "-r", tree, folder, "--json")

    assert sent.code == 6
    assert sent.json["failed"] == 2
    assert sent.json["transferred"] == len(HARD_NAMES) + 1
    assert "control characters" in sent.err


def test_a_folder_needs_to_be_asked_for(
    keyshelf: Keyshelf, folder: str, tree: Path, tmp_path: Path
) -> None:
    put = keyshelf("put", tree, folder)
    get = keyshelf("get", folder, tmp_path)

    assert (put.code, get.code) == (2, 2)
    assert "say -r" in put.err
    assert "say -r" in get.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("put", "no-such-file", "/"), 3, "no-such-file: No such file"),
        (("put", "/dev/null", "relative"), 2, "begin with / or shared:/"),
        (("put", "/etc/hostname", "/no/such/folder/"), 3, "say -p to make it"),
        (("get", "/no/such/file"), 3, "there is nothing at /no/such/file"),
        (("get", "other:/file"), 2, "not a space"),
        (("put", "/etc/hostname", "/a/../b"), 2, "cannot be '.' or '..'"),
    ],
)
def test_a_wrong_argument_is_one_line_that_names_the_fix(
    keyshelf: Keyshelf, arguments: tuple[str, ...], code: int, said: str
) -> None:
    ran = keyshelf(*arguments)

    assert ran.code == code
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1


def test_nothing_is_left_of_a_transfer_that_succeeded(
    keyshelf: Keyshelf, folder: str, tree: Path, tmp_path: Path, served: Served
) -> None:
    keyshelf("put", "-r", tree, folder)
    keyshelf("get", "-r", f"{folder}/tree", tmp_path / "back/")

    assert list((tmp_path / "home/state/keyshelf/transfers").iterdir()) == []
    assert not list((tmp_path / "back").rglob(".keyshelf-*"))
