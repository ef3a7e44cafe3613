"""`keyshelf ls --repo`: what a commit holds at a path."""

from datetime import UTC, datetime
from stat import S_IFDIR, S_IFLNK, S_IFREG, filemode
from typing import NoReturn

from keyshelf.cli import hosting, output
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.output import Output
from keyshelf.cli.repository_text import entry_document
from keyshelf.repositories.formats.entries import Entry, FileEntry, FolderEntry, LinkEntry
from keyshelf.repositories.history.folders import find, list_folder
from keyshelf.repositories.history.resolve import resolve
from keyshelf.repositories.host import Host
from keyshelf.repositories.paths import joined, path_shown, path_typed
from keyshelf.repositories.reading import Reader

_PAGE = 1000


def list_commit(repo: str, ref: str, path: str, out: Output, *, long: bool) -> NoReturn:
    """Print what a commit has at a path: the entries of a folder, or the one entry."""
    where = path_typed(path).strip(b"/")

    async def command(host: Host) -> ExitCode:
        reader = Reader(await hosting.opened(host, repo))
        root = (await reader.manifest((await resolve(reader, ref)).commit)).root
        found = await find(reader, root, where)
        if not isinstance(found, FolderEntry):
            entries = [(where, found)]
        else:
            entries: list[tuple[bytes, Entry]] = []
            after: bytes | None = None
            while True:
                page = await list_folder(reader, root, where, after=after, limit=_PAGE)
                entries += [(joined(where, each.name), each) for each in page.entries]
                after = page.next
                if after is None:
                    break
        lines = output.table([_long(each) for _, each in entries], right=[1]) if long else None
        names = [_name(each) for _, each in entries]
        document = {"items": [entry_document(place, each) for place, each in entries]}
        out.result(document, lines or names)
        return ExitCode.OK

    hosting.run(command)


def _name(entry: Entry) -> str:
    return path_shown(entry.name) + "/" * isinstance(entry, FolderEntry)


def _long(entry: Entry) -> list[str]:
    kinds = {FileEntry: S_IFREG, FolderEntry: S_IFDIR, LinkEntry: S_IFLNK}
    size = "" if isinstance(entry, LinkEntry) else output.size_text(entry.size)
    target = f" -> {path_shown(entry.target)}" if isinstance(entry, LinkEntry) else ""
    changed = datetime.fromtimestamp(entry.mtime // 1_000_000_000, UTC)
    return [
        filemode(kinds[type(entry)] | entry.mode),
        size,
        output.time_text(changed),
        output.printable(_name(entry) + target),
    ]
