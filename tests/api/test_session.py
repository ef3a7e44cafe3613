"""Who is there, and what a cookie alone may not do."""

from pathlib import Path

import httpx2
import pytest

from tests.database import NewDatabase
from tests.patience import PATIENCE
from tests.served import Served, serve


def test_nobody_is_told_to_sign_in(served: Served) -> None:
    response = httpx2.get(f"{served.url}/api/session", timeout=PATIENCE)

    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == "unauthenticated"


def test_a_wrong_token_is_refused(served: Served) -> None:
    response = httpx2.post(f"{served.url}/api/session", json={"token": "x" * 64}, timeout=PATIENCE)

    assert response.status_code == 401
    assert "set-cookie" not in response.headers


def test_signing_in_sets_a_cookie_that_scripts_cannot_read(served: Served) -> None:
    response = httpx2.post(
        f"{served.url}/api/session", json={"token": served.token}, timeout=PATIENCE
    )

    cookie = response.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_a_cookie_without_its_proof_changes_nothing(browser: httpx2.Client) -> None:
    del browser.headers["X-CSRF-Token"]

    assert browser.get("/api/files").status_code == 200
    for method, path in (("POST", "/api/folders"), ("DELETE", "/api/trash")):
        response = browser.request(method, path, json={"name": "forged"})
        assert (response.status_code, response.json()["code"]) == (403, "csrf-failed")


def test_signing_out_ends_the_session(browser: httpx2.Client) -> None:
    secret = browser.cookies["keyshelf_session"]

    assert browser.delete("/api/session").status_code == 204
    headers = {"Cookie": f"keyshelf_session={secret}"}
    answer = httpx2.get(f"{browser.base_url}/api/session", headers=headers, timeout=PATIENCE)
    assert answer.status_code == 401


def test_a_token_does_what_its_scopes_say_and_no_more(browser: httpx2.Client) -> None:
    wish = {"name": "reader", "scopes": ["drive:read"], "expires_in_days": 1}
    made = browser.post("/api/tokens", json=wish).json()
    headers = {"Authorization": f"Bearer {made['token']}"}
    url = str(browser.base_url)

    assert httpx2.get(f"{url}/api/files", headers=headers, timeout=PATIENCE).status_code == 200
    refused = httpx2.post(
        f"{url}/api/folders", headers=headers, json={"name": "x"}, timeout=PATIENCE
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient-scope")
    assert browser.delete(f"/api/tokens/{made['id']}").status_code == 204
    assert httpx2.get(f"{url}/api/files", headers=headers, timeout=PATIENCE).status_code == 401


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/api/nothing/here", "/api/files/", "/api", "/assets/none"])
def test_an_unknown_address_of_the_api_is_a_problem_not_the_page(
    served: Served, method: str, path: str
) -> None:
    response = httpx2.request(method, f"{served.url}{path}", timeout=PATIENCE)

    is_of_assets = path.startswith("/assets") and method != "GET"
    assert response.status_code == (405 if is_of_assets else 404)
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/api/files", "GET, POST"),
        ("POST", "/api/files/01890a5d-ac96-774b-bcce-b302099a8057", "GET, PATCH, DELETE"),
        ("POST", "/healthz", "GET"),
        ("POST", "/folder/x", "GET, HEAD"),
        ("POST", "/signed/source", "GET, HEAD, PUT, OPTIONS"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(
    served: Served, method: str, path: str, allowed: str
) -> None:
    response = httpx2.request(method, f"{served.url}{path}", timeout=PATIENCE)

    assert (response.status_code, response.headers["allow"]) == (405, allowed)


def test_admin_routes_are_not_on_the_public_listener(served: Served) -> None:
    headers = {"Authorization": f"Bearer {served.token}"}

    public = httpx2.post(
        f"{served.url}/api/admin/backfill", headers=headers, json={}, timeout=PATIENCE
    )
    metrics = httpx2.get(f"{served.url}/metrics", headers=headers, timeout=PATIENCE)

    assert public.status_code == 404
    assert metrics.status_code == 404
    assert httpx2.get(f"{served.admin_url}/metrics", timeout=PATIENCE).status_code == 200


def test_probes_answer_without_signing_in(served: Served) -> None:
    assert httpx2.get(f"{served.url}/healthz", timeout=PATIENCE).json() == {"status": "ok"}
    assert httpx2.get(f"{served.url}/readyz", timeout=PATIENCE).json()["checks"]["source"] == "ok"


def test_what_is_wrong_with_a_part_is_told_on_the_private_listener_alone(
    new_database: NewDatabase, tmp_path: Path
) -> None:
    away = {
        "MEDIA_BUCKET": "s3://media",
        "MEDIA_S3_ENDPOINT": "http://127.0.0.1:9",
        "MEDIA_S3_ACCESS_KEY": "a",
        "MEDIA_S3_SECRET_KEY": "b",
    }
    with new_database() as database_url, serve(database_url, tmp_path, away) as served:
        public = httpx2.get(f"{served.url}/readyz", timeout=PATIENCE)
        private = httpx2.get(f"{served.admin_url}/readyz", timeout=PATIENCE)

    assert (public.status_code, private.status_code) == (503, 503)
    assert public.json()["checks"]["media"] == "unavailable"
    assert "127.0.0.1:9" in private.json()["checks"]["media"]
    assert public.json()["checks"]["source"] == private.json()["checks"]["source"] == "ok"
