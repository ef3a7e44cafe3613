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


def test_a_link_that_lets_nobody_in_says_so(stranger: Page, complaints: Complaints) -> None:
    complaints.expect(401)

    stranger.goto("/sign-in#token=of-another-service")

    expect(stranger.get_by_role("status")).to_contain_text("This sign-in link is not valid")
    expect(stranger.get_by_label("Access token")).to_be_focused()


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
    expect(stranger.get_by_text("Your session has ended.")).to_be_visible()


def test_a_service_that_is_away_for_a_moment_leaves_the_page_as_it_is(
    stranger: Page, served: Served, complaints: Complaints
) -> None:
    complaints.expect(503)
    stranger.clock.install()
    stranger.goto(f"/sign-in#token={served.token}")
    places = stranger.get_by_role("navigation", name="Places")
    expect(places).to_be_visible()
    stranger.route("**/api/session", lambda route: route.fulfill(status=503))

    with stranger.expect_response("**/api/session"):
        stranger.clock.fast_forward("31:00")

    expect(places).to_be_visible()
    expect(stranger.get_by_text("Keyshelf cannot be reached")).to_have_count(0)


def test_without_a_network_the_page_says_so_and_goes_on_when_it_is_back(
    stranger: Page, served: Served, complaints: Complaints
) -> None:
    complaints.expect(401)
    complaints.expect_no_network()
    stranger.goto(f"/sign-in#token={served.token}")
    places = stranger.get_by_role("navigation", name="Places")
    expect(stranger.get_by_role("heading", name="My files")).to_be_visible()
    places.get_by_role("link", name="Trash").click()
    expect(stranger.get_by_role("heading", name="Trash", exact=True)).to_be_visible()
    stranger.context.set_offline(True)

    places.get_by_role("link", name="Favourites").click()
    expect(stranger.get_by_text("Keyshelf cannot be reached")).to_be_visible()
    stranger.context.set_offline(False)

    expect(stranger.get_by_text("Keyshelf cannot be reached")).to_have_count(0)
