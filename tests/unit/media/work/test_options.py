"""Options of work: what is refused, and what is the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.media.work.failures import BadMediaOptionsError
from keyshelf.media.work.options import RUNGS, canonical, parsed, spelled
from keyshelf.media.work.values import MediaType

AUDIO, COVER, FULL = MediaType.AUDIO, MediaType.COVER, MediaType.FULL
PREVIEW, THUMBNAIL, TRANSCODE = MediaType.PREVIEW, MediaType.THUMBNAIL, MediaType.TRANSCODE
THUMB = {"variant": "thumb", "width": 300, "format": "webp"}


@pytest.mark.parametrize(
    ("media", "one", "other"),
    [
        pytest.param(COVER, {"timestamp_sec": 3}, {"timestamp_sec": 3.0}, id="whole-seconds"),
        pytest.param(PREVIEW, {}, {"format": "webp", "width": 480}, id="defaults"),
        pytest.param(PREVIEW, {"format": "gif"}, {"formats": ["gif", "gif"]}, id="one-format"),
        pytest.param(
            PREVIEW, {"formats": ["gif", "webp"]}, {"formats": ["webp", "gif"]}, id="order"
        ),
        pytest.param(FULL, {}, {"cover": {}, "preview": {"fps": 10}}, id="nested-defaults"),
        pytest.param(
            FULL, {"preview": {"format": "gif"}}, {"preview": {"formats": ["gif"]}}, id="nested"
        ),
        pytest.param(TRANSCODE, {"rungs": [240, 720]}, {"rungs": [720, 240, 240]}, id="rungs"),
        pytest.param(AUDIO, {}, {"hls": True, "mp3": True, "flac": True, "waveform": {}}, id="all"),
        pytest.param(
            AUDIO, {"encrypt": True}, {"encrypt": True, "hls": True, "waveform": True}, id="secret"
        ),
        pytest.param(
            THUMBNAIL, {"outputs": [THUMB]}, {"outputs": [{**THUMB, "height": None}]}, id="height"
        ),
    ],
)  # fmt: skip
def test_equal_wishes_are_spelled_alike(
    media: MediaType, one: dict[str, object], other: dict[str, object]
) -> None:
    assert spelled(canonical(media, one)) == spelled(canonical(media, other))


@pytest.mark.parametrize("media", MediaType)
def test_what_is_canonical_stays_so(media: MediaType) -> None:
    once = canonical(media, {})

    assert canonical(media, once) == once
    assert parsed(media, once) is not None


@pytest.mark.parametrize(
    ("media", "told", "said"),
    [
        pytest.param(COVER, {"at": 3}, "unknown field `at`", id="unknown"),
        pytest.param(FULL, {"timestamp_sec": 3}, "unknown field", id="flat"),
        pytest.param(FULL, {"cover": {"width": 3}}, "`$.cover`", id="unknown-below"),
        pytest.param(COVER, {"timestamp_sec": -1}, ">= 0", id="before-the-film"),
        pytest.param(COVER, {"timestamp_sec": float("nan")}, ">= 0", id="no-number"),
        pytest.param(COVER, {"timestamp_sec": "3"}, "got `str`", id="text"),
        pytest.param(PREVIEW, {"duration": 31}, "<= 30", id="long"),
        pytest.param(PREVIEW, {"duration": 30, "fps": 30}, "600 frames", id="many-frames"),
        pytest.param(PREVIEW, {"format": "gif", "formats": ["webp"]}, "two ways", id="two-ways"),
        pytest.param(PREVIEW, {"format": "mp4"}, "Invalid enum", id="other-format"),
        pytest.param(TRANSCODE, {"rungs": []}, "length >= 1", id="no-rung"),
        pytest.param(TRANSCODE, {"rungs": [700]}, "Invalid enum", id="odd-rung"),
        pytest.param(TRANSCODE, {"encrypt": 1}, "got `int`", id="not-a-flag"),
        pytest.param(AUDIO, {"hls": False}, "nothing is asked for", id="nothing"),
        pytest.param(AUDIO, {"encrypt": True, "flac": True}, "not asked for", id="secret-of-what"),
        pytest.param(AUDIO, {"encrypt": True, "hls": True, "mp3": True}, "in the clear", id="leak"),
        pytest.param(AUDIO, {"waveform": {"bins": 10**9}}, "<= 65536", id="bins"),
        pytest.param(AUDIO, {"mp3": {"bitrate_kbps": 321}}, "Invalid enum", id="bitrate"),
        pytest.param(THUMBNAIL, {"outputs": []}, "length >= 1", id="no-output"),
        pytest.param(THUMBNAIL, {"outputs": [THUMB] * 17}, "length", id="many-outputs"),
        pytest.param(THUMBNAIL, {"outputs": [THUMB, THUMB]}, "same variant", id="twice"),
        pytest.param(THUMBNAIL, {"outputs": [{**THUMB, "variant": "../x"}]}, "regex", id="path"),
        pytest.param(THUMBNAIL, {"outputs": [{**THUMB, "variant": "x\n"}]}, "regex", id="line"),
        pytest.param(THUMBNAIL, {"outputs": [{**THUMB, "width": 0}]}, ">= 1", id="no-width"),
    ],
)  # fmt: skip
def test_bad_options_are_refused_with_their_place(
    media: MediaType, told: dict[str, object], said: str
) -> None:
    with pytest.raises(BadMediaOptionsError) as refused:
        canonical(media, told)

    assert said in refused.value.detail


TEXT = st.text(max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXT, below, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["outputs", "timestamp_sec", "fps", "formats", "rungs", "cover", "preview", "transcode", "hls",
     "mp3", "encrypt", "waveform"]
)  # fmt: skip


@given(media=st.sampled_from(MediaType), told=st.dictionaries(NAMES, JSON, max_size=4))
def test_whatever_is_told_is_refused_or_canonical(
    media: MediaType, told: dict[str, object]
) -> None:
    try:
        once = canonical(media, told)
    except BadMediaOptionsError:
        return
    assert canonical(media, once) == once


def test_rungs_are_told_from_the_largest() -> None:
    told = canonical(TRANSCODE, {"rungs": list(reversed(RUNGS))})

    assert told["rungs"] == RUNGS
