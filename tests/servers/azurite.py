"""Azure's blob service as Azurite serves it, from npm."""

import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import httpx2

from keyshelf.store.azure_signing import SharedKey, sign_headers
from keyshelf.store.opening import StoreOptions
from keyshelf.store.sigv4 import Address
from tests.patience import PATIENCE
from tests.servers.process import free_port, running

ACCOUNT = "keyshelftests"
ACCOUNT_KEY = "YS1rZXktb2YtdGhlLXRlc3RzLXRoYXQtaXMtbG9uZy1lbm91Z2g="
_FOLDER = Path(__file__).parent
_CONTAINERS = count(1)


@dataclass(frozen=True)
class AzureServer:
    """A server that is running."""

    endpoint: str

    def new_bucket(self) -> StoreOptions:
        """Make an empty container and return the options that open it."""
        name = f"container-{next(_CONTAINERS)}"
        address = Address.of(self.endpoint, name, path_style=True)
        target = address.target(None, {"restype": "container"})
        headers = sign_headers(
            SharedKey(ACCOUNT, ACCOUNT_KEY),
            "PUT",
            target,
            headers={},
            size=0,
            at=datetime.now(UTC),
        )
        answer = httpx2.put(
            f"{address.origin}{target}", headers=headers, verify=False, timeout=PATIENCE
        )
        answer.raise_for_status()
        return self.options(name)

    def options(self, container: str) -> StoreOptions:
        """Return the options that open a container."""
        return StoreOptions(
            f"az://{container}",
            endpoint=self.endpoint,
            access_key=ACCOUNT,
            secret_key=ACCOUNT_KEY,
        )


def install_azurite() -> Path | None:
    """Return the program, installed once per checkout; None where there is no Node."""
    program = _FOLDER / "node_modules" / "azurite" / "dist" / "src" / "blob" / "main.js"
    npm = shutil.which("npm")
    if not program.exists() and npm is not None:
        subprocess.run(
            [npm, "ci", "--ignore-scripts", "--no-fund", "--no-audit"],
            cwd=_FOLDER,
            check=True,
            timeout=600,
        )
    return program if program.exists() else None


@contextmanager
def azurite(program: Path, folder: Path) -> Generator[AzureServer]:
    """Serve a folder by Azurite."""
    port = free_port()
    command = [
        shutil.which("node") or "node",
        str(program),
        "--blobHost=127.0.0.1",
        f"--blobPort={port}",
        f"--location={folder}",
        "--silent",
        "--disableTelemetry",
        "--skipApiVersionCheck",
    ]
    environment = {"AZURITE_ACCOUNTS": f"{ACCOUNT}:{ACCOUNT_KEY}"}
    with running(command, port=port, log=folder / "azurite.log", environment=environment):
        yield AzureServer(f"http://127.0.0.1:{port}/{ACCOUNT}")
