"""`keyshelf keys`: the keys of encrypted streams."""

import typer

from keyshelf.cli import connecting
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.options import Json
from keyshelf.cli.output import Output
from keyshelf.client.asynchronous import AsyncClient

app = typer.Typer(help="Rotate what wraps the keys of encrypted streams.", no_args_is_help=True)


@app.command("rotate")
def rotate_keys(*, as_json: Json = False) -> None:
    """Wrap the keys of all streams by the first of KEYSHELF_CONTENT_KEKS. No stream changes.

    Speaks to the private listener. Running it again wraps what is left.
    """
    out = Output(as_json=as_json)

    async def command(client: AsyncClient) -> ExitCode:
        done = await client.rotate_content_keys()
        out.result(done, [f"wrapped {done.rewrapped:,} keys anew; all are by {done.kek_version}"])
        return ExitCode.OK

    connecting.run(command)
