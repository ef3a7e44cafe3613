"""The settings of classes of objects, and of what becomes of deleted ones."""

from keyshelf.settings import checks
from keyshelf.settings.values import Setting

_CLASSES = checks.choice("hot", "warm", "cold", "archive")

CLASS_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "REPOSITORY_CHUNK_CLASS",
        "The class of new chunks: hot, warm, cold or archive; where that must be restored before it is read, they are written as hot and tagged for the rule that moves them.",
        "hot",
        check=_CLASSES,
    ),
    Setting(
        "REPOSITORY_PROXY_CLASS",
        "The class of new proxies, as that of chunks; manifests and metadata are hot always.",
        "hot",
        check=_CLASSES,
    ),
    Setting(
        "KEYSHELF_GC_DELETES",
        "How chunks are deleted: `remove`, or `tag`, which leaves that to a rule of the bucket of S3 (`keyshelf lifecycle`).",
        "remove",
        check=checks.choice("remove", "tag"),
    ),
)
