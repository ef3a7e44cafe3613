"""Pictures, originals and thumbnails under signed addresses, as browsers ask for them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest
from PIL import Image

from keyshelf.clock import system_clock
from keyshelf.delivery.url_signatures import Domain, sign
from keyshelf.layout.keys import ObjectKey
from keyshelf.media.pictures.versions import source_version
from keyshelf.store.base import Attributes, PutOptions
from tests.api.conftest import Program
from tests.database import NewDatabase
from tests.served import Served, serve

pytestmark = pytest.mark.services

YEAR = "public, max-age=31536000, immutable"
CHANGING = "public, no-cache"
AVIF, WEBP = "image/avif,image/webp,*/*;q=0.8", "image/webp,*/*"


def jpeg(width: int = 64, height: int = 48, color: str = "red") -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), color).save(out, "JPEG")
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


@pytest.fixture(scope="module")
def shelf(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service of its own, with a preset and a bound on its sources."""
    folder: Path = tmp_path_factory.mktemp("pictures")
    settings = {
        "KEYSHELF_IMAGE_PRESETS": "card=w32_h32_fit-cover",
        "KEYSHELF_IMAGE_SOURCE_MIB": "1",
        "KEYSHELF_IMAGE_RENDERS": "1",
    }
    with new_database() as database_url, serve(database_url, folder, settings) as service:
        yield service


@pytest.fixture
def http(shelf: Served) -> Iterator[httpx2.Client]:
    """A browser without any sign-in."""
    with httpx2.Client(base_url=shelf.url) as client:
        yield client


def put(
    shelf: Served, key: str, body: bytes, *, kind: str = "image/jpeg", role: str = "source"
) -> ObjectKey:
    options = PutOptions(Attributes(content_type=kind))
    shelf.portal.call(shelf.service.stores[role].put, ObjectKey(key), body, options)
    return ObjectKey(key)


def url(shelf: Served, text: str, domain: Domain = "img", *, ends: datetime | None = None) -> str:
    """Return an address as a host makes it that has a key."""
    signature = sign(shelf.service.playback.url_keys, domain, text, expires_at=ends)
    return f"/{domain}/{signature}/{quote(text)}"


def test_a_picture_is_made_as_its_address_says(shelf: Served, http: httpx2.Client) -> None:
    put(shelf, "shared/a.jpg", jpeg())

    answer = http.get(url(shelf, "w16/shared/a.jpg.png"))

    assert answer.status_code == 200, answer.text
    assert opened(answer.content).size == (16, 12)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == CHANGING
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"] == 'inline; filename="a.png"'
    assert "vary" not in answer.headers


@pytest.mark.parametrize("options", ["", "-", "w9999"], ids=["empty", "none", "never-enlarged"])
def test_options_may_be_empty(shelf: Served, http: httpx2.Client, options: str) -> None:
    put(shelf, "shared/plain.jpg", jpeg())

    answer = http.get(url(shelf, f"{options}/shared/plain.jpg.webp"))

    assert opened(answer.raise_for_status().content).size == (64, 48)


NAMES = {
    "odd": "shared/50% off #1?.jpg",
    "escape": "shared/a%2Fb%41.jpg",
    "plus": "shared/it's (2)+a&b=c.jpg",
    "letters": "shared/日本語 😀.png",
    "dots": "shared/a.b.c..jpg",
    "bare": "shared/no extension",
}


@pytest.mark.parametrize("key", NAMES.values(), ids=NAMES)
def test_names_of_any_letters_are_decoded_once(
    shelf: Served, http: httpx2.Client, key: str
) -> None:
    put(shelf, key, jpeg())
    text = f"w8/{key}.png"
    signature = sign(shelf.service.playback.url_keys, "img", text)

    with_slashes = http.get(f"/img/{signature}/{quote(text)}")
    without = http.get(f"/img/{signature}/{quote(text, safe='')}")
    original = http.get(url(shelf, key, "original"))

    assert [with_slashes.status_code, without.status_code] == [200, 200], without.text
    assert with_slashes.content == without.content
    assert original.content == jpeg()


