"""`keyshelf media`: what is made of pictures, films and audio."""

import json
from typing import Annotated

import typer

from keyshelf.cli import connecting, options, output, waiting
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.options import DryRun, Json, Quiet, Yes
from keyshelf.cli.output import Output
from keyshelf.client.asynchronous import AsyncClient
from keyshelf.client.media import Media
from keyshelf.client.paths import DrivePath
from keyshelf.client.wire import JSON
from keyshelf.errors import InvalidInputError

app = typer.Typer(
    help="Make thumbnails, covers, previews and streams, and remove them.", no_args_is_help=True
)

Hash = Annotated[str, typer.Argument(metavar="HASH", help="What the media are called.")]


@app.command("make")
def make_media(
    kind: Annotated[
        str, typer.Argument(metavar="TYPE", help="Such as image:thumbnail or video:full.")
    ],
    source: Annotated[str, typer.Argument(metavar="DRIVE", help="The file to make it of.")],
    *,
    media_hash: Annotated[
        str, typer.Option("--hash", help="What the media are called: a BLAKE3, or a name.")
    ],
    given: Annotated[
        str | None, typer.Option("--options", help="The options of the type, as JSON.")
    ] = None,
    callback: Annotated[
        str | None, typer.Option("--callback", metavar="URL", help="Who is told of the end.")
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until the job ends.")] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Have something made of a file. What was made already is not made again."""
    told = _options(given)
    path = DrivePath.parse(source)
    out = Output(as_json=as_json)

    async def command(client: AsyncClient) -> ExitCode:
        file = await client.paths.file(path)
        job = await client.media.make(
            kind, media_hash=media_hash, source=file.key, options=told, callback_url=callback
        )
        if wait:
            job = await waiting.until_final(client, job, quiet=quiet or as_json)
        out.result(job, [f"{job.kind} {job.id} {job.state}"])
        return waiting.report(out, [job]) if wait else ExitCode.OK

    connecting.run(command, when_interrupted=waiting.INTERRUPTED)


@app.command("inspect")
def inspect_files(
    paths: Annotated[list[str], typer.Argument(metavar="DRIVE…", help="The files to look at.")],
    *,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until they were looked at.")] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Look at files anew: what they are, and the pictures that stand for them."""
    wanted = [DrivePath.parse(each) for each in paths]
    out = Output(as_json=as_json)

    async def command(client: AsyncClient) -> ExitCode:
        files = [await client.paths.file(each) for each in wanted]
        jobs = [await client.media.inspect(each.id) for each in files]
        if wait:
            jobs = [
                await waiting.until_final(client, each, quiet=quiet or as_json) for each in jobs
            ]
        out.result(jobs, [f"{each.kind} {each.id} {each.state}" for each in jobs])
        return waiting.report(out, jobs) if wait else ExitCode.OK

    connecting.run(command, when_interrupted=waiting.INTERRUPTED)


@app.command("show")
def show_media(media_hash: Hash, *, as_json: Json = False) -> None:
    """Show what is known of media, and what was made of them. Changes nothing."""
    out = Output(as_json=as_json)

    async def command(client: AsyncClient) -> ExitCode:
        media = await client.media.show(media_hash)
        out.result(media, _lines(media))
        return ExitCode.OK

    connecting.run(command)


@app.command("delete")
def delete_media(
    media_hash: Hash, *, dry_run: DryRun = False, yes: Yes = False, as_json: Json = False
) -> None:
    """Remove all that was made of media, their keys and jobs. The source stays."""
    out = Output(as_json=as_json)

    async def command(client: AsyncClient) -> ExitCode:
        media = await client.media.show(media_hash)
        size = output.size_text(sum(each.size for each in media.renditions))
        what = f"{output.count_text(len(media.renditions), 'rendition')} ({size})"
        if dry_run:
            out.result({"dry_run": True, "media": media}, [f"would be removed: {what}"])
            return ExitCode.OK
        options.confirm(f"Remove {what} of {media_hash} for good?", yes=yes)
        done = await client.media.delete(media_hash)
        out.result(done, [f"removed {output.count_text(done.removed_objects, 'object')}"])
        return ExitCode.OK

    connecting.run(command)


def _options(text: str | None) -> dict[str, JSON]:
    try:
        told = json.loads(text or "{}")
    except ValueError as error:
        raise InvalidInputError(f"--options is not JSON: {error}") from error
    if not isinstance(told, dict):
        raise InvalidInputError('--options is an object, such as {"width": 320}')
    return told  # pyright: ignore[reportUnknownVariableType] -- the service says what it may hold


def _lines(media: Media) -> list[str]:
    facts = media.asset
    rows: list[list[str]] = [["hash", media.hash]]
    if facts is not None:
        rows += [["source", output.printable(facts.source or "")], ["type", facts.mimetype or ""]]
        if facts.width and facts.height:
            rows.append(["pixels", f"{facts.width} x {facts.height}"])
        if facts.duration_ms is not None:
            rows.append(["seconds", f"{facts.duration_ms / 1000:g}"])
    made = [
        [each.kind, each.format, output.size_text(each.size), each.url or each.key]
        for each in media.renditions
    ]
    head = [["KIND", "FORMAT", "SIZE", "WHERE"]] if made else []
    return [*output.table(rows), *output.table(head + made)]
