"""`keyshelf lifecycle`, `versioning`, …: one kind of rules of a bucket, shown and applied."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import anyio
import typer

from keyshelf import settings
from keyshelf.cli import rules_text
from keyshelf.cli.exits import ExitCode
from keyshelf.cli.options import Json, Yes, confirm
from keyshelf.cli.output import Output
from keyshelf.client.wire import encode
from keyshelf.errors import InvalidInputError
from keyshelf.settings import Settings
from keyshelf.store.control import RuleKind

if TYPE_CHECKING:
    from keyshelf.operations.rules.applying import Bucket, Comparison

Store = Annotated[str, typer.Option("--store", help="Which bucket: repository, source or media.")]
_ABOUT = {
    RuleKind.VERSIONING: "Whether a bucket keeps what is replaced or deleted.",
    RuleKind.ENCRYPTION: "How a bucket encrypts what is written to it.",
    RuleKind.LIFECYCLE: "When objects of a bucket go to cooler classes, or for good.",
    RuleKind.REPLICATION: "What a cloud copies from a bucket to another.",
    RuleKind.LOGGING: "Where the log of accesses to a bucket goes.",
}


def _group(kind: RuleKind) -> typer.Typer:
    """Return the commands that every kind of rules has."""
    app = typer.Typer(help=_ABOUT[kind], no_args_is_help=True)

    @app.command()
    def show(store: Store = "repository", as_json: Json = False) -> None:
        """Print the rules that the settings want, and how the cloud's own tool applies them.

        Asks no server and changes nothing. The document alone is on stdout.
        """
        _show(kind, store, Output(as_json=as_json))

    @app.command()
    def diff(store: Store = "repository", as_json: Json = False) -> None:
        """Compare the bucket's rules with what the settings want.

        Changes nothing. Exits with 1 when something differs.
        """
        raise typer.Exit(_diff(kind, store, Output(as_json=as_json)))

    @app.command()
    def apply(store: Store = "repository", yes: Yes = False, as_json: Json = False) -> None:
        """Make the bucket's rules what the settings want, and read them back.

        Asks first. Rules of others in the bucket stay. Twice is as once.
        """
        _apply(kind, store, Output(as_json=as_json), yes=yes)

    return app


GROUPS: Mapping[RuleKind, typer.Typer] = {kind: _group(kind) for kind in RuleKind}
"""The commands of each kind."""


def loaded() -> Settings:
    """Return the settings of the machine that the stores are reached from."""
    given = settings.load()
    if given.text("KEYSHELF_URL"):
        raise InvalidInputError("rules of buckets are for where the stores are: unset KEYSHELF_URL")
    return given


def _bucket(kind: RuleKind, store: str) -> "Bucket":
    # Imported when asked for: the drivers of stores take longer to load than most commands.
    from keyshelf.app import bucket_rules  # noqa: PLC0415

    given = loaded()
    known = bucket_rules.stores_with(given, kind)
    if store not in known:
        raise InvalidInputError(f"--store is one of {', '.join(known)}")
    return bucket_rules.bucket(given, store)


def _show(kind: RuleKind, store: str, out: Output) -> None:
    from keyshelf.operations.rules import applying, values, warnings  # noqa: PLC0415 -- as above

    wanted = _bucket(kind, store).wanted
    found = applying.prepared(wanted, kind)
    told = warnings.warnings(wanted, kind, None)
    if out.as_json:
        out.json(
            {
                "store": store,
                "bucket": wanted.bucket,
                "cloud": wanted.cloud,
                "kind": kind,
                "document": encode(found.document),
                "command": found.command,
                "warnings": list(told),
            }
        )
        return
    if found.document is None:
        by = values.asked_by(store, kind)
        out.message(f"no {kind} is asked for: {by} asks for it")
        return
    for line in json.dumps(encode(found.document), indent=2, ensure_ascii=False).splitlines():
        out.line(line)
    for warning in told:
        out.message(f"warning: {warning}")
    if not applying.is_shown_only(wanted, kind):
        out.message(f"to apply it, beside the rules of others: keyshelf {kind} apply")
        out.message(f"to apply it in place of all: {found.command}")
    else:
        out.message(f"to apply it: {found.command}")


def _diff(kind: RuleKind, store: str, out: Output) -> ExitCode:
    from keyshelf.operations.rules import applying  # noqa: PLC0415 -- as above

    found = anyio.run(applying.compare, _bucket(kind, store), kind)
    _tell(out, found)
    return ExitCode.FAILURE if found.differs else ExitCode.OK


def _apply(kind: RuleKind, store: str, out: Output, *, yes: bool) -> None:
    from keyshelf.app import bucket_rules  # noqa: PLC0415 -- as above
    from keyshelf.operations.rules import applying  # noqa: PLC0415

    bucket = _bucket(kind, store)
    seen = anyio.run(applying.compare, bucket, kind)
    if seen.differs:
        if not out.as_json:
            _tell(out, seen)
        confirm(f"Change the {kind} of {bucket.wanted.bucket}?", yes=yes)
    anyio.run(bucket_rules.apply, bucket, seen)
    done = "applied and read back" if seen.differs else "nothing to change"
    out.result({"applied": seen.differs, "comparison": encode(seen)}, [done])


def _tell(out: Output, found: "Comparison") -> None:
    lines = list(rules_text.difference(found))
    if not found.differs:
        lines.append(rules_text.state(found))
    out.result(found, lines)
    for warning in () if out.as_json else found.warnings:
        out.message(f"warning: {warning}")