def test_who_has_no_signature_learns_nothing(shelf: Served, http: httpx2.Client) -> None:
    put(shelf, "shared/hidden.jpg", jpeg())
    good = url(shelf, "w8/shared/hidden.jpg.png")
    signature = good.split("/")[2]
    mac = signature.rpartition(".")[2]
    forged = [
        good.replace("w8/", "w9/"),
        good.replace("hidden", "absent"),
        good.replace("/img/", "/original/"),
        good.replace(mac, "A" * 43),
        good.replace(signature, f"0.99999999999.{mac}"),
        good.replace(signature, f"other.0.{mac}"),
        good.replace(signature, "x"),
        f"/img/{signature}/",
        f"/img/{signature}/%ff",
        f"/img/{signature}/no-option/x.bmp",
        f"/thumb/{signature}/work/secret",
        "/img/x/y",
    ]

    answers = [http.get(each) for each in forged]

    assert {(each.status_code, each.json()["code"]) for each in answers} == {
        (403, "url-signature-invalid")
    }
    assert {each.headers["cache-control"] for each in answers} == {"no-store"}
    assert len({each.json()["detail"] for each in answers}) == 1


def test_an_address_of_one_kind_is_none_of_another(shelf: Served, http: httpx2.Client) -> None:
    key = put(shelf, "shared/kinds.jpg", jpeg())
    signature = sign(shelf.service.playback.url_keys, "thumb", key)

    assert http.get(f"/original/{signature}/{key}").status_code == 403


def test_an_address_ends(shelf: Served, http: httpx2.Client) -> None:
    put(shelf, "shared/ends.jpg", jpeg())
    over = url(shelf, "w8/shared/ends.jpg.png", ends=system_clock() - timedelta(seconds=1))
    lasts = url(shelf, "w8/shared/ends.jpg.png", ends=system_clock() + timedelta(hours=1))

    ended, good = http.get(over), http.get(lasts)

    assert (ended.status_code, ended.json()["code"]) == (403, "url-expired")
    assert good.status_code == 200


def test_a_pinned_picture_is_kept_for_ever_and_no_longer_than_its_address(
    shelf: Served, http: httpx2.Client
) -> None:
    key = put(shelf, "shared/pinned.jpg", jpeg())
    meta = shelf.portal.call(shelf.service.stores["source"].head, key)
    version = source_version(meta.etag, meta.size).name
    ends = system_clock() + timedelta(minutes=10)

    pinned = http.get(url(shelf, f"w8_v{version[:8]}/{key}.png"))
    other = http.get(url(shelf, f"w8_v00000000/{key}.png"))
    short = [http.get(url(shelf, f"w8_v{version}/{key}.png", ends=ends)) for _ in range(2)]

    assert pinned.headers["cache-control"] == YEAR
    assert other.headers["cache-control"] == CHANGING
    assert pinned.content == other.content
    for each in short:
        seconds = int(each.headers["cache-control"].split("max-age=")[1].split(",")[0])
        assert 500 < seconds <= 600


def test_the_format_is_the_one_that_a_reader_takes(shelf: Served, http: httpx2.Client) -> None:
    key = put(shelf, "shared/auto.jpg", jpeg())
    address = url(shelf, f"w8/{key}.auto")

    # Twice each, so that warm answers are told apart as well.
    kinds = [
        http.get(address, headers={"Accept": accept}).headers["content-type"]
        for _ in range(2)
        for accept in (AVIF, WEBP, "*/*", "")
    ]

    assert kinds == ["image/avif", "image/webp", "image/jpeg", "image/jpeg"] * 2
    assert http.get(address).headers["vary"] == "Accept"


