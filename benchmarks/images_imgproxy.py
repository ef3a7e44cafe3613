"""imgproxy, which pictures are compared with: built where Go and the headers of libvips are."""

import base64
import hmac
import os
import secrets
import shutil
import subprocess
import textwrap
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from benchmarks.images_peers import Address, NotHereError
from tests.servers.process import free_port

IMGPROXY = "github.com/imgproxy/imgproxy/v3@v3.30.1"
_PROGRAMS = Path(__file__).parents[1] / ".tools/go/bin"
_WHERE_GO_INSTALLS_ITSELF = "/usr/local/go/bin"
_BUILD_SECONDS = 900
_QUALITY = {"jpg": 80, "webp": 80, "avif": 50}
# Beside the defaults, which are ours as well. An AVIF's speed is nine less our effort.
_SETTINGS = {"IMGPROXY_AVIF_SPEED": "6", "IMGPROXY_WEBP_EFFORT": "4", "IMGPROXY_LOG_LEVEL": "error"}


def program() -> Path:
    """Return imgproxy, built if it is not there. Raises `NotHereError`."""
    built = _PROGRAMS / "imgproxy"
    if built.exists():
        return built
    go = shutil.which("go") or shutil.which("go", path=_WHERE_GO_INSTALLS_ITSELF)
    if go is None:
        raise NotHereError("Go is needed to build it")
    config = shutil.which("pkg-config")
    if config is None or subprocess.run([config, "--exists", "vips"], check=False).returncode != 0:
        raise NotHereError("the headers of libvips are needed to build it (libvips-dev)")
    told = {"GOBIN": str(_PROGRAMS), "CGO_ENABLED": "1", "CGO_LDFLAGS_ALLOW": "-(s|w)"}
    done = subprocess.run(
        [go, "install", IMGPROXY],
        env={**os.environ, **told},
        capture_output=True,
        text=True,
        timeout=_BUILD_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise NotHereError(f"it cannot be built: {textwrap.shorten(done.stderr, 240)}")
    return built


@contextmanager
def serving(picture: Path) -> Generator[Address]:
    """Serve a picture under signed addresses. Raises `NotHereError`."""
    port, key, salt = free_port(), secrets.token_bytes(32), secrets.token_bytes(32)
    told = {
        **_SETTINGS,
        "IMGPROXY_BIND": f"127.0.0.1:{port}",
        "IMGPROXY_LOCAL_FILESYSTEM_ROOT": str(picture.parent),
        "IMGPROXY_KEY": key.hex(),
        "IMGPROXY_SALT": salt.hex(),
    }
    with subprocess.Popen([program()], env=told, stdout=subprocess.DEVNULL) as server:
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(f"{url}/health", server)
            yield lambda extension: url + _signed(_path(picture.name, extension), key, salt)
        finally:
            server.terminate()


def _path(name: str, extension: str) -> str:
    return f"/rs:fit:512:0/q:{_QUALITY[extension]}/plain/local:///{name}@{extension}"


def _signed(path: str, key: bytes, salt: bytes) -> str:
    mac = hmac.digest(key, salt + path.encode(), "sha256")
    return f"/{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}{path}"


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        if server.poll() is not None:
            break
        try:
            if httpx2.get(url).status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    raise NotHereError("it was built and does not answer")
