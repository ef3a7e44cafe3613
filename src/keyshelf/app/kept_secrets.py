"""The data folder, and the secrets that are made once and kept there."""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from keyshelf.access.local import new_local_token
from keyshelf.delivery import key_ring
from keyshelf.errors import UnavailableError
from keyshelf.settings import Settings

_TOKEN_FILE = "local-token"
KEPT_FILES = {
    "KEYSHELF_SECRET": "secret",
    "KEYSHELF_CONTENT_KEKS": "content-keks",
    "KEYSHELF_WEBHOOK_SECRET": "webhook-secret",
}
"""Where in the data folder each secret is that all processes of a service share."""


class DataFolderError(UnavailableError):
    """The data folder cannot be made or written to. Let this account, or set KEYSHELF_DATA."""

    code = "data-folder"


def private_folder(folder: Path) -> Path:
    """Return a folder that exists and that only this user can look into, once made.

    Raises `DataFolderError` when this account cannot make it or write to it.
    """
    fix = "let this account write there, or set KEYSHELF_DATA to a folder of its own"
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True, mode=0o711)
    except OSError as error:
        raise DataFolderError(
            f"the data folder {folder} cannot be made ({error.strerror}): {fix}"
        ) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise DataFolderError(f"the data folder {folder} cannot be written to: {fix}")
    return folder


def signing_secret(settings: Settings) -> bytes:
    """Return the secret that signs URLs and proofs: as set, or made once."""
    return _shared(settings, "KEYSHELF_SECRET", secrets.token_hex).encode()


def content_keks(settings: Settings) -> str:
    """Return the keys that wrap content keys, as the setting has them: as set, or made once."""
    return _shared(
        settings, "KEYSHELF_CONTENT_KEKS", lambda: f"v1:{secrets.token_hex(key_ring.KEY_BYTES)}"
    )


def webhook_secret(settings: Settings) -> str:
    """Return the secret that signs webhooks: as set, or made once."""

    def make() -> str:
        return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()

    return _shared(settings, "KEYSHELF_WEBHOOK_SECRET", make)


def shared_as_it_is(settings: Settings, name: str) -> str | None:
    """Return a secret of `KEPT_FILES`: as set, or as it was made; None when it was not yet.

    Raises `DataFolderError` when it was made and cannot be read.
    """
    text = settings.text(name)
    if text is not None:
        return text
    try:
        return _read(settings.data_folder / KEPT_FILES[name])
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise DataFolderError(
            f"{KEPT_FILES[name]} in {settings.data_folder} cannot be read ({error.strerror}):"
            " let this account"
        ) from error


def local_token(settings: Settings) -> str | None:
    """Return the local administrator's sign-in token; None with another provider."""
    if settings.required("KEYSHELF_AUTH") != "local":
        return None
    return settings.text("KEYSHELF_LOCAL_TOKEN") or _kept(
        settings.data_folder, _TOKEN_FILE, new_local_token
    )


def _shared(settings: Settings, name: str, make: Callable[[], str]) -> str:
    return settings.text(name) or _kept(settings.data_folder, KEPT_FILES[name], make)


def _kept(folder: Path, name: str, make: Callable[[], str]) -> str:
    file = private_folder(folder) / name
    temporary = file.with_name(f".{name}.{secrets.token_hex(8)}")
    if not file.exists():
        with os.fdopen(
            os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8"
        ) as handle:
            handle.write(make())
        try:
            # A link, unlike a rename, never replaces what another process made first.
            file.hardlink_to(temporary)
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
    return _read(file)


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8").strip()
