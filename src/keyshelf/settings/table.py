"""Every setting: its name, what it does, its default, and what it may be."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

ROLES = ("source", "media", "repository")
"""What a store is for. Each is configured by itself."""

_NAMESPACE = re.compile(r"[a-z](?:-?[a-z0-9])*")
_KEY = re.compile(r"[0-9a-fA-F]{64}")
_LONGEST_URL_SECONDS = 604_800  # S3 and Google Cloud Storage refuse a longer life


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that can be set."""

    name: str
    help: str
    default: str | None = None
    secret: bool = False
    check: Callable[[str], object] = str
    """Turns the text into a value; a ValueError says why it cannot be."""


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError("must be a whole number") from None


def _port(text: str) -> int:
    port = _number(text)
    if not 0 <= port <= 65535:
        raise ValueError("a port is 0 to 65535")
    return port


def _positive(text: str) -> int:
    number = _number(text)
    if number < 1:
        raise ValueError("must be at least 1")
    return number


def _not_negative(text: str) -> int:
    number = _number(text)
    if number < 0:
        raise ValueError("must be at least 0")
    return number


def _namespace(text: str) -> str:
    if not 1 <= len(text) <= 20 or not _NAMESPACE.fullmatch(text):
        raise ValueError(
            "must be 1 to 20 lowercase letters, digits and single hyphens, the first a letter"
        )
    return text


def _key(text: str) -> str:
    if not _KEY.fullmatch(text):
        raise ValueError("must be 64 hexadecimal digits: `openssl rand -hex 32` makes them")
    return text


def _lifetime(text: str) -> int:
    seconds = _positive(text)
    if seconds > _LONGEST_URL_SECONDS:
        raise ValueError(f"must be at most {_LONGEST_URL_SECONDS}, which is seven days")
    return seconds


def flag(text: str) -> bool:
    """Read true or false."""
    values = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if text.lower() not in values:
        raise ValueError("must be true or false")
    return values[text.lower()]


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError("must begin with http:// or https:// and a host")
    return text.rstrip("/")


def _redis_url(text: str) -> str:
    if urlsplit(text).scheme not in {"redis", "rediss", "unix"}:
        raise ValueError("must begin with redis://, rediss:// or unix://")
    return text