def test_what_is_transparent_stays_so(shelf: Served, http: httpx2.Client) -> None:
    out = BytesIO()
    Image.new("RGBA", (8, 8), (255, 0, 0, 100)).save(out, "PNG")
    key = put(shelf, "shared/clear.png", out.getvalue(), kind="image/png")

    answer = http.get(url(shelf, f"-/{key}.auto"), headers={"Accept": "*/*"})

    assert answer.headers["content-type"] == "image/png"


def test_presets_are_options_under_a_name(shelf: Served, http: httpx2.Client) -> None:
    key = put(shelf, "shared/preset.jpg", jpeg())

    card = http.get(url(shelf, f"preset-card/{key}.png"))
    unknown = http.get(url(shelf, f"preset-none/{key}.png"))

    assert opened(card.content).size == (32, 32)
    assert (unknown.status_code, unknown.json()["code"]) == (400, "image-preset-unknown")


def test_conditions_ranges_and_head(shelf: Served, http: httpx2.Client) -> None:
    key = put(shelf, "shared/parts.jpg", jpeg())
    address = url(shelf, f"w16/{key}.png")
    whole = http.get(address)
    tag = whole.headers["etag"]

    same = http.get(address, headers={"If-None-Match": tag})
    listed = http.get(address, headers={"If-None-Match": f'"other", W/{tag}'})
    changed = http.get(address, headers={"If-None-Match": '"other"'})
    failed = http.get(address, headers={"If-Match": '"other"'})
    part = http.get(address, headers={"Range": "bytes=2-5"})
    beyond = http.get(address, headers={"Range": "bytes=999999-"})
    head = http.head(address)

    assert [same.status_code, listed.status_code, changed.status_code] == [304, 304, 200]
    assert same.content == b""
    assert same.headers["etag"] == tag
    assert same.headers["cache-control"] == CHANGING
    assert failed.status_code == 412
    assert (part.status_code, part.content) == (206, whole.content[2:6])
    assert part.headers["content-range"] == f"bytes 2-5/{len(whole.content)}"
    assert beyond.status_code == 416
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.content))


def test_any_page_may_ask(shelf: Served, http: httpx2.Client) -> None:
    for kind in ("img", "original", "thumb"):
        answer = http.request("OPTIONS", f"/{kind}/x/y")
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-methods"] == "GET, HEAD"


REFUSED = {
    "missing": ("w8/shared/nowhere.jpg.png", 404, "object-not-found"),
    "option": ("wide/shared/good.jpg.png", 400, "image-option-unknown"),
    "twice": ("w8_w9/shared/good.jpg.png", 400, "image-option-repeated"),
    "range": ("q101/shared/good.jpg.png", 400, "image-option-range"),
    "format": ("w8/shared/good.jpg.bmp", 400, "image-format-unsupported"),
    "garbage": ("w8/shared/garbage.jpg.png", 422, "image-unrecognised"),
    "cut-off": ("w8/shared/cut.jpg.png", 422, "image-unreadable"),
    "empty": ("w8/shared/empty.jpg.png", 422, "image-unrecognised"),
    "empty-auto": ("w8/shared/empty.jpg.auto", 422, "image-unrecognised"),
    "too-large": ("w8/shared/large.jpg.png", 413, "image-too-large"),
}


@pytest.fixture(scope="module")
def sources(shelf: Served) -> None:
    put(shelf, "shared/good.jpg", jpeg())
    put(shelf, "shared/garbage.jpg", b"no picture at all" * 100)
    put(shelf, "shared/cut.jpg", jpeg(600, 600)[:400])
    put(shelf, "shared/empty.jpg", b"")
    put(shelf, "shared/large.jpg", b"\xff\xd8\xff" + bytes(2**20))


