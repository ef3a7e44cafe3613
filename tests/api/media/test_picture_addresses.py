"""Signed addresses: who makes them, whom they serve, and how long."""

from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from keyshelf.clock import system_clock
from keyshelf.delivery.url_signatures import sign
from keyshelf.media.source_versions import SourceVersion
from tests.api.conftest import Program
from tests.api.media.pictures import CHANGING, YEAR, jpeg, opened, put, url
from tests.patience import PATIENCE
from tests.served import Served

pytestmark = pytest.mark.services


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
    version = SourceVersion(meta.etag, meta.size).name
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

    assert httpx2.get(original["url"], timeout=PATIENCE).content == jpeg()
    ends_at = datetime.fromisoformat(original["expires_at"])
    assert timedelta(days=6) < ends_at - datetime.now(UTC) <= timedelta(days=7)
    assert pinned["expires_at"] is None
    assert httpx2.get(pinned["url"], timeout=PATIENCE).headers["cache-control"] == YEAR
    shown = httpx2.get(picture["url"], headers={"Accept": "image/webp"}, timeout=PATIENCE)
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
        httpx2.post(url, json={**source, **end}, headers=reader, timeout=PATIENCE)
        for end in ({}, {"expires_in": 60}, {"expires_in": None})
    ]

    assert [each.status_code for each in answers] == [201, 201, 403]


def test_nobody_makes_addresses_without_a_sign_in(shelf: Served, http: httpx2.Client) -> None:
    assert http.post("/api/media/urls", json={"source": "shared/a.jpg"}).status_code == 401
