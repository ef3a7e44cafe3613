"""Signing in by a link or with a token, and out again."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.complaints import Complaints
from tests.served import Served

pytestmark = pytest.mark.browser


def test_a_sign_in_link_opens_the_drive_and_its_token_leaves_the_address(
    stranger: Page, served: Served
) -> None:
    stranger.goto(f"/sign-in#token={served.token}")

    expect(stranger.get_by_role("heading", name="My files")).to_be_visible()
    assert stranger.url == f"{served.url}/"
    stranger.go_back()
    assert served.token not in stranger.url


def test_a_token_is_asked_for_and_a_wrong_one_is_refused_in_words(
    stranger: Page, served: Served, complaints: Complaints
) -> None:
    complaints.expect(401)
    stranger.goto("/recent")
    field = stranger.get_by_label("Access token")

    field.fill("not-the-token")
    stranger.keyboard.press("Enter")

    expect(stranger.locator(".field-error")).to_be_visible()
    field.fill(served.token)
    stranger.get_by_role("button", name="Sign in").click()
    expect(stranger.get_by_role("heading", name="Recent")).to_be_visible()


def test_signing_out_ends_the_session(
    stranger: Page, served: Served, complaints: Complaints
) -> None:
    complaints.expect(401)
    stranger.goto(f"/sign-in#token={served.token}")
    stranger.get_by_role("button", name="Account of").click()

    stranger.get_by_role("menuitem", name="Sign out").click()

    expect(stranger.get_by_role("heading", name="Sign in to Keyshelf")).to_be_visible()
    assert stranger.context.cookies() == []
    assert stranger.request.get("/api/session").status == 401


def test_a_session_that_ended_elsewhere_leads_to_the_sign_in_page(
    stranger: Page, served: Served, complaints: Complaints
) -> None:
    complaints.expect(401)
    stranger.goto(f"/sign-in#token={served.token}")
    places = stranger.get_by_role("navigation", name="Places")
    expect(places).to_be_visible()

    stranger.context.clear_cookies()
    places.get_by_role("link", name="Favourites").click()

    expect(stranger.get_by_role("heading", name="Sign in to Keyshelf")).to_be_visible()
