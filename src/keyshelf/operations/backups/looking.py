"""What a backup tells of itself before it is loaded."""

from collections.abc import AsyncIterator, Mapping

_MIGRATIONS = b"COPY public.schema_migrations ("
_COPY = b"COPY "
_END = b"\\."


async def applied_migrations(pieces: AsyncIterator[bytes]) -> Mapping[int, str]:
    """Return the checksums of the migrations that a dump's schema has, by number.

    Reads as far as these stand, and the whole of a dump that has none.
    """
    found: dict[int, str] = {}
    table = b""
    async for line in _lines(pieces):
        if table and line == _END:
            if table.startswith(_MIGRATIONS):
                break
            table = b""
        elif table.startswith(_MIGRATIONS):
            number, _name, checksum, *_ = line.split(b"\t")
            found[int(number)] = checksum.decode()
        elif not table and line.startswith(_COPY):
            # Rows are told apart from statements: they hold what people wrote.
            table = line
    return found


async def _lines(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    held = b""
    async for piece in pieces:
        *lines, held = (held + piece).split(b"\n")
        for line in lines:
            yield line
