"""What a file is, told from its name and its MIME type."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from keyshelf.drive import mimetype_table as table

UNKNOWN_MIMETYPE = "application/octet-stream"


class Category(StrEnum):
    """The kinds that people look for; the values of the search's `type` filter."""

    DOCUMENT = "document"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    MODEL = "3d"
    CODE = "code"
    ARCHIVE = "archive"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class _Kind:
    mimetype: str
    category: Category


_TABLES: Mapping[Category, Mapping[str, str]] = {
    Category.DOCUMENT: table.DOCUMENTS,
    Category.IMAGE: table.IMAGES,
    Category.VIDEO: table.VIDEOS,
    Category.AUDIO: table.AUDIO,
    Category.MODEL: table.MODELS,
    Category.CODE: table.CODE,
    Category.ARCHIVE: table.ARCHIVES,
    Category.OTHER: table.OTHERS,
}
_MEDIA_PREFIXES: Mapping[str, Category] = {
    "image/": Category.IMAGE,
    "video/": Category.VIDEO,
    "audio/": Category.AUDIO,
}
_PREFIXES: Mapping[str, Category] = {
    **_MEDIA_PREFIXES,
    "model/": Category.MODEL,
    "text/x-": Category.CODE,
    "text/": Category.DOCUMENT,
}


def _extensions() -> Iterator[tuple[str, _Kind]]:
    for category, lines in _TABLES.items():
        for mimetype, extensions in lines.items():
            for extension in extensions.split():
                yield extension, _Kind(mimetype, category)


def _whole_names() -> Iterator[tuple[str, _Kind]]:
    for mimetype, (category, names) in table.WHOLE_NAMES.items():
        for name in names.split():
            yield name, _Kind(mimetype, Category(category))


_BY_EXTENSION: Mapping[str, _Kind] = dict(_extensions())
_BY_NAME: Mapping[str, _Kind] = dict(_whole_names())
_BY_MIMETYPE: Mapping[str, Category] = {
    mimetype: category
    for category, lines in _TABLES.items()
    for mimetype in lines
    if mimetype != UNKNOWN_MIMETYPE
}


def mimetype_of(filename: str) -> str | None:
    """Return the type that a name says it has, or None when it says nothing known.

    Case does not count. Of several extensions the longest known one does
    (`a.tar.gz`). A leading dot starts no extension: `.gif` is a hidden file.
    """
    kind = _kind_of(filename)
    return kind.mimetype if kind else None


def category_of(mimetype: str, filename: str) -> Category:
    """Return the kind of a file; the extension leads, the MIME type serves the rest.

    A type that says image, video or audio wins over an extension of code, because
    a transport stream ends in `.ts` as TypeScript does.
    """
    kind = _kind_of(filename)
    stated = _stated_category(mimetype)
    if kind is None:
        return stated
    if kind.category is Category.CODE and stated in _MEDIA_PREFIXES.values():
        return stated
    return kind.category


def extensions_of(category: Category) -> list[str]:
    """Return the extensions of a category, in order, without dots: for a query to filter by."""
    return sorted(
        extension for extension, kind in _BY_EXTENSION.items() if kind.category is category
    )


def known_extensions() -> list[str]:
    """Return every extension of the table, in order, without dots."""
    return sorted(_BY_EXTENSION)


def _kind_of(filename: str) -> _Kind | None:
    name = filename.lower()
    if name in _BY_NAME:
        return _BY_NAME[name]
    # At most two parts are looked at, so that a name of many dots costs no more.
    pieces = name.lstrip(".").rsplit(".", maxsplit=2)[1:]
    double, last = ".".join(pieces), pieces[-1] if pieces else ""
    return _BY_EXTENSION.get(double) or _BY_EXTENSION.get(last)


def _stated_category(mimetype: str) -> Category:
    bare = mimetype.partition(";")[0].strip().lower()
    if bare in _BY_MIMETYPE:
        return _BY_MIMETYPE[bare]
    return next(
        (category for prefix, category in _PREFIXES.items() if bare.startswith(prefix)),
        Category.OTHER,
    )
