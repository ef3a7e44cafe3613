"""Which types a browser may show in place, and under which type.

Files are other people's: whatever a browser would run in our origin is refused
or shown as plain text. The list says what is allowed; all else is saved.
"""

PLAIN_TEXT = "text/plain; charset=utf-8"
SVG = "image/svg+xml"
PDF = "application/pdf"

_SHOWN_AS_THEY_ARE = frozenset(
    {
        PDF,
        "audio/aac",
        "audio/flac",
        "audio/mp4",
        "audio/mpeg",
        "audio/ogg",
        "audio/opus",
        "audio/wav",
        "audio/webm",
        "audio/x-flac",
        "audio/x-m4a",
        "audio/x-wav",
        "image/apng",
        "image/avif",
        "image/bmp",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/vnd.microsoft.icon",
        "image/webp",
        "image/x-icon",
        "video/mp4",
        "video/ogg",
        "video/quicktime",
        "video/webm",
        "video/x-m4v",
    }
)

# Text under names that do not start with `text/`.
_SHOWN_AS_TEXT = frozenset(
    {
        "application/ecmascript",
        "application/javascript",
        "application/json",
        "application/sql",
        "application/toml",
        "application/x-javascript",
        "application/x-sh",
        "application/x-yaml",
        "application/xhtml+xml",
        "application/xml",
        "application/yaml",
    }
)
_TEXT_SUFFIXES = ("+json", "+xml", "+yaml")


def safe_inline_type(mimetype: str, *, sandboxed: bool = False) -> str | None:
    """Return the `Content-Type` under which a file may be shown, or None to save it.

    `sandboxed` claims that the answer carries the sandbox of `headers`: an SVG
    holds scripts, so only then it is an image. An answer that a foreign store
    gives by itself cannot claim that. HTML, XML and scripts come out as text.
    """
    essence = mimetype.partition(";")[0].strip().lower()
    if essence == SVG:
        return SVG if sandboxed else None
    if essence in _SHOWN_AS_THEY_ARE:
        return essence
    if essence.startswith("text/") or essence in _SHOWN_AS_TEXT:
        return PLAIN_TEXT
    if essence.startswith("application/") and essence.endswith(_TEXT_SUFFIXES):
        return PLAIN_TEXT
    return None
