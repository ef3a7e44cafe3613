from pathlib import Path

from keyshelf.media.streams.master import master_playlist
from keyshelf.media.streams.measuring import Rate, Segment
from keyshelf.media.streams.packaging import PackagedTrack
from keyshelf.media.streams.values import Kind, Track


def packaged(track_id: str, kind: Kind, rate: Rate, **facts: str) -> PackagedTrack:
    track = Track(track_id, kind, Path("x"), f"{kind}/{track_id}", name=track_id, width=640)
    return PackagedTrack(track, [Segment("seg_1.m4s", 6, 1)], rate, facts)


def test_a_picture_asks_for_itself_and_the_heaviest_of_what_is_beside_it() -> None:
    text = master_playlist(
        [
            packaged("r360_av1", "video", Rate(900, 800), CODECS="av01.0.01M.08,mp4a.40.2"),
            packaged("und_aac_2ch", "audio", Rate(100, 90)),
            packaged("und_aac_6ch", "audio", Rate(300, 290)),
            packaged("ger", "text", Rate(7, 5)),
        ]
    )

    assert (
        '#EXT-X-STREAM-INF:BANDWIDTH=1207,AVERAGE-BANDWIDTH=1095,CODECS="av01.0.01M.08,mp4a.40.2",'
        'AUDIO="audio",SUBTITLES="subtitles",CLOSED-CAPTIONS=NONE\nvideo/r360_av1/playlist.m3u8\n'
    ) in text


def test_a_silent_film_names_no_sound() -> None:
    text = master_playlist([packaged("r360_h264", "video", Rate(9, 8), CODECS="avc1")])

    assert text.splitlines()[3:] == [
        '#EXT-X-STREAM-INF:BANDWIDTH=9,AVERAGE-BANDWIDTH=8,CODECS="avc1",CLOSED-CAPTIONS=NONE',
        "video/r360_h264/playlist.m3u8",
    ]


def test_what_every_player_has_goes_first() -> None:
    rate = Rate(9, 8)
    text = master_playlist(
        [packaged(each, "video", rate, CODECS="x") for each in ("r360_av1", "r360_h264")]
    )

    assert text.index("r360_h264") < text.index("r360_av1")


def test_sound_alone_is_relative_to_its_own_folder() -> None:
    track = Track("aac_128", "audio", Path("x"), "hls/aac_128")
    text = master_playlist(
        [PackagedTrack(track, [Segment("seg_1.m4s", 6, 1)], Rate(9, 8), {})], base="hls/"
    )

    assert text.splitlines()[3:] == [
        '#EXT-X-STREAM-INF:BANDWIDTH=9,AVERAGE-BANDWIDTH=8,CODECS="mp4a.40.2"',
        "aac_128/playlist.m3u8",
    ]