def _choice(*allowed: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return text

    return check


def _store_settings(role: str) -> Sequence[Setting]:
    upper, kept = (
        role.upper(),
        {"source": "the drive's files", "media": "renditions", "repository": "versions"}[role],
    )
    return (
        Setting(
            f"{upper}_BUCKET",
            f"Where {kept} are: a bucket name, `s3://`, `gs://`, `az://` or `file://`. A folder of KEYSHELF_DATA when unset.",
        ),
        Setting(
            f"{upper}_S3_ENDPOINT",
            f"The S3 server of the {role} store; Amazon's when unset.",
            check=_url,
        ),
        Setting(
            f"{upper}_S3_PUBLIC_ENDPOINT",
            f"The S3 server of the {role} store as browsers reach it, when that differs.",
            check=_url,
        ),
        Setting(f"{upper}_S3_REGION", f"The region of the {role} store.", "us-east-1"),
        Setting(f"{upper}_S3_ACCESS_KEY", f"The access key of the {role} store.", secret=True),
        Setting(f"{upper}_S3_SECRET_KEY", f"The secret key of the {role} store.", secret=True),
        Setting(
            f"{upper}_S3_SESSION_TOKEN",
            f"The session token of temporary keys of the {role} store.",
            secret=True,
        ),
        Setting(
            f"{upper}_S3_PATH_STYLE",
            f"Whether the bucket of the {role} store is in the path of its URLs; true with an endpoint unless set.",
            check=flag,
        ),
        Setting(
            f"{upper}_AZURE_ENDPOINT",
            f"The Azure Blob endpoint of the {role} store, with the account; Microsoft's when unset.",
            check=_url,
        ),
        Setting(f"{upper}_AZURE_ACCOUNT", f"The Azure storage account of the {role} store."),
        Setting(f"{upper}_AZURE_KEY", f"The Azure account key of the {role} store.", secret=True),
        Setting(
            f"{upper}_GCS_ENDPOINT",
            f"The Google Cloud Storage endpoint of the {role} store; Google's when unset.",
            check=_url,
        ),
        Setting(
            f"{upper}_GCS_ACCESS_KEY", f"The id of the HMAC key of the {role} store.", secret=True
        ),
        Setting(
            f"{upper}_GCS_SECRET_KEY",
            f"The secret of the HMAC key of the {role} store.",
            secret=True,
        ),
    )


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "KEYSHELF_CONFIG",
        "The TOML file to read; `keyshelf/config.toml` below $XDG_CONFIG_HOME, then below /etc, when unset.",
    ),
    Setting(
        "KEYSHELF_DATA", "The folder that everything embedded lives in.", "~/.local/share/keyshelf"
    ),
    Setting("KEYSHELF_HOST", "The address of the public listener.", "127.0.0.1"),
    Setting("KEYSHELF_PORT", "The port of the public listener.", "8080", check=_port),
    Setting(
        "KEYSHELF_ADMIN_HOST",
        "The address of the private listener (admin routes, metrics).",
        "127.0.0.1",
    ),
    Setting("KEYSHELF_ADMIN_PORT", "The port of the private listener.", "8081", check=_port),
    Setting(
        "KEYSHELF_PUBLIC_URL",
        "Where browsers reach the public listener; `http://HOST:PORT` when unset.",
        check=_url,
    ),
    Setting(
        "DATABASE_URL",
        "The PostgreSQL server, as libpq reads it; an embedded one below KEYSHELF_DATA when unset.",
        secret=True,
    ),
    Setting(
        "KEYSHELF_DATABASE_CONNECTIONS",
        "The most database connections of one process.",
        "10",
        check=_positive,
    ),
    Setting(
        "REDIS_URL",
        "The Redis server for the job queue, limits and caches; PostgreSQL and memory when unset.",
        secret=True,
        check=_redis_url,
    ),
    *(setting for role in ROLES for setting in _store_settings(role)),
    Setting(
        "KEYSHELF_KEEP_FREE_MIB",
        "How many MiB of a disk store's disk uploads leave free, for the database beside it.",
        "256",
        check=_positive,
    ),
    Setting(
        "KEYSHELF_AUTH",
        "Who knows the people: `local` (one administrator) or `kratos`.",
        "local",
        check=_choice("local", "kratos"),
    ),
    Setting(
        "KEYSHELF_LOCAL_TOKEN",
        "The local administrator's sign-in token; made once and kept below KEYSHELF_DATA when unset.",
        secret=True,
    ),
    Setting(
        "KEYSHELF_LOCAL_IDENTITY",
        "The local administrator's identity id: the first segment of their keys.",
        "admin",
    ),
    Setting("KEYSHELF_KRATOS_URL", "The public API of Ory Kratos.", check=_url),
    Setting(
        "KEYSHELF_KRATOS_LOGIN_URL",
        "Where a browser signs in; Kratos' own login flow when unset.",
        check=_url,
    ),
    Setting(
        "KEYSHELF_ADMINS",
        "The identity ids of administrators with Kratos, separated by commas.",
        "",
    ),
    Setting(
        "KEYSHELF_SECRET",
        "Signs URLs and CSRF proofs; the same for every process of one service. Made once and kept below KEYSHELF_DATA when unset.",
        secret=True,
    ),
    Setting(
        "KEYSHELF_TRASH_DAYS",
        "How many days the trash keeps what was thrown away.",
        "30",
        check=_positive,
    ),
    Setting(
        "KEYSHELF_UPLOAD_HOURS",
        "How many hours an unfinished upload is kept.",
        "24",
        check=_positive,
    ),
    Setting(
        "KEYSHELF_URL_SECONDS",
        "How many seconds signed URLs are good for; at most seven days.",
        "3600",
        check=_lifetime,
    ),
    Setting(
        "REPOSITORY_TENANT",
        "Instead of REPOSITORY_BUCKET, whose bucket of S3 it is where tenants share an account: `dits-{region}-{tenant}`.",
    ),
    Setting(
        "KEYSHELF_METADATA_NAMESPACE",
        "What the names of repositories' metadata, tags and tenants' buckets begin with.",
        "dits",
        check=_namespace,
    ),
    Setting(
        "KEYSHELF_OBJECT_TAGS",
        "Whether objects of repositories are tagged; some clouds bill each tag by the month.",
        "true",
        check=flag,
    ),
    Setting(
        "KEYSHELF_GC_GRACE_HOURS",
        "How many hours repositories keep what no branch or tag leads to.",
        "24",
        check=_not_negative,
    ),
    Setting(
        "KEYSHELF_REPOSITORY_KEY",
        "Opens key slots of encrypted repositories that were made with it: 64 hex digits.",
        check=_key,
        secret=True,
    ),
    Setting(
        "KEYSHELF_AUTHOR",
        "Whose commits are made on the command line: `Anna <anna@example.com>`; the account's.",
    ),
    Setting(
        "KEYSHELF_PASSPHRASE",
        "Opens encrypted repositories on the command line, which asks for it when unset.",
        secret=True,
    ),
    Setting(
        "KEYSHELF_SMALL_JOBS",
        "How many short jobs one worker runs at a time.",
        "4",
        check=_positive,
    ),
    Setting(
        "KEYSHELF_LARGE_JOBS", "How many long jobs one worker runs at a time.", "2", check=_positive
    ),
    Setting(
        "KEYSHELF_LOG_LEVEL",
        "How much is logged: debug, info, warning or error.",
        "info",
        check=_choice("debug", "info", "warning", "error"),
    ),
    Setting(
        "KEYSHELF_URL",
        "The service that the command line talks to; the one on this machine when unset.",
        check=_url,
    ),
    Setting(
        "KEYSHELF_ADMIN_URL",
        "The private listener that the command line talks to; the one on this machine when unset.",
        check=_url,
    ),
    Setting(
        "KEYSHELF_TOKEN", "The token that the command line shows to KEYSHELF_URL.", secret=True
    ),
)
