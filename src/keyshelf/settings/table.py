"""Every setting: its name, what it does, its default, and what it may be."""

from keyshelf.settings import checks
from keyshelf.settings.table_classes import CLASS_SETTINGS
from keyshelf.settings.table_cost import COST_SETTINGS
from keyshelf.settings.table_media import MEDIA_SETTINGS
from keyshelf.settings.table_recovery import RECOVERY_SETTINGS
from keyshelf.settings.table_regions import REGIONS_SETTINGS
from keyshelf.settings.table_rules import RULE_SETTINGS, rule_settings
from keyshelf.settings.table_stores import store_settings
from keyshelf.settings.values import ROLES, Setting

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
    *(setting for role in ROLES for setting in store_settings(role)),
    *(setting for role in ROLES for setting in rule_settings(role)),
    *RULE_SETTINGS,
    *CLASS_SETTINGS,
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
    *REGIONS_SETTINGS,
    *MEDIA_SETTINGS,
    *COST_SETTINGS,
    *RECOVERY_SETTINGS,
    Setting(
        "KEYSHELF_LOG_LEVEL",
        "How much is logged: debug, info, warning or error.",
        "info",
        check=checks.choice("debug", "info", "warning", "error"),
    ),
    Setting(
        "KEYSHELF_TRACES_URL",
        "Where traces are sent by OTLP over HTTP, such as http://127.0.0.1:4318/v1/traces; nowhere when unset.",
        check=checks.url,
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