@pytest.mark.usefixtures("sources")
@pytest.mark.parametrize(("text", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_told_and_kept_by_no_cache(
    shelf: Served, http: httpx2.Client, text: str, status: int, code: str
) -> None:
    answers = [http.get(url(shelf, text)) for _ in range(2)]

    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
        assert answer.headers["cache-control"] == "no-store"


def test_overwriting_a_source_never_serves_its_old_picture(
    shelf: Served, http: httpx2.Client
) -> None:
    key = put(shelf, "shared/changes.jpg", jpeg(color="red"))
    address = url(shelf, f"w4/{key}.png")
    before = [http.get(address) for _ in range(3)]

    put(shelf, key, jpeg(color="blue"))
    after = http.get(address, headers={"If-None-Match": before[0].headers["etag"]})

    assert [opened(each.content).convert("RGB").getpixel((0, 0)) for each in before] == [
        (254, 0, 0)
    ] * 3
    assert opened(after.content).convert("RGB").getpixel((0, 0)) == (0, 0, 254)


def test_a_removed_source_has_no_pictures(shelf: Served, http: httpx2.Client) -> None:
    key = put(shelf, "shared/goes.jpg", jpeg())
    address = url(shelf, f"w4/{key}.png")
    assert [http.get(address).status_code for _ in range(2)] == [200, 200]

    shelf.portal.call(shelf.service.stores["source"].delete, key)

    assert http.get(address).status_code == 404


def test_a_file_of_the_drive_that_is_replaced_shows_its_new_picture(program: Program) -> None:
    file = program.upload("photo.jpg", jpeg(color="red"))
    wanted = {"source": file["key"], "options": "w4", "format": "png"}
    address = program.call("POST", "/api/media/urls", json=wanted, status=201)["url"]
    first = httpx2.get(address)

    replaced = program.upload("photo.jpg", jpeg(color="blue"), on_conflict="replace")

    assert replaced["key"] == file["key"]
    assert opened(first.content).convert("RGB").getpixel((0, 0)) == (254, 0, 0)
    assert opened(httpx2.get(address).content).convert("RGB").getpixel((0, 0)) == (0, 0, 254)


ACTIVE = {
    "html": ("page.html", "text/html", b"<script>alert(1)</script>"),
    "xhtml": ("page.xhtml", "application/xhtml+xml", b"<html/>"),
    "script": ("code.js", "text/javascript", b"alert(1)"),
    "hidden": ("picture.png", "text/html", b"<script>alert(1)</script>"),
    "unknown": ("what.bin", "text/html; charset=utf-8", b"<script>alert(1)</script>"),
}


@pytest.mark.parametrize(("name", "kind", "body"), ACTIVE.values(), ids=ACTIVE)
def test_nothing_acts_in_our_origin(
    shelf: Served, http: httpx2.Client, name: str, kind: str, body: bytes
) -> None:
    key = put(shelf, f"shared/{name}", body, kind=kind)

    answer = http.get(url(shelf, key, "original"))

    essence = answer.headers["content-type"].partition(";")[0]
    assert essence in {"text/plain", "image/png", "application/octet-stream"}
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.content == body


def test_a_drawing_is_shown_in_a_sandbox(shelf: Served, http: httpx2.Client) -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    key = put(shelf, "shared/drawing.svg", drawing, kind="image/svg+xml")

    answer = http.get(url(shelf, key, "original"))

    policy = answer.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_an_original_is_streamed_by_ranges(shelf: Served, http: httpx2.Client) -> None:
    body = bytes(range(256)) * 8192
    key = put(shelf, "shared/film.mp4", body, kind="video/mp4")
    address = url(shelf, key, "original")

    whole, part, head = (
        http.get(address),
        http.get(address, headers={"Range": "bytes=1048570-1048585"}),
        http.head(address),
    )
    again = http.get(address, headers={"If-None-Match": whole.headers["etag"]})

    assert whole.content == body
    assert whole.headers["content-type"] == "video/mp4"
    assert whole.headers["cache-control"] == CHANGING
    assert (part.status_code, part.content) == (206, body[1048570:1048586])
    assert head.headers["content-length"] == str(len(body))
    assert again.status_code == 304


def test_pictures_of_the_media_store_are_served(shelf: Served, http: httpx2.Client) -> None:
    thumb = put(shelf, "images/ab/abcd/thumb.webp", b"webp", role="media")
    kept = put(shelf, f"cache/{'0' * 64}.jpg", b"jpeg", role="media")
    put(shelf, "work/secret.jpg", b"secret", role="media")

    answers = [http.get(url(shelf, each, "thumb")) for each in (thumb, kept)]
    refused = [
        http.get(url(shelf, each, "thumb"))
        for each in ("work/secret.jpg", "videos/ab/abcd/master.m3u8", "images/ab/none.webp")
    ]

    assert [each.content for each in answers] == [b"webp", b"jpeg"]
    assert [each.headers["content-type"] for each in answers] == ["image/webp", "image/jpeg"]
    assert [each.headers["cache-control"] for each in answers] == [CHANGING, YEAR]
    assert {each.status_code for each in refused} == {404}


def test_addresses_are_made_for_who_may_read_the_source(program: Program) -> None:
    file = program.upload("photo.jpg", jpeg())
    source = {"source": file["key"]}

    original = program.call("POST", "/api/media/urls", json=source, status=201)
    picture = program.call(
        "POST", "/api/media/urls", json={**source, "options": "h6", "expires_in": 60}, status=201
    )
    pinned = program.call(
        "POST",
        "/api/media/urls",
        json={**source, "options": "h6", "pinned": True, "expires_in": None},
        status=201,
    )
    wrong = program.call("POST", "/api/media/urls", json={**source, "options": "x"}, status=400)

    assert httpx2.get(original["url"]).content == jpeg()
    ends_at = datetime.fromisoformat(original["expires_at"])
    assert timedelta(days=6) < ends_at - datetime.now(UTC) <= timedelta(days=7)
    assert pinned["expires_at"] is None
    assert httpx2.get(pinned["url"]).headers["cache-control"] == YEAR
    shown = httpx2.get(picture["url"], headers={"Accept": "image/webp"})
    assert opened(shown.content).size == (8, 6)
    assert datetime.fromisoformat(picture["expires_at"]) <= datetime.now(UTC) + timedelta(
        seconds=60
    )
    assert wrong["code"] == "image-option-unknown"


def test_who_may_only_read_makes_no_address_without_an_end(program: Program) -> None:
    source = {"source": program.upload("photo.jpg", jpeg())["key"]}
    wish = {"name": "reader", "scopes": ["drive:read"], "expires_in_days": 1}
    token = program.call("POST", "/api/tokens", json=wish, status=201)["token"]
    reader = {"Authorization": f"Bearer {token}"}

    url = f"{program.http.base_url}/api/media/urls"
    answers = [
        httpx2.post(url, json={**source, **end}, headers=reader)
        for end in ({}, {"expires_in": 60}, {"expires_in": None})
    ]

    assert [each.status_code for each in answers] == [201, 201, 403]


def test_nobody_makes_addresses_without_a_sign_in(shelf: Served, http: httpx2.Client) -> None:
    assert http.post("/api/media/urls", json={"source": "shared/a.jpg"}).status_code == 401


def test_pictures_are_counted(shelf: Served, http: httpx2.Client) -> None:
    key = put(shelf, "shared/counted.jpg", jpeg())
    for _ in range(2):
        http.get(url(shelf, f"w5/{key}.png")).raise_for_status()

    told = httpx2.get(f"{shelf.admin_url}/metrics").text

    for name in (
        'keyshelf_pictures_served_total{layer="memory"}',
        'keyshelf_pictures_served_total{layer="render"}',
        "keyshelf_picture_render_duration_seconds_count",
        "keyshelf_pictures_waiting 0.0",
        "keyshelf_picture_memory_bytes",
        'route="/img/{signature}/{address:path}"',
    ):
        assert name in told
