"""The text format of PostgreSQL's COPY."""

_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def copy_line(*values: str | None) -> str:
    """Return a row for `COPY … FROM STDIN` in its default text format; None is NULL.

    Several times as fast as the driver's own rows, which look up how to write each
    value. Source: PostgreSQL's documentation of COPY, "Text Format".
    """
    return "\t".join([_escaped(value) for value in values]) + "\n"


def _escaped(value: str | None) -> str:
    if value is None:
        return r"\N"
    # Nearly every value is plain, and told to be so quicker than it is translated.
    is_plain = value.isprintable() and "\\" not in value
    return value if is_plain else value.translate(_ESCAPES)
