"""What each route must do for somebody who has nothing to do with what it names.

A new route is added here, or `test_every_route` fails.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from tests.api.conftest import Json


class Kind(Enum):
    """What a route is about."""

    OPEN = "open"
    """Nobody's: the same for all."""
    OWN = "own"
    """What the caller has, or makes: it works, and nothing of another is in the answer."""
    THING = "thing"
    """Somebody's thing, by its id, hash or key: it is not there for a stranger."""
    EACH = "each"
    """Things in the body, each answered by itself: none is there for a stranger."""
    LINK = "link"
    """An address that carries its own proof: another service refuses it."""
    ADMIN = "admin"
    """Administrators'."""


@dataclass(frozen=True)
class Case:
    """A kind, and what is sent: bodies and queries are filled with the owner's things."""

    kind: Kind
    body: Callable[[Mapping[str, str]], Json] = lambda _: None
    query: Callable[[Mapping[str, str]], Mapping[str, str]] = lambda _: {}
    content: bytes | None = None


OPEN, OWN, THING, LINK, ADMIN = (
    Case(each) for each in (Kind.OPEN, Kind.OWN, Kind.THING, Kind.LINK, Kind.ADMIN)
)


def thing(body: Callable[[Mapping[str, str]], Json]) -> Case:
    return Case(Kind.THING, body)


def asked(**query: str) -> Case:
    return Case(Kind.THING, query=lambda has: {k: v.format(**has) for k, v in query.items()})


_REPOSITORY = "/api/repositories/{repository_id}"

