"""How things are said to a person."""

import pytest

from keyshelf.cli import output


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (1536, "1.5 KiB"),
        (5 * 2**30, "5.0 GiB"),
        (5000 * 2**40, "5000.0 TiB"),
    ],
)
def test_sizes_are_in_binary_units(count: int, text: str) -> None:
    assert output.size_text(count) == text


def test_columns_are_aligned_by_what_a_terminal_shows() -> None:
    assert output.table([["日本", "1"], ["e\u0301x", "22"]], right=[1]) == [
        "日本   1",
        "e\u0301x    22",
    ]


def test_a_name_cannot_steer_a_terminal() -> None:
    assert output.printable("a\x1b[31mb\nc\u202ed") == "a\\x1b[31mb\\nc\\u202ed"
    assert output.printable("👨\u200d👩 é") == "👨\u200d👩 é"


def test_counts_have_their_plural() -> None:
    assert output.count_text(1, "file") == "1 file"
    assert output.count_text(1000, "file") == "1,000 files"
    assert output.count_text(0, "repository") == "0 repositories"


def test_a_name_makes_no_second_line(capsys: pytest.CaptureFixture[str]) -> None:
    output.Output().line("new\nline\r é\x1b")

    assert capsys.readouterr().out == "new\\nline\\r é\x1b\n"
