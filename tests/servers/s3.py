"""Servers of S3's protocol with keys configured: rclone's, versitygw, and our strict fake."""

import os
import shutil
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import httpx2

from keyshelf.store.opening import StoreOptions
from keyshelf.store.sigv4 import AWS, GOOGLE, Address, Credentials, Signer
from tests.patience import PATIENCE
from tests.servers import xml_signatures
from tests.servers.process import free_port, running

ACCESS_KEY, SECRET_KEY, REGION = "AKIDKEYSHELF", "a-secret-of-the-tests", "us-east-1"
VERSITYGW = "github.com/versity/versitygw/cmd/versitygw@v1.8.0"
MINIO = "github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c"
KMS_KEY = "key-of-the-tests"
"""The key that MinIO encrypts with where it is asked to."""
_TOOLS = Path(__file__).parents[2] / ".tools" / "go" / "bin"
_WHERE_GO_INSTALLS_ITSELF = "/usr/local/go/bin"
_BUCKETS = count(1)


@dataclass(frozen=True)
class S3Server:
    """A server that is running and what it wants to know of its users."""

    endpoint: str
    scheme: str = "s3"
    access_key: str = ACCESS_KEY
    secret_key: str = SECRET_KEY
    region: str = REGION

    def new_bucket(self, name: str | None = None) -> StoreOptions:
        """Make an empty bucket, of some name or of its own, and return the options that open it."""
        name = name or f"bucket-{next(_BUCKETS)}"
        address = Address.of(self.endpoint, name, path_style=True)
        signer = Signer(
            Credentials(self.access_key, self.secret_key),
            region=self.region,
            address=address,
            dialect=GOOGLE if self.scheme == "gs" else AWS,
        )
        target = address.target()
        headers = signer.sign_headers("PUT", target, at=datetime.now(UTC), headers={})
        answer = httpx2.put(
            f"{address.origin}{target}", headers=headers, verify=False, timeout=PATIENCE
        )
        answer.raise_for_status()
        return self.options(name)

    def options(self, bucket: str) -> StoreOptions:
        """Return the options that open a bucket."""
        return StoreOptions(
            f"{self.scheme}://{bucket}",
            endpoint=self.endpoint,
            region=self.region,
            access_key=self.access_key,
            secret_key=self.secret_key,
        )

    def with_secret(self, secret_key: str) -> "S3Server":
        """Return the same server as somebody with another secret sees it."""
        return replace(self, secret_key=secret_key)


@contextmanager
def rclone(folder: Path) -> Generator[S3Server]:
    """Serve a folder by `rclone serve s3`."""
    data = folder / "rclone"
    data.mkdir()
    port = free_port()
    command = [
        str(Path(sys.executable).with_name("rclone")),
        "serve",
        "s3",
        str(data),
        f"--addr=127.0.0.1:{port}",
        f"--auth-key={ACCESS_KEY},{SECRET_KEY}",
        f"--config={folder / 'rclone.conf'}",
        "--vfs-cache-mode=off",
    ]
    with running(command, port=port, log=folder / "rclone.log"):
        yield S3Server(f"http://127.0.0.1:{port}")


def build_versitygw() -> Path | None:
    """Return the program, built once per checkout; None where Go is not installed."""
    return _built(VERSITYGW)


def build_minio() -> Path | None:
    """Return the program, built once per checkout; None where Go is not installed."""
    return _built(MINIO)


def _built(package: str) -> Path | None:
    name = package.partition("@")[0].rpartition("/")[2]
    program = _TOOLS / name
    go = shutil.which("go") or shutil.which("go", path=_WHERE_GO_INSTALLS_ITSELF)
    if program.exists() or go is None:
        return program if program.exists() else None
    # Built aside and renamed, so that test workers at the same time do not disturb each other.
    aside = _TOOLS.parent / f"build-{name}-{os.getpid()}"
    aside.mkdir(parents=True)
    subprocess.run(
        [go, "install", package],
        env={**os.environ, "HOME": str(Path.home()), "GOBIN": str(aside)},
        cwd=aside,
        check=True,
        timeout=1800,
    )
    _TOOLS.mkdir(parents=True, exist_ok=True)
    (aside / name).rename(program)
    aside.rmdir()
    return program


@contextmanager
def versitygw(program: Path, folder: Path) -> Generator[S3Server]:
    """Serve a folder by versitygw, metadata in a folder beside it."""
    data, sidecar = folder / "objects", folder / "metadata"
    data.mkdir()
    sidecar.mkdir()
    port = free_port()
    command = [
        str(program),
        f"--port=127.0.0.1:{port}",
        f"--access={ACCESS_KEY}",
        f"--secret={SECRET_KEY}",
        f"--region={REGION}",
        "--quiet",
        "posix",
        f"--sidecar={sidecar}",
        str(data),
    ]
    with running(command, port=port, log=folder / "versitygw.log"):
        yield S3Server(f"http://127.0.0.1:{port}")


@contextmanager
def minio(program: Path, folder: Path) -> Generator[S3Server]:
    """Serve a folder by MinIO: versions, tags, lifecycle and replication as S3 has them."""
    data = folder / "minio"
    data.mkdir()
    port = free_port()
    command = [str(program), "server", f"--address=127.0.0.1:{port}", "--quiet", str(data)]
    own = {
        "MINIO_ROOT_USER": ACCESS_KEY,
        "MINIO_ROOT_PASSWORD": SECRET_KEY,
        "MINIO_KMS_SECRET_KEY": f"{KMS_KEY}:{b64encode(b'k' * 32).decode()}",
    }
    quiet = {"MINIO_BROWSER": "off", "MINIO_UPDATE": "off", "MINIO_REGION": REGION}
    with running(command, port=port, log=folder / "minio.log", environment={**own, **quiet}):
        endpoint = f"http://127.0.0.1:{port}"
        # Its port takes connections before it can make a bucket.
        while not httpx2.get(f"{endpoint}/minio/health/cluster", timeout=PATIENCE).is_success:
            time.sleep(0.05)
        yield S3Server(endpoint)


@contextmanager
def fake(folder: Path, *, scheme: str) -> Generator[S3Server]:
    """Serve memory by `xml_fake`, as S3 (`s3`) or as Google Cloud Storage (`gs`)."""
    port = free_port()
    dialect = "GOOG4" if scheme == "gs" else "AWS4"
    command = [sys.executable, "-m", "tests.servers.xml_fake", str(port), dialect]
    with running(command, port=port, log=folder / "fake.log"):
        yield S3Server(
            f"http://127.0.0.1:{port}",
            scheme=scheme,
            access_key=xml_signatures.ACCESS_KEY,
            secret_key=xml_signatures.SECRET_KEY,
            region="auto" if scheme == "gs" else REGION,
        )
