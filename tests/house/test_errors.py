"""Each error has a stable code, one category and a page in the documents."""

from collections import Counter

from docs.generate import error_classes
from keyshelf.errors import CATEGORIES
from tests.house.tree import ROOT

WITHOUT_CATEGORY = {"RemoteError": "another service failed in a way that it could not name"}


def test_codes_are_unique() -> None:
    codes = Counter(each.code for each in error_classes())

    assert [code for code, times in codes.items() if times > 1] == []


def test_the_code_of_a_category_is_only_its_own() -> None:
    for category in CATEGORIES:
        same = [each for each in error_classes() if each.code == category.code]
        assert all(issubclass(each, category) for each in same)


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

    others = {each.__qualname__ for each, count in counts.items() if count != 1}
    assert others == WITHOUT_CATEGORY.keys()


def test_every_error_is_documented_and_no_other() -> None:
    text = (ROOT / "docs/reference/errors.md").read_text("utf-8")
    codes = text.partition("\n## Codes\n")[2]
    documented = [line.split("`")[1] for line in codes.splitlines() if line.startswith("| `")]

    assert documented == [each.code for each in error_classes()], "run `python docs/generate.py`"
