"""Streams, their keys and the tokens for both, as players ask for them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from keyshelf.clock import system_clock
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import MediaHash, audio_key, media_hash, video_key
from keyshelf.media.keys import tokens
from keyshelf.media.keys.values import ContentKey
from tests.database import NewDatabase
from tests.patience import PATIENCE
from tests.served import Served, serve

pytestmark = pytest.mark.services

FILM = media_hash("abcdef1234")
SEGMENT = "video/r720_h264/seg_1.m4s"
PLAYLIST = "video/r720_h264/playlist.m3u8"


@pytest.fixture
def http(served: Served) -> Iterator[httpx2.Client]:
    """A player without any sign-in."""
    with httpx2.Client(base_url=served.url, timeout=PATIENCE) as client:
        yield client


@pytest.fixture(scope="module")
def signed(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service whose streams need a token."""
    folder: Path = tmp_path_factory.mktemp("signed")
    settings = {"KEYSHELF_SIGNED_PLAYBACK": "true"}
    with new_database() as database_url, serve(database_url, folder, settings) as service:
        yield service


def put(served: Served, key: ObjectKey, body: bytes) -> None:
    served.portal.call(served.service.stores["media"].put, key, body)


def token_of(served: Served, media: MediaHash, *, seconds: int = 60) -> str:
    ends = system_clock() + timedelta(seconds=seconds)
    return tokens.mint(served.service.playback.token_key, media, expires_at=ends)


def content_key(served: Served, media: MediaHash) -> ContentKey:
    async def make() -> ContentKey:
        async with served.service.database.transaction() as tx:
            return await served.service.playback.content_keys.of_encode(tx, media, uuid4())

    return served.portal.call(make)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_segments_are_kept_and_playlists_asked_for_again(
    served: Served, http: httpx2.Client
) -> None:
    put(served, video_key(FILM, SEGMENT), b"0123456789")
    put(served, video_key(FILM, "master.m3u8"), b"#EXTM3U\n")

    segment = http.get(f"/stream/{FILM}/{SEGMENT}?0b51c2d3")
    playlist = http.get(f"/stream/{FILM}/master.m3u8")

    assert segment.content == b"0123456789"
    assert segment.headers["content-type"] == "video/iso.segment"
    assert "immutable" in segment.headers["cache-control"]
    assert segment.headers["access-control-allow-origin"] == "*"
    assert segment.headers["x-content-type-options"] == "nosniff"
    assert playlist.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert "no-cache" in playlist.headers["cache-control"]
    again = http.get(
        f"/stream/{FILM}/master.m3u8", headers={"If-None-Match": playlist.headers["etag"]}
    )
    assert again.status_code == 304
    for query in ("", "?", "?x", "?0b51c2d3&x"):
        nameless = http.get(f"/stream/{FILM}/{SEGMENT}{query}")
        assert nameless.headers["cache-control"] == "private, no-cache"


def test_playlists_name_keys_where_the_service_is_now(served: Served, http: httpx2.Client) -> None:
    key_id = uuid4()
    line = '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="{}/api/key/{}",KEYFORMAT="identity"\nseg_1.m4s\n'
    put(served, video_key(FILM, PLAYLIST), line.format("http://127.0.0.1:24080", key_id).encode())
    put(served, video_key(FILM, "made/playlist.m3u8"), line.format("", key_id).encode())
    url = f"/stream/{FILM}/{PLAYLIST}"

    moved = http.get(url)
    part = http.get(url, headers={"Range": "bytes=0-9"})
    head = http.head(url)
    again = http.get(url, headers={"If-None-Match": moved.headers["etag"]})

    assert moved.text == http.get(f"/stream/{FILM}/made/playlist.m3u8").text
    assert f'URI="/api/key/{key_id}"' in moved.text
    assert (part.status_code, part.text) == (206, moved.text[:10])
    assert head.headers["content-length"] == str(len(moved.content))
    assert again.status_code == 304


def test_a_part_of_a_segment_and_its_length_can_be_asked_for(
    served: Served, http: httpx2.Client
) -> None:
    put(served, video_key(FILM, SEGMENT), b"0123456789")
    url = f"/stream/{FILM}/{SEGMENT}"

    part = http.get(url, headers={"Range": "bytes=2-4"})
    head = http.head(url)

    assert (part.status_code, part.content) == (206, b"234")
    assert part.headers["content-range"] == "bytes 2-4/10"
    assert (head.status_code, head.headers["content-length"]) == (200, "10")
    for refused, status in (({"Range": "bytes=20-"}, 416), ({"If-Match": '"other"'}, 412)):
        answer = http.get(f"{url}?0b51c2d3", headers=refused)
        assert (answer.status_code, answer.headers["cache-control"]) == (status, "no-store")


