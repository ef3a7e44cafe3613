"""This machine: versions, the data folder, the built page, the ports."""

import errno
import os
import platform
import re
import shutil
import socket
import sys
from collections.abc import Iterator
from importlib import metadata, resources
from pathlib import Path

from keyshelf import __version__
from keyshelf.app.checks.folders import nearest, why_not_writable
from keyshelf.app.checks.values import Check, failed, ok, warning
from keyshelf.client import discovery
from keyshelf.errors import ForbiddenError
from keyshelf.settings import Settings

_OLDEST_PYTHON = (3, 11)
_SCARCE_BYTES = 5 * 2**30
_TOO_FEW_BYTES = 500 * 2**20
_GIB = 2**30
_LISTENERS = (
    ("public port", "KEYSHELF_HOST", "KEYSHELF_PORT"),
    ("private port", "KEYSHELF_ADMIN_HOST", "KEYSHELF_ADMIN_PORT"),
)


def check_machine(settings: Settings) -> Iterator[Check]:
    """Look at what can be seen without asking anybody else."""
    yield _python()
    yield _packages()
    yield from _data_folder(settings.data_folder)
    yield _page()
    yield _tools()
    yield from _ports(settings)


def _python() -> Check:
    found = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info < _OLDEST_PYTHON:
        return failed("python", found, fix="install Python 3.11 or newer, then run `make setup`")
    return ok("python", found)


def _packages() -> Check:
    required = [
        re.split(r"[\s\[<>=!~;(]", line, maxsplit=1)[0]
        for line in metadata.requires("keyshelf") or ()
        if "extra ==" not in line
    ]
    missing = [name for name in required if not _version(name)]
    if missing:
        return failed(
            "packages",
            f"Keyshelf {__version__}; not installed: {', '.join(missing)}",
            fix="run `make setup`, or install keyshelf again",
        )
    shown = ", ".join(f"{name} {_version(name)}" for name in ("fastapi", "psycopg", "obstore"))
    return ok("packages", f"Keyshelf {__version__} with all {len(required)} packages ({shown})")


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _data_folder(folder: Path) -> Iterator[Check]:
    name = "data folder"
    there = nearest(folder)
    problem = why_not_writable(there)
    if there != folder:
        fix = f"let this account write to {there}, or set KEYSHELF_DATA"
        if problem:
            detail = f"{folder} is not there and cannot be made ({there}: {problem})"
            yield failed(name, detail, fix=fix)
            return
        yield ok(name, f"{folder} is not there yet; `keyshelf up` makes it")
        yield _free_space(there)
        return
    fix = f"run as the account that owns {folder}, or set KEYSHELF_DATA"
    if problem:
        yield failed(name, f"this account cannot write to {folder} ({problem})", fix=fix)
    elif folder.stat().st_uid != os.geteuid():
        yield warning(name, f"{folder} belongs to another account", fix=fix)
    else:
        yield ok(name, str(folder))
    yield _free_space(folder)


def _free_space(folder: Path) -> Check:
    free = shutil.disk_usage(folder).free
    found = f"{free / _GIB:.1f} GiB free at {folder}"
    fix = "make room, or set KEYSHELF_DATA to a folder on a larger disk"
    if free < _TOO_FEW_BYTES:
        return failed("free space", found, fix=fix)
    if free < _SCARCE_BYTES:
        return warning("free space", found, fix=fix)
    return ok("free space", found)


def _page() -> Check:
    index = resources.files("keyshelf").joinpath("api", "static", "index.html")
    if index.is_file():
        return ok("page", "built")
    fix = "install Node.js 20.19 or newer with npm, then run `make setup`"
    return warning("page", "not built: the service answers programs only", fix=fix)


def _tools() -> Check:
    builders = [name for name in ("node", "npm") if shutil.which(name)]
    found = f"{' and '.join(builders)} can build the page" if builders else "no Node.js here"
    return ok("tools", f"PostgreSQL comes as a package, so none is needed to run; {found}")


def _ports(settings: Settings) -> Iterator[Check]:
    try:
        running = discovery.discover(settings.data_folder)
    except ForbiddenError as error:
        yield failed("service file", error.detail, fix="run as the account that Keyshelf runs as")
        return
    for name, host_setting, port_setting in _LISTENERS:
        host, port = settings.required(host_setting), settings.number(port_setting)
        problem = _cannot_listen(host, port)
        if problem is None:
            yield ok(name, f"{host}:{port} is free")
        elif problem == errno.EADDRINUSE and running is not None:
            yield ok(name, f"{host}:{port} is taken, and Keyshelf runs as process {running.pid}")
        elif problem == errno.EADDRINUSE:
            fix = f"end the program that listens there, or set {port_setting}"
            yield failed(name, f"{host}:{port} is taken by another program", fix=fix)
        else:
            fix = f"set {host_setting} and {port_setting} to what this account may listen at"
            yield failed(name, f"cannot listen at {host}:{port}: {os.strerror(problem)}", fix=fix)


def _cannot_listen(host: str, port: int) -> int | None:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        socket.create_server((host, port), family=family).close()
    except socket.gaierror:
        return errno.EADDRNOTAVAIL
    except OSError as error:
        return error.errno or errno.EIO
    return None
