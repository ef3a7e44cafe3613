"""`keyshelf repo`: repositories, and the keys of encrypted ones."""

from functools import partial
from typing import Annotated
from uuid import UUID, uuid4

import typer

from keyshelf.cli import hosting, options, output
from keyshelf.cli.commands.proxies import proxies
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.hosting import AnyHost
from keyshelf.cli.options import Json, Yes
from keyshelf.cli.output import Output
from keyshelf.cli.repository_text import filled_lines, info_document, percent_saved
from keyshelf.errors import InvalidInputError, NotFoundError
from keyshelf.repositories import unlocking as locks
from keyshelf.repositories.host import Host, NewEncryption, RepositoryInfo
from keyshelf.repositories.remote.host import RemoteHost
from keyshelf.repositories.unlocking import Unlocking
from keyshelf.repositories.values import RefKind, repository_name

app = typer.Typer(
    help="Make and look at repositories: every version of a media project.", no_args_is_help=True
)
keys = typer.Typer(
    help="Ways to open an encrypted repository. Content is never written anew.",
    no_args_is_help=True,
)
app.add_typer(keys, name="key")

Name = Annotated[str, typer.Argument(help="The repository, by name or id.")]


class NotEncryptedError(InvalidInputError):
    """The repository is not encrypted, so that nothing needs to open it."""

    code = "not-encrypted"


