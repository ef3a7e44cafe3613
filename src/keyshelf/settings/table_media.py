"""The settings of media: inspection, pictures, films, jobs and webhooks."""

from keyshelf.settings import checks
from keyshelf.settings.values import Setting

MEDIA_SETTINGS: tuple[Setting, ...] = (
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
        "Keys that wrap the keys of encrypted streams, the one in use first: `id:64 hex digits,…`; the same for every process of one service. Made once and kept below KEYSHELF_DATA when unset.",
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
        "Signs webhooks: `whsec_` and base64; the same for every process of one service. Made once and kept below KEYSHELF_DATA when unset.",
        secret=True,
        check=checks.webhook_secret,
    ),
    Setting(
        "KEYSHELF_WEBHOOK_ALLOW_PRIVATE",
        "Whether webhooks may go to addresses inside the network of the service.",
        "false",
        check=checks.flag,
    ),
)
