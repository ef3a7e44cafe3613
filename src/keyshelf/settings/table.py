"""Every setting: its name, what it does, its default, and what it may be."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from keyshelf.settings import checks

ROLES = ("source", "media", "repository")
"""What a store is for. Each is configured by itself."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that can be set."""

    name: str
    help: str
    default: str | None = None
    secret: bool = False
    check: Callable[[str], object] = str
    """Turns the text into a value; a ValueError says why it cannot be."""


def _store_settings(role: str) -> Sequence[Setting]:
    kept = {"source": "the drive's files", "media": "renditions", "repository": "versions"}[role]
    upper = role.upper()
    return (
        Setting(
            f"{upper}_BUCKET",
            f"Where {kept} are: a bucket name, `s3://`, `gs://`, `az://` or `file://`. A folder of KEYSHELF_DATA when unset.",
        ),
        Setting(
            f"{upper}_S3_ENDPOINT",
            f"The S3 server of the {role} store; Amazon's when unset.",
            check=checks.url,
        ),
        Setting(
            f"{upper}_S3_PUBLIC_ENDPOINT",
            f"The S3 server of the {role} store as browsers reach it, when that differs.",
            check=checks.url,
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
            check=checks.flag,
        ),
        Setting(
            f"{upper}_AZURE_ENDPOINT",
            f"The Azure Blob endpoint of the {role} store, with the account; Microsoft's when unset.",
            check=checks.url,
        ),
        Setting(f"{upper}_AZURE_ACCOUNT", f"The Azure storage account of the {role} store."),
        Setting(f"{upper}_AZURE_KEY", f"The Azure account key of the {role} store.", secret=True),
        Setting(
            f"{upper}_GCS_ENDPOINT",
            f"The Google Cloud Storage endpoint of the {role} store; Google's when unset.",
            check=checks.url,
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
    Setting("KEYSHELF_PORT", "The port of the public listener.", "8080", check=checks.port),
    Setting(
        "KEYSHELF_ADMIN_HOST",
        "The address of the private listener (admin routes, metrics).",
        "127.0.0.1",
    ),
    Setting("KEYSHELF_ADMIN_PORT", "The port of the private listener.", "8081", check=checks.port),
    Setting(
        "KEYSHELF_PUBLIC_URL",
        "Where browsers reach the public listener; `http://HOST:PORT` when unset.",
        check=checks.url,
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
        check=checks.positive,
    ),
    Setting(
        "REDIS_URL",
        "The Redis server for the job queue, limits and caches; PostgreSQL and memory when unset.",
        secret=True,
        check=checks.redis_url,
    ),
    *(setting for role in ROLES for setting in _store_settings(role)),
    Setting(
        "KEYSHELF_KEEP_FREE_MIB",
        "How many MiB of a disk uploads to a disk store and work on media leave free.",
        "256",
        check=checks.positive,
    ),
    Setting(
        "KEYSHELF_AUTH",
        "Who knows the people: `local` (one administrator) or `kratos`.",
        "local",
        check=checks.choice("local", "kratos"),
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
    Setting("KEYSHELF_KRATOS_URL", "The public API of Ory Kratos.", check=checks.url),
    Setting(
        "KEYSHELF_KRATOS_LOGIN_URL",
        "Where a browser signs in; Kratos' own login flow when unset.",
        check=checks.url,
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
        check=checks.positive,
    ),
    Setting(
        "KEYSHELF_UPLOAD_HOURS",
        "How many hours an unfinished upload is kept.",
        "24",
        check=checks.positive,
    ),
    Setting(
        "KEYSHELF_URL_SECONDS",
        "How many seconds signed URLs are good for; at most seven days.",
        "3600",
        check=checks.lifetime,
    ),
    Setting(
        "REPOSITORY_TENANT",
        "Instead of REPOSITORY_BUCKET, whose bucket of S3 it is where tenants share an account: `dits-{region}-{tenant}`.",
    ),
    Setting(
        "KEYSHELF_METADATA_NAMESPACE",
        "What the names of repositories' metadata, tags and tenants' buckets begin with.",
        "dits",
        check=checks.namespace,
    ),
    Setting(
        "KEYSHELF_OBJECT_TAGS",
        "Whether objects of repositories are tagged; some clouds bill each tag by the month.",
        "true",
        check=checks.flag,
    ),
    Setting(
        "KEYSHELF_GC_GRACE_HOURS",
        "How many hours repositories keep what no branch or tag leads to.",
        "24",
        check=checks.not_negative,
    ),
    Setting(
        "KEYSHELF_REPOSITORY_KEY",
        "Opens key slots of encrypted repositories that were made with it: 64 hex digits.",
        check=checks.key,
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
        "KEYSHELF_INSPECT",
        "Which files are read once they are there, to know their content: `all`, `media` or `none`.",
        "all",
        check=checks.choice("all", "media", "none"),
    ),
    Setting(
        "KEYSHELF_AUTO_HLS",
        "Whether every film and recording of the drive is made to be streamed, without being asked.",
        "false",
        check=checks.flag,
    ),
    Setting(
        "KEYSHELF_AUTO_HLS_ENCRYPT",
        "Whether the streams of KEYSHELF_AUTO_HLS are encrypted.",
        "false",
        check=checks.flag,
    ),
    Setting(
        "KEYSHELF_URL_KEYS",
        "Keys that sign addresses of pictures and originals, the one in use first: `id:64 hex digits,…`. Made from KEYSHELF_SECRET when unset.",
        check=checks.keys,
        secret=True,
    ),
    Setting(
        "KEYSHELF_CONTENT_KEKS",
        "Keys that wrap the keys of encrypted streams, the one in use first: `id:64 hex digits,…`. Made once and kept below KEYSHELF_DATA when unset.",
        check=checks.keys,
        secret=True,
    ),
    Setting(
        "KEYSHELF_SIGNED_PLAYBACK",
        "Whether streams need a playback token; without, whoever knows a hash may play it.",
        "false",
        check=checks.flag,
    ),
    Setting(
        "KEYSHELF_KEY_REQUESTS",
        "How often a minute one playback token may ask for content keys.",
        "120",
        check=checks.positive,
    ),
    Setting(
        "KEYSHELF_SMALL_JOBS",
        "How many short jobs one worker runs at a time.",
        "4",
        check=checks.positive,
    ),
    Setting(
        "KEYSHELF_READING_JOBS",
        "How many large files one worker looks at a time, or makes a cover or preview of.",
        "2",
        check=checks.positive,
    ),
    Setting(
        "KEYSHELF_LARGE_JOBS",
        "How many long jobs one worker runs at a time.",
        "2",
        check=checks.positive,
    ),
    Setting(
        "KEYSHELF_IMAGE_PRESETS",
        "Named options of pictures: `card=w320_h200_fit-cover,large=w1600`.",
        check=checks.presets,
    ),
    Setting(
        "KEYSHELF_IMAGE_CACHE_MIB",
        "How many MiB of memory hold the pictures that were asked for last.",
        "256",
        check=checks.not_negative,
    ),
    Setting(
        "KEYSHELF_IMAGE_CACHE_DAYS",
        "How many days the media store keeps a picture that was made when it was asked for.",
        "90",
        check=checks.positive,
    ),
    Setting(
        "KEYSHELF_IMAGE_RENDERS",
        "How many processes render pictures; one for each core when unset.",
        check=checks.positive,
    ),
    Setting(
        "KEYSHELF_IMAGE_WAITING",
        "How many pictures may wait to be rendered; more are told to come back.",
        "64",
        check=checks.not_negative,
    ),
    Setting(
        "KEYSHELF_IMAGE_SECONDS",
        "How many seconds a picture may take to render.",
        "30",
        check=checks.positive,
    ),
    Setting(
        "KEYSHELF_IMAGE_MEMORY_MIB",
        "How many MiB of address space a process that renders pictures may have.",
        "3072",
        check=checks.positive,
    ),
    Setting(
        "KEYSHELF_IMAGE_SOURCE_MIB",
        "How many MiB a picture may have that others are made of.",
        "256",
        check=checks.positive,
    ),
    Setting(
        "KEYSHELF_IMAGE_MEGAPIXELS",
        "How many million pixels, all frames together, a picture may have that others are made of.",
        "200",
        check=checks.positive,
    ),
    Setting(
        "KEYSHELF_IMAGE_FRAMES",
        "How many frames an animation may have that others are made of.",
        "200",
        check=checks.positive,
    ),
    Setting(
        "KEYSHELF_IMAGE_OUTPUT_PIXELS",
        "How wide and how high pictures may be made.",
        "8192",
        check=checks.side,
    ),
    Setting(
        "KEYSHELF_FFMPEG",
        "The FFmpeg that films and audio are made with: a path, or a name on PATH; that of the wheel when unset.",
    ),
    Setting(
        "KEYSHELF_MEDIA_MAX_GIB",
        "How many GiB a source may have that renditions are made of.",
        "64",
        check=checks.positive,
    ),
    Setting(
        "KEYSHELF_MEDIA_MAX_HOURS",
        "How many hours a film or a recording may last that renditions are made of.",
        "12",
        check=checks.positive,
    ),
    Setting(
        "KEYSHELF_MEDIA_MAX_MEGAPIXELS",
        "How many million pixels a film's picture may have; 8K has 35.4.",
        "36",
        check=checks.positive,
    ),
    Setting(
        "KEYSHELF_TOOL_MEMORY_MIB",
        "How many MiB of address space FFmpeg and Shaka Packager may have; encoding needs more on more cores.",
        "16384",
        check=checks.positive,
    ),
    Setting(
        "KEYSHELF_MEDIA_JOBS_PER_MINUTE",
        "How many jobs on media one identity may ask for, or retry, in a minute.",
        "120",
        check=checks.positive,
    ),
    Setting(
        "KEYSHELF_WEBHOOK_SECRET",
        "Signs webhooks: `whsec_` and base64. Made once and kept below KEYSHELF_DATA when unset.",
        secret=True,
        check=checks.webhook_secret,
    ),
    Setting(
        "KEYSHELF_WEBHOOK_ALLOW_PRIVATE",
        "Whether webhooks may go to addresses inside the network of the service.",
        "false",
        check=checks.flag,
    ),
    Setting(
        "KEYSHELF_LOG_LEVEL",
        "How much is logged: debug, info, warning or error.",
        "info",
        check=checks.choice("debug", "info", "warning", "error"),
    ),
    Setting(
        "KEYSHELF_URL",
        "The service that the command line talks to; the one on this machine when unset.",
        check=checks.url,
    ),
    Setting(
        "KEYSHELF_ADMIN_URL",
        "The private listener that the command line talks to; the one on this machine when unset.",
        check=checks.url,
    ),
    Setting(
        "KEYSHELF_TOKEN", "The token that the command line shows to KEYSHELF_URL.", secret=True
    ),
)
