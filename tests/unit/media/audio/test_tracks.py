from keyshelf.media.audio.tracks import plan_sound, tidy_name
from keyshelf.media.tools.probed import AudioStream


def stream(
    index: int, language: str = "und", channels: int = 2, *, title: str = "", default: bool = False
) -> AudioStream:
    return AudioStream(index, "aac", language, title or None, channels, None, 48000, default)


def test_no_sound_has_no_renditions() -> None:
    assert plan_sound([]) == ()


def test_every_stream_has_stereo_and_surround_only_where_there_is_more() -> None:
    planned = plan_sound(
        [stream(1, channels=1), stream(2, "ger"), stream(3, "fre", 6), stream(4, "eng", 8)]
    )

    assert [(each.id, each.channels, each.layout) for each in planned] == [
        ("und_aac_2ch", 2, "stereo"),
        ("ger_aac_2ch", 2, "stereo"),
        ("fre_aac_2ch", 2, "stereo"),
        ("fre_aac_6ch", 6, "5.1"),
        ("eng_aac_2ch", 2, "stereo"),
        ("eng_aac_6ch", 6, "5.1"),
    ]


def test_streams_of_one_language_are_told_apart() -> None:
    planned = plan_sound([stream(1, "ger"), stream(2, "ger", title="Kommentar"), stream(3, "ger")])

    assert [each.id for each in planned] == ["ger_aac_2ch", "ger_aac_2ch_2", "ger_aac_2ch_3"]
    assert [each.name for each in planned] == ["ger", "Kommentar", "ger_2"]
    assert [each.is_chosen_by_language for each in planned] == [True, False, False]


def test_the_marked_stream_is_the_default_in_stereo() -> None:
    planned = plan_sound([stream(1, "ger"), stream(2, "fre", 6, default=True)])

    assert [each.id for each in planned if each.is_default] == ["fre_aac_2ch"]


def test_without_a_mark_the_first_is_the_default() -> None:
    planned = plan_sound([stream(1, "ger", 6), stream(2, "fre")])

    assert [each.id for each in planned if each.is_default] == ["ger_aac_2ch"]


def test_surround_is_not_chosen_for_its_language() -> None:
    stereo, surround = plan_sound([stream(1, "ger", 6)])

    assert (stereo.is_chosen_by_language, surround.is_chosen_by_language) == (True, False)
    assert surround.name == "ger 5.1"


def test_a_name_breaks_out_of_no_playlist() -> None:
    assert tidy_name('Evil"\n#EXT-X-KEY', "ger") == "Evil #EXT-X-KEY"
    assert tidy_name(' "" ', "ger") == "ger"
    assert len(tidy_name("x" * 500, "ger")) == 80