class KeySlotNotFoundError(NotFoundError):
    """The repository has no key slot of this id."""

    code = "key-slot-not-found"


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Letters, digits, '.', '_' and '-'.")],
    *,
    encrypt: Annotated[
        bool, typer.Option("--encrypt", help="Encrypt content, names and messages.")
    ] = False,
    shared: Annotated[
        bool, typer.Option("--shared", help="For everybody who is signed in, not only for me.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make an empty repository.

    An encrypted one is opened by a passphrase, which is asked for or taken from
    KEYSHELF_PASSPHRASE, or by the key in KEYSHELF_REPOSITORY_KEY. It never leaves this
    machine. Whoever loses it loses the content.
    """
    out = Output(as_json=as_json)
    wanted = repository_name(name)

    async def command(host: Host) -> ExitCode:
        encryption = None
        if encrypt:
            opened_by = hosting.new_unlocking(wanted)
            made, slot = await locks.new_secret(opened_by, slot=uuid4(), label="first")
            encryption = NewEncryption(made.key_id, [slot])
        info = await host.create(wanted, is_shared=shared, encryption=encryption)
        out.result(info_document(info), [f"created {info.name} ({info.id})"])
        return ExitCode.OK

    hosting.run(command)


@app.command("list")
def list_repositories(as_json: Json = False) -> None:
    """List repositories with their sizes: logical is what copies of all commits would take."""
    out = Output(as_json=as_json)

    async def command(host: AnyHost) -> ExitCode:
        found = await host.all()
        head = [["NAME", "COMMITS", "LOGICAL", "STORED", "SAVED", "CHANGED", ""]] if found else []
        lines = output.table(head + [_row(each) for each in found], right=[1, 2, 3, 4])
        out.result({"items": [info_document(each) for each in found]}, lines)
        if not found:
            await _tell_how_to_begin(out, host)
        return ExitCode.OK

    hosting.run(command)


async def _tell_how_to_begin(out: Output, host: AnyHost) -> None:
    out.message("keyshelf: there are no repositories yet: `keyshelf repo create NAME` makes one")
    if isinstance(host, RemoteHost):
        return
    # As `this_machine` says: only who works on this machine waits for its drivers.
    from keyshelf.cli import this_machine  # noqa: PLC0415

    if await this_machine.unknown(host.parts):
        out.message(
            "keyshelf: the store holds repositories that the database does not know:"
            " `keyshelf rebuild --repositories` brings them back"
        )


@app.command()
def show(name: Name, as_json: Json = False) -> None:
    """Show what a repository is, its branches and tags, and what opens it."""
    out = Output(as_json=as_json)

    async def command(host: Host) -> ExitCode:
        info = await host.find(name)
        refs = await (await host.open(info, None)).refs()
        lines = [f"name       {info.name}", f"id         {info.id}"]
        lines += [f"made       {output.time_text(info.created_at)}"]
        lines += [f"whose      {'shared' if info.is_shared else 'mine'}"]
        lines += [f"encrypted  {'yes' if info.is_encrypted else 'no'}"]
        lines += [f"opened by  {slot.kind} {slot.label} ({slot.id})" for slot in info.slots]
        lines += [
            f"{ref.name.kind.value:<9}  {ref.name.name} {ref.commit[:12]}"
            f" {output.time_text(ref.updated_at)}"
            for ref in refs
        ]
        document = info_document(info) | {
            "refs": [
                {
                    "kind": ref.name.kind.value,
                    "name": ref.name.name,
                    "commit": ref.commit,
                    "updated_at": ref.updated_at,
                }
                for ref in refs
            ]
        }
        out.result(document, lines)
        return ExitCode.OK

    hosting.run(command)


@app.command()
def stats(name: Name, as_json: Json = False) -> None:
    """Show how much a repository holds, and how much of that is stored."""
    out = Output(as_json=as_json)

    async def command(host: Host) -> ExitCode:
        info = await host.find(name)
        refs = await (await host.open(info, None)).refs()
        branches = sum(ref.name.kind is RefKind.BRANCH for ref in refs)
        counts = {"branches": branches, "tags": len(refs) - branches}
        lines = [
            *filled_lines(info.filled),
            f"branches   {branches}",
            f"tags       {len(refs) - branches}",
        ]
        out.result(info_document(info) | counts, lines)
        return ExitCode.OK

    hosting.run(command)


@app.command()
def rename(
    name: Name,
    new_name: Annotated[str, typer.Argument(help="Letters, digits, '.', '_' and '-'.")],
    as_json: Json = False,
) -> None:
    """Give a repository another name. Its objects stay where they are."""
    out = Output(as_json=as_json)
    wanted = repository_name(new_name)

    async def command(host: Host) -> ExitCode:
        info = await host.change(await host.find(name), name=wanted)
        out.result(info_document(info), [f"renamed to {info.name}"])
        return ExitCode.OK

    hosting.run(command)


app.command()(proxies)


@keys.command("list")
def list_keys(name: Name, as_json: Json = False) -> None:
    """List what opens an encrypted repository. Changes nothing."""
    out = Output(as_json=as_json)

    async def command(host: Host) -> ExitCode:
        info = _encrypted(await host.find(name))
        rows = [[str(slot.id), slot.kind, slot.label] for slot in info.slots]
        document = [{"id": s.id, "kind": s.kind, "label": s.label} for s in info.slots]
        out.result({"items": document}, output.table([["ID", "KIND", "LABEL"], *rows]))
        return ExitCode.OK

    hosting.run(command)


@keys.command("add")
def add_key(
    name: Name,
    label: Annotated[str, typer.Option(help="Whose it is, for people.")],
    *,
    from_settings: Annotated[
        bool, typer.Option("--from-settings", help="The key in KEYSHELF_REPOSITORY_KEY.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Add a passphrase, or a key from the settings, that opens a repository as well.

    Opens it with KEYSHELF_PASSPHRASE or what is typed; the new passphrase is always typed,
    unless it comes on standard input. With the key of the settings a service can read the
    repository too, for its page and its jobs.
    """
    out = Output(as_json=as_json)

    async def command(host: Host) -> ExitCode:
        info = _encrypted(await host.find(name))
        secret = await hosting.unlocked(info, partial(locks.secret_of, info.slots))
        opened_by = _key_as_set() if from_settings else _typed(info)
        slot = await locks.another_slot(secret, opened_by, slot=uuid4(), label=label)
        await host.change(info, slots=[*info.slots, slot])
        out.result({"id": slot.id, "label": label}, [f"added {slot.kind} {label} ({slot.id})"])
        return ExitCode.OK

    hosting.run(command)


@keys.command("remove")
def remove_key(
    name: Name,
    slot_id: Annotated[UUID, typer.Argument(metavar="ID", help="The id in `repo key list`.")],
    *,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Remove a passphrase or key. Who has seen the secret with it may have kept that."""
    out = Output(as_json=as_json)

    async def command(host: Host) -> ExitCode:
        info = _encrypted(await host.find(name))
        left = [slot for slot in info.slots if slot.id != slot_id]
        if len(left) == len(info.slots):
            raise KeySlotNotFoundError(f"{info.name} has no key slot {slot_id}")
        options.confirm(f"Remove key slot {slot_id} of {info.name}?", yes=yes)
        await host.change(info, slots=left)
        out.result({"removed": slot_id}, [f"removed {slot_id}"])
        return ExitCode.OK

    hosting.run(command)


def _encrypted(info: RepositoryInfo) -> RepositoryInfo:
    if not info.is_encrypted:
        raise NotEncryptedError(f"{info.name} is not encrypted: nothing needs to open it")
    return info


def _key_as_set() -> Unlocking:
    key = hosting.unlocking_as_set().key
    if key is None:
        raise InvalidInputError("KEYSHELF_REPOSITORY_KEY is not set")
    return Unlocking(key=key)


def _typed(info: RepositoryInfo) -> Unlocking:
    if output.is_interactive():
        return Unlocking(passphrase=hosting.typed_twice(f"New passphrase of {info.name}"))
    try:
        passphrase = typer.get_text_stream("stdin").readline().rstrip("\n")
    except UnicodeDecodeError as error:
        raise InvalidInputError("a passphrase is text in UTF-8") from error
    if not passphrase:
        raise InvalidInputError("the new passphrase is the first line of standard input")
    return Unlocking(passphrase=passphrase)


def _row(info: RepositoryInfo) -> list[str]:
    filled = info.filled
    signs = ["encrypted"] * info.is_encrypted + ["shared"] * info.is_shared
    return [
        info.name,
        f"{filled.commits:,}",
        output.size_text(filled.logical_bytes),
        output.size_text(filled.stored_bytes),
        percent_saved(filled),
        output.time_text(filled.changed_at),
        " ".join(signs),
    ]
