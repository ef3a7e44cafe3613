"""The form in which names are searched and sorted."""

import unicodedata

import pytest

from keyshelf.layout.names import LETTERS, search_form, sort_form


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Øre ł.zip", "ore l.zip"),
        ("ÆØÅ", "aeoa"),
        ("Þórður", "thordur"),
        ("ıİ ĞĦ", "ii gh"),
        ("Œuvre, straße", "oeuvre, strasse"),
        ("Đặng", "dang"),
        ("日本語 Ω", "日本語 ω"),
    ],
)
def test_letters_are_found_as_people_type_them(name: str, typed: str) -> None:
    assert search_form(name) == search_form(typed) == typed


def test_a_form_is_its_own_form() -> None:
    assert [letter for letter in LETTERS.values() if search_form(letter) != letter] == []
    assert all(search_form(chr(code)) == letter for code, letter in LETTERS.items())


def test_only_small_letters_stand_for_others() -> None:
    assert {unicodedata.category(chr(code)) for code in LETTERS} == {"Ll"}


def test_letters_are_sorted_where_people_look_for_them() -> None:
    names = ["Zoo 2", "Øre 10", "Ore 2", "Ærø", "Pan"]

    assert sorted(names, key=sort_form) == ["Ærø", "Ore 2", "Øre 10", "Pan", "Zoo 2"]
