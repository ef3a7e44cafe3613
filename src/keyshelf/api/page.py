"""The built page: its assets, and its index for every address that the page routes itself."""

from importlib import resources
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse, Response
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_RESERVED = (
    *("/api", "/signed", "/assets", "/healthz", "/livez", "/readyz", "/metrics"),
    *("/img/", "/original/", "/thumb/", "/stream/"),
)
_NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Keyshelf</title>
<body><h1>Keyshelf runs, its page is not built</h1>
<p>The service, its API and its command line work. To have the page, install Node.js 20.19 or newer
and run <code>make up</code> again.</p></body></html>"""


def static_folder() -> Path:
    """Return where the built page is, or would be."""
    return Path(str(resources.files("keyshelf.api").joinpath("static")))


def serve_page(app: FastAPI, *, connect_to: list[str]) -> None:
    """Serve the built page under a strict policy; `connect_to` are the stores."""
    folder = static_folder()
    headers = {
        "Content-Security-Policy": _policy(connect_to),
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cache-Control": "no-cache",
    }
    if (folder / "assets").is_dir():
        app.mount("/assets", _Immutable(directory=folder / "assets"), name="assets")

    async def page(path: str) -> Response:
        index = folder / "index.html"
        if not index.is_file():
            return HTMLResponse(_NOT_BUILT, 503, headers)
        file = folder / path
        if path and "/" not in path and not path.startswith(".") and file.is_file():
            return FileResponse(file, headers=headers)
        return FileResponse(index, headers=headers)

    app.router.routes.append(
        _PageRoute("/{path:path}", page, methods=["GET", "HEAD"], include_in_schema=False)
    )


class _PageRoute(APIRoute):
    """Every address but those of programs: of these, what nobody else answers is not there."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if str(scope["path"]).startswith(_RESERVED):
            return Match.NONE, {}
        return super().matches(scope)


class _Immutable(StaticFiles):
    """Files whose names change with their content."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]  # passed on as it came
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def _policy(connect_to: list[str]) -> str:
    stores = " ".join(connect_to)
    sources = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "style-src-attr": "'unsafe-inline'",
        "font-src": "'self'",
        "connect-src": f"'self' {stores}",
        "img-src": f"'self' blob: data: {stores}",
        "media-src": f"'self' blob: {stores}",
        "frame-src": f"'self' {stores}",
        "object-src": f"'self' {stores}",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}".strip() for name, value in sources.items())