def test_audio_alone_is_played_at_the_same_address(served: Served, http: httpx2.Client) -> None:
    put(served, audio_key(media_hash("sound"), "hls/master.m3u8"), b"#EXTM3U\n")

    assert http.get("/stream/sound/hls/master.m3u8").content == b"#EXTM3U\n"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("nothing/master.m3u8", 404),
        (f"{FILM}/video/r720_h264/seg_9.m4s", 404),
        (f"{FILM}/page.html", 404),
        (f"{FILM}/..%2f..%2fsecret.m3u8", 422),
        (f"{FILM}/%2e%2e/master.m3u8", 422),
        (f"{FILM}/a//b.m4s", 422),
        ("a%00b/master.m3u8", 422),
        (f"{'a' * 129}/master.m3u8", 422),
    ],
    ids=["hash", "segment", "type", "climbing", "dots", "empty", "control", "long"],
)
def test_what_is_no_part_of_a_stream_is_refused(
    http: httpx2.Client, path: str, status: int
) -> None:
    answer = http.get(f"/stream/{path}")

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_browser_may_ask_for_keys_from_any_page(served: Served, http: httpx2.Client) -> None:
    key = content_key(served, FILM)
    asks = {
        "Origin": "https://player.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
    }

    allowed = http.options(f"/api/key/{key.id}", headers=asks)
    answer = http.get(f"/api/key/{key.id}", headers=bearer(token_of(served, FILM)))

    assert "authorization" in allowed.headers["access-control-allow-headers"].lower()
    assert answer.content == key.key
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/octet-stream"


def test_a_key_needs_a_token_of_its_own_media(served: Served, http: httpx2.Client) -> None:
    url = f"/api/key/{content_key(served, FILM).id}"

    assert http.get(url).status_code == 401
    assert http.get(url, headers=bearer("a.b")).status_code == 403
    other = bearer(token_of(served, media_hash("other")))
    assert http.get(url, headers=other).status_code == 403
    assert http.get(url, headers=bearer(token_of(served, FILM, seconds=-5))).status_code == 403
    right = bearer(token_of(served, FILM))
    assert http.get(f"/api/key/{uuid4()}", headers=right).status_code == 404


def test_keys_are_handed_out_so_many_times_a_minute(served: Served, http: httpx2.Client) -> None:
    url = f"/api/key/{content_key(served, FILM).id}"
    mine = bearer(token_of(served, FILM, seconds=77))
    most = served.service.playback.key_requests.count

    answers = [http.get(url, headers=mine).status_code for _ in range(most + 1)]

    assert answers == [200] * most + [429]
    assert http.get(url, headers=bearer(token_of(served, FILM, seconds=78))).status_code == 200


def test_what_is_no_token_is_not_counted(served: Served, http: httpx2.Client) -> None:
    url = f"/api/key/{content_key(served, FILM).id}"
    most = served.service.playback.key_requests.count

    answers = {http.get(url, headers=bearer("a.b")).status_code for _ in range(most + 1)}

    assert answers == {403}


def test_signed_playback_takes_the_token_in_the_address_or_the_header(signed: Served) -> None:
    put(signed, video_key(FILM, SEGMENT), b"0123456789")
    token = token_of(signed, FILM)

    with httpx2.Client(base_url=signed.url, timeout=PATIENCE) as http:
        in_address = http.get(f"/stream/{FILM}/@{token}/{SEGMENT}?0b51c2d3")
        outside = {"Range": "bytes=20-"}
        unsatisfied = http.get(f"/stream/{FILM}/@{token}/{SEGMENT}?0b51c2d3", headers=outside)
        in_header = http.get(f"/stream/{FILM}/{SEGMENT}", headers=bearer(token))
        refused = [
            http.get(f"/stream/{FILM}/{SEGMENT}").status_code,
            http.get(f"/stream/{FILM}/@x/{SEGMENT}", headers=bearer(token)).status_code,
            http.get(f"/stream/other/@{token}/{SEGMENT}").status_code,
        ]

    assert in_address.content == in_header.content == b"0123456789"
    assert in_address.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert (unsatisfied.status_code, unsatisfied.headers["cache-control"]) == (416, "no-store")
    assert refused == [401, 403, 403]


def test_a_token_is_minted_for_who_sees_the_media(served: Served, http: httpx2.Client) -> None:
    signed_in = bearer(served.token)
    wish = {"hash": "abcdef1234", "ttl_seconds": 60}

    made = http.post("/api/playback-tokens", json=wish, headers=signed_in)

    assert made.status_code == 201, made.text
    key = content_key(served, FILM)
    answer = http.get(f"/api/key/{key.id}", headers=bearer(made.json()["token"]))
    assert answer.content == key.key
    assert http.post("/api/playback-tokens", json=wish).status_code == 401
    for wrong in ({"hash": "a/b"}, {"hash": "a", "ttl_seconds": 0}, {"hash": "a", "ttl": 1}, {}):
        refused = http.post("/api/playback-tokens", json=wrong, headers=signed_in)
        assert refused.status_code == 422
