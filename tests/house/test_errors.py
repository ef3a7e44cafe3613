"""Each error has a stable code, one category and a page in the documents."""

from collections import Counter

from docs.generate import error_classes
from tests.house.tree import ROOT

from keyshelf.errors import CATEGORIES


def test_codes_are_unique() -> None:
    codes = Counter(each.code for each in (*error_classes(), *CATEGORIES))

    assert [code for code, times in codes.items() if times > 1] == []


def test_every_error_has_a_code_and_says_what_to_do() -> None:
    lacking = [
        each.__qualname__
        for each in (*error_classes(), *CATEGORIES)
        if "code" not in vars(each) or not vars(each).get("__doc__")
    ]

    assert lacking == []


def test_every_error_has_exactly_one_category() -> None:
    counts = {
        each: sum(issubclass(each, above) for above in CATEGORIES) for each in error_classes()
    }

    assert [each.__qualname__ for each, count in counts.items() if count != 1] == []


def test_every_error_is_documented_and_no_other() -> None:
    text = (ROOT / "docs/reference/errors.md").read_text("utf-8")
    codes = text.partition("\n## Codes\n")[2]
    documented = [line.split("`")[1] for line in codes.splitlines() if line.startswith("| `")]

    assert documented == [each.code for each in error_classes()], "run `python docs/generate.py`"
