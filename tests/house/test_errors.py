"""Each error has a stable code, one category and a page in the documents."""

from collections import Counter

import pytest

from docs.generate import error_classes
from keyshelf.errors import CATEGORIES
from tests.house.tree import ROOT

ERRORS = error_classes()


def test_codes_are_unique():
    codes = Counter(each.code for each in (*ERRORS, *CATEGORIES))

    assert [code for code, times in codes.items() if times > 1] == []


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_an_error_is_whole(error):
    assert "code" in vars(error), "it has a code of its own"
    assert vars(error).get("__doc__"), "its docstring says what the caller should do"
    assert sum(issubclass(error, each) for each in CATEGORIES) == 1, "it has exactly one category"


def test_every_error_is_documented_and_nothing_else():
    text = (ROOT / "docs/reference/errors.md").read_text("utf-8")
    codes = text.partition("\n## Codes\n")[2]
    documented = [line.split("`")[1] for line in codes.splitlines() if line.startswith("| `")]

    assert documented == [each.code for each in ERRORS], "run `python docs/generate.py`"
