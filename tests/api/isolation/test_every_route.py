"""Nobody reaches what is another's, by any route: of one service, or of two tenants."""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import httpx2
import pytest
from fastapi.routing import APIRoute

from keyshelf.api.main import PRIVATE_ROUTES, PUBLIC_ROUTES
from tests.api.isolation.belongings import WORD, Belongings, Person
from tests.api.isolation.routes_table import ROUTES, Case, Kind, case_of
from tests.patience import PATIENCE
from tests.served import Served

pytestmark = pytest.mark.services

REFUSED = {401, 403, 404}


@dataclass(frozen=True)
class Walked:
    """A route as the applications have it, and what is said of it."""

    method: str
    path: str
    is_private: bool

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def case(self) -> Case:
        return case_of(self.name) or Case(Kind.THING)

    def base(self, served: Served) -> str:
        return served.admin_url if self.is_private else served.url


WALKED = [
    Walked(method, route.path, routers is PRIVATE_ROUTES)
    for routers in (PUBLIC_ROUTES, PRIVATE_ROUTES)
    for router in routers
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in sorted(route.methods or ())
]
every_route = pytest.mark.parametrize(
    "walked",
    [
        pytest.param(each, id=f"{'private ' * each.is_private}{each.name}")
        for each in WALKED
        if each.case.kind is not Kind.LINK
    ],
)


def test_every_route_is_classified() -> None:
    found = {each.name for each in WALKED}

    assert [each for each in found if case_of(each) is None] == [], "say so in routes_table.py"
    assert ROUTES.keys() - found == set()


def ask(
    http: httpx2.Client, served: Served, walked: Walked, belongings: Belongings
) -> httpx2.Response:
    """Send what a route takes, filled with what is Anna's."""
    has = {**belongings.has, "name": "1080p.mp4" if "proxies" in walked.path else "main"}
    filled = re.sub(
        r"{(\w+)(?::path)?}", lambda found: quote(has.get(found[1], "x"), safe=""), walked.path
    )
    case = walked.case
    return http.request(
        walked.method,
        f"{walked.base(served)}{filled}",
        params=case.query(has),
        json=None if case.content is not None else case.body(has),
        content=case.content,
    )


def require_kept(answer: httpx2.Response, walked: Walked, belongings: Belongings) -> None:
    """Require that a stranger's answer is what the route's kind says, with nothing of Anna's."""
    assert belongings.has["token"] not in answer.text
    match walked.case.kind:
        case Kind.THING | Kind.ADMIN:
            assert answer.status_code in REFUSED, answer.text
        case Kind.EACH:
            refused = {each["problem"]["status"] for each in answer.json()["results"]}
            assert refused <= REFUSED
        case Kind.OWN | Kind.OPEN | Kind.LINK:
            assert answer.status_code < 400, answer.text
            assert not [each for each in belongings.markers if each in answer.text]


def require_untouched(anna: Person, belongings: Belongings) -> None:
    """Require that what is Anna's is as it was."""
    has = belongings.has
    file = anna.program.call("GET", f"/api/files/{has['file_id']}", status=200)["file"]
    assert file["key"] == has["key"]
    shelf = anna.program.call("GET", f"/api/repositories/{has['repository_id']}", status=200)
    assert shelf["name"] == f"{WORD}-repository"


@every_route
def test_another_identity_of_the_service_reaches_nothing(
    walked: Walked, acme: Served, anna: Person, ben: Person, belongings: Belongings
) -> None:
    answer = ask(ben.program.http, acme, walked, belongings)

    require_kept(answer, walked, belongings)
    if walked.method not in {"GET", "HEAD", "OPTIONS"}:
        require_untouched(anna, belongings)


@every_route
def test_another_tenant_reaches_nothing(
    walked: Walked, rival: Served, anna: Person, rita: Person, belongings: Belongings
) -> None:
    require_kept(ask(rita.program.http, rival, walked, belongings), walked, belongings)

    with httpx2.Client(headers=anna.program.http.headers, timeout=PATIENCE) as http:
        unknown = ask(http, rival, walked, belongings)
    if walked.case.kind is not Kind.OPEN:
        assert unknown.status_code == 401, unknown.text


def test_addresses_that_one_tenant_signed_are_good_there_only(
    acme: Served, rival: Served, belongings: Belongings
) -> None:
    kinds = {route.split("/")[1] for route, case in ROUTES.items() if case.kind is Kind.LINK}
    assert {link.kind for link in belongings.links} == kinds

    with httpx2.Client(timeout=PATIENCE) as http:
        for link in belongings.links:
            good = http.get(f"{acme.url}{link.target}", headers=link.headers)
            refused = [
                http.request(method, f"{rival.url}{link.target}", headers=link.headers)
                for method in ("GET", "HEAD", "PUT")
            ]
            assert good.status_code == 200, link.target
            assert {each.status_code for each in refused} <= {*REFUSED, 405}, link.target


def test_a_signed_chunk_is_of_one_bucket(
    acme: Served, rival: Served, belongings: Belongings
) -> None:
    mine, other = (urlsplit(at.service.bucket_of("repository")).netloc for at in (acme, rival))
    url = belongings.chunk_url
    assert (mine in url, mine == other) == (True, False)

    with httpx2.Client(timeout=PATIENCE) as http:
        assert http.get(url).status_code == 200
        assert http.get(url.replace(mine, other)).status_code == 403


def test_a_chunk_of_one_tenant_is_missing_at_the_other(
    rita: Person, belongings: Belongings
) -> None:
    made = rita.program.call("POST", "/api/repositories", json={"name": "own"}, status=201)
    chunk = belongings.has["chunk"]

    asked = rita.program.call(
        "POST", f"/api/repositories/{made['id']}/chunks/missing", json={"ids": [chunk]}
    )

    assert asked["missing"] == [chunk]
