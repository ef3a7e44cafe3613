"""Publishing: at once, whole, and without taking anything from whoever plays what was before."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any

import pytest

from keyshelf.concurrency import together
from keyshelf.jobs.values import JobCancelledError
from keyshelf.layout.keys import ObjectKey
from keyshelf.media.streams.failures import EncodeGoneError
from keyshelf.media.streams.publishing import publish_film
from keyshelf.media.streams.values import Published
from keyshelf.store.errors import StoreForbiddenError, StoreUnavailableError
from tests.integration.media.streams.film import EncodedFilm
from tests.integration.media.streams.playlists import read_media
from tests.integration.media.streams.studio import BASE, PUBLIC_URL, PUTS, Studio

pytestmark = [pytest.mark.services, pytest.mark.anyio]

NEARLY_A_DAY, A_DAY = timedelta(hours=23), timedelta(hours=25)


def told(published: Published) -> Any:
    """Return the result as a caller reads it."""
    return json.loads(json.dumps(published.result))


async def test_the_first_encode_has_the_plain_names_and_tells_them(
    studio: Studio, encoded: EncodedFilm
) -> None:
    published = await studio.publish(encoded.film(is_encrypted=True))

    _check_rendition(published, sum(map(len, (await studio.everything()).values())))
    result = told(published)
    await _check_encryption(studio, result["encryption"])
    assert result["streaming"] == {
        "protocol": "hls",
        "container": "cmaf",
        "encrypted": True,
        "master_playlist": f"{BASE}master.m3u8",
        "dash_manifest": f"{BASE}stream.mpd",
        "default_audio_track_id": "ger_aac_2ch",
    }
    keys = set(await studio.keys())
    _take_tracks(keys, result)
    assert result["sprites"] == {"vtt": f"{BASE}sprites/sprites.vtt"}
    assert [each["language"] for each in result["subtitle_tracks"]] == ["ger"]
    assert keys == {
        *("master.m3u8", "stream.mpd", "sprites/sprite_1.jpg", "sprites/sprites.vtt"),
        *("subtitles/ger/playlist.m3u8", "subtitles/ger/seg_1.vtt", "subtitles/ger/seg_2.vtt"),
        "video/r240_h264/iframes.m3u8",
    }


def _check_rendition(published: Published, size: int) -> None:
    (rendition,) = published.renditions
    assert rendition.size == size
    assert (rendition.key, rendition.kind) == (f"{BASE}master.m3u8", "stream")
    assert (rendition.width, rendition.height) == (640, 360)
    assert rendition.duration_ms == pytest.approx(14_500, abs=60)
    assert rendition.facts == published.result


async def _check_encryption(studio: Studio, encryption: Any) -> None:
    assert encryption["scheme"] == "cbcs"
    assert len(bytes.fromhex(encryption["kid"])) == 16
    key_id = encryption["key_endpoint"].removeprefix(f"{PUBLIC_URL}/api/key/")
    key = await studio.key_of(key_id)
    for data in (await studio.everything()).values():
        assert key not in data
        assert key.hex().encode() not in data


def _take_tracks(keys: set[str], result: Any) -> None:
    sound, picture = result["audio_tracks"], result["video_tracks"]
    assert [(each["id"], each["channels"], each["role"]) for each in sound] == [
        ("ger_aac_2ch", 2, "main"),
        ("fre_aac_2ch", 2, "alternate"),
        ("fre_aac_6ch", 6, "alternate"),
    ]
    assert [(each["id"], each["codec"], each["width"], each["height"]) for each in picture] == [
        ("r360_av1", "av1", 640, 360),
        ("r360_h264", "h264", 640, 360),
        ("r240_av1", "av1", 426, 240),
        ("r240_h264", "h264", 426, 240),
    ]
    for each in picture:
        assert each["audio_track_ids"] == [other["id"] for other in sound]
        assert each["frame_rate"] == 10.0
    for folder, tracks in (("audio", sound), ("video", picture)):
        for each in tracks:
            assert 0 < each["bitrate"] <= each["peak_bitrate"]
            place = f"{folder}/{each['id']}"
            assert each["init"] == f"{BASE}{place}/init.mp4"
            assert each["playlist"] == f"{BASE}{place}/playlist.m3u8"
            keys -= {f"{place}/init.mp4", f"{place}/playlist.m3u8"}
            assert each["segment_count"] == 3
            for number in (1, 2, 3):
                keys.remove(f"{place}/seg_{number}.m4s")


async def test_what_is_named_is_stored_before_it_is_named(
    studio: Studio, encoded: EncodedFilm
) -> None:
    await studio.publish(encoded.small().film())

    suffixes = [PurePosixPath(key).suffix for key in studio.store.order]
    assert len(suffixes) == PUTS
    assert set(suffixes[:6]) == {".m4s", ".mp4", ".jpg", ".vtt"}
    assert suffixes[6:] == [".m3u8", ".m3u8", ".m3u8", ".mpd"]
    assert studio.store.order[-2] == f"{BASE}master.m3u8"
    heads = [await studio.store.head(key) for key in studio.store.order]
    kept = {
        PurePosixPath(each.key).suffix: each.attributes.cache_control
        for each in heads
        if each.attributes
    }
    assert kept[".m4s"] == kept[".mp4"] == "public, max-age=31536000, immutable"
    assert kept[".m3u8"] == kept[".mpd"] == "no-cache"


async def test_a_new_encode_takes_over_and_the_old_one_goes_on_for_a_day(
    studio: Studio, encoded: EncodedFilm
) -> None:
    film = encoded.small().film(is_encrypted=True)
    await studio.publish(film)
    before = await studio.everything()
    first = list((await studio.master()).variants)

    await studio.publish(film)

    (second,) = (await studio.master()).variants
    _, live = await studio.encodes()
    assert first == ["video/r240_h264/playlist.m3u8"]
    assert second == f"video/r240_h264.{live['id'].hex[:8]}/playlist.m3u8"
    assert f"{PurePosixPath(second).parent}/init.mp4" in await studio.text("stream.mpd")
    for key, data in before.items():
        if key not in {"master.m3u8", "stream.mpd"}:
            assert await studio.data(key) == data
    assert await studio.states() == ["replaced", "live"]
    assert await studio.key_count() == 2

    assert await studio.later(NEARLY_A_DAY).sweep() == 0
    assert await studio.later(A_DAY).sweep() == 1
    assert await studio.later(A_DAY).sweep() == 0

    kept = await studio.keys()
    assert len(kept) == PUTS
    assert not any(key.startswith("video/r240_h264/") for key in kept)
    assert (await studio.states(), await studio.key_count()) == (["live"], 1)


@pytest.mark.parametrize("put", [1, 5, 7, 8])
async def test_a_failure_in_the_middle_leaves_what_was(
    studio: Studio, encoded: EncodedFilm, put: int
) -> None:
    film = encoded.small().film(is_encrypted=True)
    await studio.publish(film)
    before = await studio.everything()
    studio.faults.fail("put", call=PUTS + put)

    with pytest.raises(StoreUnavailableError):
        await studio.publish(film)

    assert await studio.everything() == before
    assert (await studio.states(), await studio.key_count()) == (["live"], 1)


async def test_what_cannot_be_tidied_up_is_left_for_upkeep(
    studio: Studio, encoded: EncodedFilm
) -> None:
    studio.faults.fail("put", call=3)
    studio.faults.fail("delete_many", error=StoreForbiddenError("not now"))

    with pytest.raises(StoreUnavailableError):
        await studio.publish(encoded.small().film())

    assert await studio.states() == ["making"]
    assert await studio.later(A_DAY).sweep() == 1
    assert (await studio.keys(), await studio.states()) == ([], [])


async def test_objects_that_stay_keep_their_row(studio: Studio, encoded: EncodedFilm) -> None:
    film = encoded.small().film()
    await studio.publish(film)
    await studio.publish(film)
    studio.store.kept = "video/r240_h264/seg_1.m4s"

    assert await studio.later(A_DAY).sweep() == 0
    assert await studio.states() == ["replaced", "live"]
    studio.store.kept = None
    assert await studio.later(A_DAY).sweep() == 1


async def test_a_cancel_is_passed_on_and_tidied_up(studio: Studio, encoded: EncodedFilm) -> None:
    folder = studio.folder / "cancelled"
    folder.mkdir()

    async def report(done: float, total: float | None) -> None:
        if studio.store.order:
            raise JobCancelledError(f"at {done} of {total}")

    with pytest.raises(JobCancelledError):
        await publish_film(studio.parts, encoded.small().film(), folder=folder, report=report)

    assert await studio.keys() == []
    assert await studio.states() == []


async def test_a_failure_at_the_switch_removes_nothing_until_it_is_clear_what_is_played(
    studio: Studio, encoded: EncodedFilm
) -> None:
    film = encoded.small().film()
    await studio.publish(film)
    before = await studio.everything()
    studio.faults.fail("put", call=2 * PUTS - 1)

    with pytest.raises(StoreUnavailableError):
        await studio.publish(film)

    # The new segments and playlists are there; the old manifests are what is played.
    assert list((await studio.master()).variants) == ["video/r240_h264/playlist.m3u8"]
    assert await studio.states() == ["live", "making"]
    assert await studio.later(NEARLY_A_DAY).sweep() == 0

    assert await studio.later(A_DAY).sweep() == 1

    assert await studio.everything() == before
    assert await studio.states() == ["live"]


async def test_a_switch_without_its_dash_manifest_leaves_none_of_what_will_go(
    studio: Studio, encoded: EncodedFilm
) -> None:
    film = encoded.small().film()
    await studio.publish(film)
    studio.faults.fail("put", call=2 * PUTS)
    with pytest.raises(StoreUnavailableError):
        await studio.publish(film)
    assert "stream.mpd" in await studio.keys()

    assert await studio.later(A_DAY).sweep() == 0

    assert await studio.states() == ["replaced", "live"]
    assert "stream.mpd" not in await studio.keys()


async def test_after_a_deletion_names_come_again_at_other_addresses(
    studio: Studio, encoded: EncodedFilm
) -> None:
    film = encoded.small().film()
    versions: list[str] = []
    for _ in range(2):
        await studio.publish(film)
        versions.append(read_media(await studio.text("video/r240_h264/playlist.m3u8")).version)
        (made,) = await studio.encodes()
        assert made["id"].hex[:8] == versions[-1]
        assert f"/init.mp4?{versions[-1]}" in await studio.text("stream.mpd")
        async with studio.parts.media.database.transaction() as tx:
            await tx.execute("DELETE FROM media_encodes")

    assert versions[0] != versions[1]


async def test_subtitles_that_the_packager_refuses_are_left_out(
    studio: Studio, encoded: EncodedFilm
) -> None:
    packager = studio.folder / "packager"
    packager.write_text(
        "#!/bin/sh\nmkdir -p subtitles/ger; touch subtitles/ger/seg_1.vtt\n"
        f'case "$*" in *stream=text*) exit 2;; esac; exec "{studio.parts.tools.packager}" "$@"\n'
    )
    packager.chmod(0o755)
    tools = replace(studio.parts.tools, packager=packager)
    spoken = replace(encoded.small(), probe=replace(encoded.probe, audio=()))

    published = await replace(studio, parts=replace(studio.parts, tools=tools)).publish(
        spoken.film()
    )

    assert told(published)["subtitle_tracks"] == []
    assert (await studio.master()).media == []


async def test_a_switch_whose_answer_was_lost_is_found_to_have_happened(
    studio: Studio, encoded: EncodedFilm
) -> None:
    film = encoded.small().film()
    await studio.publish(film)
    studio.faults.lose_answer("put", call=2 * PUTS - 1)
    with pytest.raises(StoreUnavailableError):
        await studio.publish(film)
    made = (await studio.encodes())[1]["id"]
    assert list((await studio.master()).variants) == [
        f"video/r240_h264.{made.hex[:8]}/playlist.m3u8"
    ]

    assert await studio.later(A_DAY).sweep() == 0

    assert await studio.states() == ["replaced", "live"]
    # Its DASH manifest was not put, and what the old one names goes in a day.
    assert len(await studio.keys()) == 2 * PUTS - 3


async def test_an_encode_is_not_swept_while_its_job_goes_on(
    studio: Studio, encoded: EncodedFilm
) -> None:
    job = await studio.job()
    studio.faults.fail("put", call=PUTS - 1)
    with pytest.raises(StoreUnavailableError):
        await studio.publish(encoded.small().film(job_id=job.id))

    assert await studio.later(A_DAY).sweep() == 0
    async with studio.parts.media.database.transaction() as tx:
        await studio.parts.media.jobs.cancel(tx, job.id)
    assert await studio.later(A_DAY).sweep() == 1

    assert await studio.keys() == []


async def test_media_that_were_deleted_meanwhile_are_not_published(
    studio: Studio, encoded: EncodedFilm
) -> None:
    hold = studio.faults.hold("put", call=1)

    async def delete_all() -> None:
        await hold.reached.wait()
        async with studio.parts.media.database.transaction() as tx:
            await tx.execute("DELETE FROM media_encodes")
        hold.release.set()

    async def publish() -> None:
        with pytest.raises(EncodeGoneError):
            await studio.publish(encoded.small().film())

    async with together() as group:
        group.start_soon(delete_all)
        group.start_soon(publish)

    assert await studio.keys() == []


async def test_of_two_that_publish_at_once_one_is_live_and_played(
    studio: Studio, encoded: EncodedFilm
) -> None:
    film = encoded.small().film()
    async with together() as group:
        group.start_soon(studio.publish, film)
        group.start_soon(studio.publish, film)

    (live,) = [row for row in await studio.encodes() if row["state"] == "live"]
    (played,) = (await studio.master()).variants
    assert PurePosixPath(played).parent.as_posix() in live["folders"]
    assert sorted(await studio.states()) == ["live", "replaced"]
    meta = await studio.store.head(ObjectKey(f"{BASE}master.m3u8"))
    assert meta.attributes
    assert meta.attributes.metadata == {"keyshelf-encode": str(live["id"])}
