"""The data folder, and the secrets that are made once and kept there."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from keyshelf.access.local import new_local_token
from keyshelf.errors import UnavailableError
from keyshelf.settings import Settings

_SECRET_FILE = "secret"
_TOKEN_FILE = "local-token"


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
    text = settings.text("KEYSHELF_SECRET")
    if text is None:
        text = kept_secret(settings.data_folder, _SECRET_FILE, secrets.token_hex)
    return text.encode()


def local_token(settings: Settings) -> str | None:
    """Return the local administrator's sign-in token; None with another provider."""
    if settings.required("KEYSHELF_AUTH") != "local":
        return None
    return settings.text("KEYSHELF_LOCAL_TOKEN") or kept_secret(
        settings.data_folder, _TOKEN_FILE, new_local_token
    )


def kept_secret(folder: Path, name: str, make: Callable[[], str]) -> str:
    """Return the secret in a file of the data folder, made by whoever comes first."""
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
    return file.read_text(encoding="utf-8").strip()
