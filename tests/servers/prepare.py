"""Builds and installs the servers that tests run on, once per checkout, before any test waits.

python -m tests.servers.prepare
"""

from tests.servers.azurite import install_azurite
from tests.servers.s3 import build_minio, build_versitygw


def main() -> None:
    """Say what is missing: tests that need it are then skipped, with the same reason."""
    if build_versitygw() is None or build_minio() is None:
        print("keyshelf: Go is NOT INSTALLED: no store is proved on versitygw and MinIO")
    if install_azurite() is None:
        print("keyshelf: Node.js is NOT INSTALLED: no store is proved on Azurite")


if __name__ == "__main__":
    main()
