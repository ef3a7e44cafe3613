"""`keyshelf branch` and `keyshelf tag`: names for commits."""

from typing import Annotated

import typer

from keyshelf.cli import hosting, output
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.hosting import Repo
from keyshelf.cli.options import Json
from keyshelf.cli.output import Output
from keyshelf.cli.repository_text import short
from keyshelf.errors import InvalidInputError
from keyshelf.repositories.carrier import Carrier
from keyshelf.repositories.history.resolve import resolve
from keyshelf.repositories.host import Host
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.values import Ref, RefKind, RefMovedError, RefName, RefNotFoundError

Name = Annotated[str | None, typer.Argument(help="What to call it; none lists them all.")]
At = Annotated[str, typer.Argument(metavar="REF", help="A branch, tag or commit.")]
Delete = Annotated[bool, typer.Option("--delete", "-d", help="Remove it; commits stay a while.")]
Move = Annotated[bool, typer.Option("--move", help="Move it when it is elsewhere already.")]


def branch(
    name: Name = None,
    at: At = "main",
    *,
    repo: Repo,
    delete: Delete = False,
    move: Move = False,
    as_json: Json = False,
) -> None:
    """List branches, or make, move or remove one. What no name leads to, `gc` deletes one day."""
    _refs(RefKind.BRANCH, name, at, repo=repo, delete=delete, move=move, as_json=as_json)


def tag(
    name: Name = None,
    at: At = "main",
    *,
    repo: Repo,
    delete: Delete = False,
    move: Move = False,
    as_json: Json = False,
) -> None:
    """List tags, or make, move or remove one. What no name leads to, `gc` deletes one day."""
    _refs(RefKind.TAG, name, at, repo=repo, delete=delete, move=move, as_json=as_json)


def _refs(
    kind: RefKind,
    name: str | None,
    at: str,
    *,
    repo: str,
    delete: bool,
    move: bool,
    as_json: bool,
) -> None:
    if delete and name is None:
        raise InvalidInputError(f"name the {kind.value} to remove")
    out = Output(as_json=as_json)
    wanted = RefName(kind, name) if name is not None else None

    async def command(host: Host) -> ExitCode:
        carrier = await hosting.opened(host, repo)
        if wanted is None:
            found = [ref for ref in await carrier.refs() if ref.name.kind is kind]
            out.result({"items": [_document(ref) for ref in found]}, _table(found))
        elif delete:
            await _delete(carrier, wanted, out)
        else:
            await _put(carrier, wanted, at, out, move=move)
        return ExitCode.OK

    hosting.run(command)


async def _put(carrier: Carrier, name: RefName, at: str, out: Output, *, move: bool) -> None:
    commit = (await resolve(Reader(carrier), at)).commit
    found = await carrier.ref(name)
    if found is not None and found != commit and not move:
        raise RefMovedError(
            f"there is a {name.kind.value} {name.name} at {short(found)}: --move moves it",
            expected=None,
            found=found,
        )
    await carrier.move_ref(name, expected=found, to=commit)
    document = {"kind": name.kind.value, "name": name.name, "commit": commit}
    out.result(document, [f"{name.kind.value} {name.name} is at {short(commit)}"])


async def _delete(carrier: Carrier, name: RefName, out: Output) -> None:
    found = await carrier.ref(name)
    if found is None:
        raise RefNotFoundError(f"there is no {name.kind.value} {name.name}")
    await carrier.delete_ref(name, expected=found)
    document = {"kind": name.kind.value, "name": name.name, "commit": found, "deleted": True}
    out.result(document, [f"removed {name.kind.value} {name.name}, which was at {found}"])


def _document(ref: Ref) -> dict[str, object]:
    return {
        "kind": ref.name.kind.value,
        "name": ref.name.name,
        "commit": ref.commit,
        "updated_at": ref.updated_at,
        "updated_by": ref.updated_by,
    }


def _table(refs: list[Ref]) -> list[str]:
    return output.table(
        [[ref.name.name, short(ref.commit), output.time_text(ref.updated_at)] for ref in refs]
    )
