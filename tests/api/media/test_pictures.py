"""Pictures under signed addresses, as browsers ask for them."""

from io import BytesIO
from urllib.parse import quote

import httpx2
import pytest
from PIL import Image

from keyshelf.delivery.url_signatures import sign
from tests.api.conftest import Program
from tests.api.media.pictures import CHANGING, jpeg, opened, put, url
from tests.patience import PATIENCE
from tests.served import Served

pytestmark = pytest.mark.services

AVIF, WEBP = "image/avif,image/webp,*/*;q=0.8", "image/webp,*/*"


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
    first = httpx2.get(address, timeout=PATIENCE)

    replaced = program.upload("photo.jpg", jpeg(color="blue"), on_conflict="replace")

    second = httpx2.get(address, timeout=PATIENCE)
    assert replaced["key"] == file["key"]
    assert opened(first.content).convert("RGB").getpixel((0, 0)) == (254, 0, 0)
    assert opened(second.content).convert("RGB").getpixel((0, 0)) == (0, 0, 254)


def test_pictures_are_counted(shelf: Served, http: httpx2.Client) -> None:
    key = put(shelf, "shared/counted.jpg", jpeg())
    for _ in range(2):
        http.get(url(shelf, f"w5/{key}.png")).raise_for_status()

    told = httpx2.get(f"{shelf.admin_url}/metrics", timeout=PATIENCE).text

    for name in (
        'keyshelf_pictures_served_total{layer="memory"}',
        'keyshelf_pictures_served_total{layer="render"}',
        "keyshelf_picture_render_duration_seconds_count",
        "keyshelf_pictures_waiting 0.0",
        "keyshelf_picture_memory_bytes",
        'route="/img/{signature}/{address:path}"',
    ):
        assert name in told
