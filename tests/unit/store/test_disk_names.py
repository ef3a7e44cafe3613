"""Every segment has one spelling, and every name that can be made by hand is one."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.disk_names import (
    MAX_NAME_BYTES,
    OWN_FOLDER,
    is_continued,
    key_path,
    read_names,
    spell,
    spell_aside,
)

SPICE = st.sampled_from(
    [
        "%",
        "25",
        "00",
        "2F",
        "2E",
        "%2E",
        "%file",
        "%+",
        "file",
        "+",
        ".",
        "\0",
        "語",
        "x" * 200,
        OWN_FOLDER.decode(),
        "keyshelf-disk",
    ]
)
SPICED = st.lists(SPICE | st.text(max_size=3), max_size=8).map("".join)
SEGMENTS = SPICED.map(lambda text: text.replace("/", "").encode(errors="replace"))


@given(SEGMENTS)
@example(b"")
@example(b".")
@example(b"..")
@example(OWN_FOLDER)
@example(b"%2E%2E")
@example(b"%" * 1024)
def test_a_segment_is_read_back(segment: bytes) -> None:
    assert read_names(spell(segment)) == (segment, False)
    assert read_names(spell_aside(segment)) == (segment, True)


@given(SEGMENTS)
def test_a_spelling_can_be_a_path(segment: bytes) -> None:
    for names in (spell(segment), spell_aside(segment)):
        for name in names:
            assert name not in {b"", b".", b"..", OWN_FOLDER}
            assert b"\0" not in name
            assert b"/" not in name
            assert len(name) <= MAX_NAME_BYTES
            name.decode()
        assert all(is_continued(name) for name in names[:-1])
        assert not is_continued(names[-1])


@given(SEGMENTS, SEGMENTS)
def test_two_segments_never_share_a_spelling(one: bytes, other: bytes) -> None:
    assert (spell(one) == spell(other)) == (one == other)
    assert spell(one) != spell_aside(other)


@given(SEGMENTS.filter(lambda name: 0 < len(name) <= MAX_NAME_BYTES and b"\0" not in name))
def test_a_name_made_by_hand_is_the_spelling_of_what_it_reads_as(name: bytes) -> None:
    if name in {b".", b"..", OWN_FOLDER} or is_continued(name):
        return
    read = read_names((name,))

    if read is None:
        assert name.endswith(b"%file")
    else:
        segment, aside = read
        assert (spell_aside(segment) if aside else spell(segment)) == (name,)


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("alice/my-files/Trip/a.jpg", "alice/my-files/Trip/a.jpg"),
        ("50% off #1?.pdf", "50% off #1?.pdf"),
        ("%2e%2e/.%2F/%00", "%2e%2e/.%252F/%2500"),
        ("a%20b/100%25.txt", "a%20b/100%25.txt"),
        ("/a//b/", ".%2F/a/.%2F/b/.%2F"),
        ("a/./../b", "a/%2E/%2E%2E/b"),
        ("a\0b", "a%00b"),
        (".keyshelf/aside/1", ".keyshelf/aside/1"),
        (".keyshelf-disk/version", "%2Ekeyshelf-disk/version"),
        ("x" * 255, "x" * 255),
        ("x" * 256, "x" * 253 + "%+/xxx"),
        ("語" * 86, "語" * 84 + "%+/語語"),
        ("note%file", "note%25file"),
    ],
)
def test_spellings_of_the_stored_format(key: str, path: str) -> None:
    assert b"/".join(key_path(ObjectKey(key)).plain).decode() == path


def test_an_object_beside_its_folder_is_spelled_aside() -> None:
    path = key_path(ObjectKey("Trip/a"))

    assert path.folders == ((b"Trip",),)
    assert path.aside == (b"Trip", b"a%file")
