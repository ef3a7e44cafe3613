"""`keyshelf keys`: the keys of encrypted streams."""

import typer

from keyshelf.cli import connecting
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.options import Json
from keyshelf.cli.output import Output, count_text
from keyshelf.client.asynchronous import AsyncClient

app = typer.Typer(help="Rotate what wraps the keys of encrypted streams.", no_args_is_help=True)


@app.command("rotate")
def rotate_keys(*, as_json: Json = False) -> None:
    """Wrap the keys of all streams by the first of KEYSHELF_CONTENT_KEKS. No stream changes.

    Speaks to the private listener. Running it again wraps what is left. A key that cannot be
    opened stays as it is, and is told by the hash of its media.
    """
    out = Output(as_json=as_json)

    async def command(client: AsyncClient) -> ExitCode:
        done = await client.rotate_content_keys()
        readable = "all that can be opened" if done.unreadable_count else "all"
        wrapped, left = (
            count_text(count, "key") for count in (done.rewrapped, done.unreadable_count)
        )
        out.result(
            done,
            [
                f"wrapped {wrapped} anew; {readable} are by {done.kek_version}",
                *(f"cannot be opened: the key of {each}" for each in done.unreadable),
            ],
        )
        if not done.unreadable_count:
            return ExitCode.OK
        out.message(
            f"{left} left as before: add the one that wrapped them to KEYSHELF_CONTENT_KEKS,"
            " or make their streams again"
        )
        return ExitCode.SOME_FAILED

    connecting.run(command)
