"""`keyshelf token`: tokens with which programs use the service."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import typer

from keyshelf.cli import connecting, options, output
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.options import Json, Yes
from keyshelf.cli.output import Output
from keyshelf.client.asynchronous import AsyncClient
from keyshelf.client.values import ApiToken

app = typer.Typer(help="Make, list and revoke tokens for programs.", no_args_is_help=True)


class Scope(StrEnum):
    """What a token may do."""

    READ = "drive:read"
    WRITE = "drive:write"
    READ_REPOSITORIES = "repository:read"
    WRITE_REPOSITORIES = "repository:write"
    ADMIN = "admin"


@app.command("create")
def create_token(
    name: Annotated[str, typer.Argument(help="What the token is for.")],
    scopes: Annotated[
        list[Scope], typer.Option("--scope", help="What it may do; give it once for each.")
    ] = [Scope.READ],  # noqa: B006 -- Typer copies the default
    days: Annotated[
        int, typer.Option("--expires-in-days", min=1, max=366, help="How long it is good for.")
    ] = 90,
    as_json: Json = False,
) -> None:
    """Make a token for a program. It is printed this once and cannot be shown again."""
    out = Output(as_json=as_json)

    async def command(client: AsyncClient) -> ExitCode:
        token = await client.create_token(
            name, scopes=[scope.value for scope in scopes], expires_in_days=days
        )
        out.result(token, [token.token or ""])
        if not as_json:
            out.message(
                f"token {token.id} may {', '.join(token.scopes)} until"
                f" {output.time_text(token.expires_at)}; keep it safe, it is not shown again"
            )
        return ExitCode.OK

    connecting.run(command)


@app.command("playback")
def mint_playback_token(
    media_hash: Annotated[str, typer.Argument(metavar="HASH", help="What the media are called.")],
    minutes: Annotated[
        int,
        typer.Option("--expires-in-minutes", min=1, max=10080, help="How long it is good for."),
    ] = 360,
    as_json: Json = False,
) -> None:
    """Make a token that plays the media of one hash, and opens the keys of encrypted ones."""
    out = Output(as_json=as_json)

    async def command(client: AsyncClient) -> ExitCode:
        token = await client.mint_playback_token(media_hash, life=timedelta(minutes=minutes))
        out.result(token, [token.token])
        if not as_json:
            out.message(f"good until {output.time_text(token.expires_at)}")
        return ExitCode.OK

    connecting.run(command)


@app.command("list")
def list_tokens(as_json: Json = False) -> None:
    """List my tokens; what they are is not shown. Changes nothing."""
    out = Output(as_json=as_json)

    async def command(client: AsyncClient) -> ExitCode:
        tokens = [token async for token in client.tokens()]
        head = [["ID", "NAME", "SCOPES", "EXPIRES", "LAST USED"]] if tokens else []
        out.result({"items": tokens}, output.table(head + [_row(token) for token in tokens]))
        return ExitCode.OK

    connecting.run(command)


@app.command("revoke")
def revoke_token(
    token_id: Annotated[UUID, typer.Argument(metavar="ID", help="The id in `token list`.")],
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Make a token worthless at once. Asks first."""
    out = Output(as_json=as_json)

    async def command(client: AsyncClient) -> ExitCode:
        options.confirm(f"Revoke token {token_id}?", yes=yes)
        await client.revoke_token(token_id)
        out.result({"revoked": token_id}, [f"revoked {token_id}"])
        return ExitCode.OK

    connecting.run(command)


def _row(token: ApiToken) -> list[str]:
    return [
        str(token.id),
        output.printable(token.name),
        " ".join(token.scopes),
        output.time_text(token.expires_at),
        output.time_text(token.last_used_at),
    ]