ROUTES: Mapping[str, Case] = {
    "OPTIONS /signed/{role}": OPEN,
    "GET /signed/{role}": LINK,
    "HEAD /signed/{role}": LINK,
    "PUT /signed/{role}": LINK,
    "POST /api/media/urls": thing(lambda has: {"source": has["key"]}),
    "OPTIONS /thumb/{path:path}": OPEN,
    "OPTIONS /original/{path:path}": OPEN,
    "OPTIONS /img/{path:path}": OPEN,
    "HEAD /img/{signature}/{address:path}": LINK,
    "GET /img/{signature}/{address:path}": LINK,
    "HEAD /original/{signature}/{key:path}": LINK,
    "GET /original/{signature}/{key:path}": LINK,
    "HEAD /thumb/{signature}/{key:path}": LINK,
    "GET /thumb/{signature}/{key:path}": LINK,
    "POST /api/playback-tokens": thing(lambda has: {"hash": has["hash"]}),
    "OPTIONS /api/key/{key_id}": OPEN,
    "GET /api/key/{key_id}": LINK,
    "OPTIONS /stream/{path:path}": OPEN,
    "HEAD /stream/{hash}/{path:path}": LINK,
    "GET /stream/{hash}/{path:path}": LINK,
    "GET /api/session": OWN,
    "POST /api/session": Case(Kind.THING, lambda has: {"token": has["token"]}),
    "DELETE /api/session": OWN,
    # Whoever holds a token makes and revokes none.
    "GET /api/tokens": THING,
    "POST /api/tokens": thing(
        lambda _: {"name": "x", "scopes": ["drive:read"], "expires_in_days": 3}
    ),
    "DELETE /api/tokens/{token_id}": THING,
    "GET /api/files": asked(parent_id="{folder_id}"),
    "GET /api/folders/{folder_id}/children": THING,
    "GET /api/folders/{folder_id}/path": THING,
    "GET /api/recent": OWN,
    "GET /api/favorites": OWN,
    "GET /api/search": Case(Kind.OWN, query=lambda has: {"q": has["word"]}),
    "GET /api/files/{file_id}/download": THING,
    "GET /api/folders/{folder_id}/zip": THING,
    "GET /api/zip": asked(ids="{file_id}"),
    "POST /api/zip": thing(lambda has: {"ids": [has["file_id"]]}),
    "GET /api/zip/{selection_id}": THING,
    "GET /api/trash": OWN,
    "DELETE /api/trash": OWN,
    "POST /api/batch": Case(
        Kind.EACH, lambda has: {"action": "trash", "ids": [has["file_id"], has["folder_id"]]}
    ),
    "POST /api/files": thing(
        lambda has: {"filename": "a.txt", "size": 1, "parent_id": has["folder_id"]}
    ),
    "POST /api/files/{file_id}/upload-url": thing(lambda _: {}),
    "GET /api/files/{file_id}/upload": THING,
    "POST /api/files/{file_id}/complete-upload": THING,
    "DELETE /api/files/{file_id}/upload": THING,
    "GET /api/uploads": OWN,
    "POST /api/folders": thing(lambda has: {"name": "x", "parent_id": has["folder_id"]}),
    "GET /api/files/{file_id}": THING,
    "PATCH /api/files/{file_id}": thing(lambda _: {"filename": "taken.txt"}),
    "POST /api/files/{file_id}/copy": thing(lambda _: {"space": "my-files"}),
    "DELETE /api/files/{file_id}": THING,
    "POST /api/files/{file_id}/restore": thing(lambda _: {}),
    "POST /api/files/{file_id}/inspect": THING,
    "PUT /api/files/{file_id}/favorite": thing(lambda _: {"favorited": True}),
    "POST /api/files/{file_id}/open": THING,
    "POST /api/jobs": thing(
        lambda has: {"type": "image:thumbnail", "hash": has["hash"], "source": has["key"]}
    ),
    "POST /api/jobs/{job_id}/webhook": THING,
    "GET /api/jobs": OWN,
    "GET /api/jobs/{job_id}": THING,
    "GET /api/jobs/{job_id}/log": THING,
    "POST /api/jobs/{job_id}/pause": THING,
    "POST /api/jobs/{job_id}/resume": THING,
    "POST /api/jobs/{job_id}/cancel": THING,
    "POST /api/jobs/{job_id}/retry": THING,
    "GET /api/jobs/{job_id}/events": THING,
    "GET /api/media/{hash}": THING,
    "DELETE /api/media/{hash}": THING,
    "GET /api/repositories": OWN,
    "POST /api/repositories": Case(Kind.OWN, lambda _: {"name": "mine"}),
    f"GET {_REPOSITORY}": THING,
    f"PATCH {_REPOSITORY}": thing(lambda _: {"name": "taken"}),
    f"GET {_REPOSITORY}/refs": THING,
    f"GET {_REPOSITORY}/refs/{{kind}}/{{name:path}}": THING,
    f"PUT {_REPOSITORY}/refs/{{kind}}/{{name:path}}": thing(
        lambda has: {"commit": has["commit"], "expected": None}
    ),
    f"DELETE {_REPOSITORY}/refs/{{kind}}/{{name:path}}": asked(expected="{commit}"),
    f"GET {_REPOSITORY}/hashes": asked(beginning="aa"),
    f"POST {_REPOSITORY}/pushes": THING,
    f"DELETE {_REPOSITORY}/pushes/{{push_id}}": THING,
    f"GET {_REPOSITORY}/manifests/{{commit}}": THING,
    f"PUT {_REPOSITORY}/manifests/{{commit}}": Case(
        Kind.THING,
        query=lambda has: {
            "push": has["push_id"],
            "branch": "main",
            "root": has["chunk"],
            "parents": "",
            "generation": "1",
            "files": "1",
            "bytes": "1",
        },
        content=b"x",
    ),
    f"GET {_REPOSITORY}/filter": THING,
    f"GET {_REPOSITORY}/chunks": THING,
    f"POST {_REPOSITORY}/chunks/missing": thing(lambda has: {"ids": [has["chunk"]]}),
    f"POST {_REPOSITORY}/chunks/uploads": thing(
        lambda has: {
            "push": has["push_id"],
            "chunks": [
                {
                    "id": has["chunk"],
                    "size": 100,
                    "stored_size": 140,
                    "sha256": "0" * 64,
                    "compression": "none",
                }
            ],
        }
    ),
    f"POST {_REPOSITORY}/chunks/confirm": thing(
        lambda has: {
            "push": has["push_id"],
            "reservation": has["push_id"],
            "chunks": [{"id": has["chunk"], "size": 100, "proof": "0" * 64}],
        }
    ),
    f"POST {_REPOSITORY}/chunks/downloads": thing(lambda has: {"ids": [has["chunk"]]}),
    f"POST {_REPOSITORY}/chunks/content": thing(lambda has: {"ids": [has["chunk"]]}),
    f"PUT {_REPOSITORY}/chunks/content": Case(
        Kind.THING, query=lambda has: {"push": has["push_id"]}, content=b"x"
    ),
    f"POST {_REPOSITORY}/chunks/delete": thing(lambda has: {"ids": [has["chunk"]]}),
    f"PUT {_REPOSITORY}/chunks/{{chunk}}": Case(
        Kind.THING, query=lambda has: {"push": has["push_id"]}, content=b"x"
    ),
    f"GET {_REPOSITORY}/commits": THING,
    f"GET {_REPOSITORY}/commits/{{ref:path}}": THING,
    f"GET {_REPOSITORY}/tree/{{ref:path}}": THING,
    f"GET {_REPOSITORY}/diff": asked(**{"from": "main", "to": "main"}),
    f"GET {_REPOSITORY}/diff/folders": asked(**{"from": "main", "to": "main"}),
    f"HEAD {_REPOSITORY}/file/{{ref:path}}": asked(path="a.txt"),
    f"GET {_REPOSITORY}/file/{{ref:path}}": asked(path="a.txt"),
    f"GET {_REPOSITORY}/archive/{{ref:path}}": THING,
    f"GET {_REPOSITORY}/proxies/{{asset}}": THING,
    f"PUT {_REPOSITORY}/proxies/{{asset}}/{{name}}": Case(Kind.THING, content=b"x"),
    f"HEAD {_REPOSITORY}/proxies/{{asset}}/{{name}}": THING,
    f"GET {_REPOSITORY}/proxies/{{asset}}/{{name}}": THING,
    f"DELETE {_REPOSITORY}/proxies/{{asset}}/{{name}}": THING,
    f"GET {_REPOSITORY}/stats": THING,
    f"POST {_REPOSITORY}/gc": THING,
    f"POST {_REPOSITORY}/check": THING,
    "GET /healthz": OPEN,
    "GET /livez": OPEN,
    "GET /readyz": OPEN,
    "POST /api/admin/backfill": Case(Kind.ADMIN, lambda _: {}),
    "GET /api/admin/missing": ADMIN,
    "POST /api/admin/content-keys/rotate": ADMIN,
    "GET /metrics": OPEN,
}


def case_of(route: str) -> Case | None:
    """Return how a route is classified; None when nobody has."""
    if route.partition(" ")[2].startswith("/api/operations/"):
        return ADMIN
    return ROUTES.get(route)
