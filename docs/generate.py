"""Writes the tables of the reference that follow from the code.

    python docs/generate.py           rewrite them
    python docs/generate.py --check   say which are out of date, and exit with 1

Each table lies between `<!-- generated: NAME -->` and `<!-- end -->`; the words
around it are written by hand. A test of the house compares them.
"""

import importlib
import json
import pkgutil
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel, Field

import keyshelf
from keyshelf.api import main as api
from keyshelf.api.failures import status_of
from keyshelf.cli.exits import exit_code
from keyshelf.errors import CATEGORIES, Error, category_of
from keyshelf.settings.table import SETTINGS
from keyshelf.settings.table_regions import replica_settings
from keyshelf.settings.values import ROLES, Setting

REFERENCE = Path(__file__).parent / "reference"
_BLOCK = re.compile(r"(<!-- generated: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


class Parameter(BaseModel):
    """A parameter of an operation, as OpenAPI shows it."""

    name: str
    place: str = Field(alias="in")


class Operation(BaseModel):
    """One method of one address, as OpenAPI shows it."""

    description: str = ""
    parameters: list[Parameter] = []
    request: dict[str, object] = Field(default={}, alias="requestBody")
    responses: dict[str, dict[str, object]]


class Property(BaseModel):
    """What OpenAPI says of one field of a body."""

    required: list[str] = []
    properties: dict[str, dict[str, object]] = {}


class Document(BaseModel):
    """The part of an OpenAPI document that the tables are made of."""

    paths: dict[str, dict[str, Operation]]
    components: dict[str, dict[str, Property]] = {}


def error_classes() -> Sequence[type[Error]]:
    """Return every error that Keyshelf defines, categories left out, by code."""
    for module in pkgutil.walk_packages(keyshelf.__path__, "keyshelf."):
        importlib.import_module(module.name)
    found = {each for each in _below(Error) if each.__module__.startswith("keyshelf.")}
    return sorted(found - set(CATEGORIES), key=lambda each: each.code)


def documents() -> Mapping[str, Document]:
    """Return the OpenAPI documents of both listeners."""
    return {
        "public": _document(api.PUBLIC_ROUTES),
        "private": _document(api.PRIVATE_ROUTES),
    }


def _below(error: type[Error]) -> Iterable[type[Error]]:
    for each in error.__subclasses__():
        yield each
        yield from _below(each)


def _document(routers: Iterable[APIRouter]) -> Document:
    app = FastAPI(separate_input_output_schemas=False)
    for router in routers:
        app.include_router(router)
    return Document.model_validate(app.openapi())


def _settings(shown: Iterable[Setting]) -> str:
    rows = ["| Name | Meaning | Default |", "|---|---|---|"]
    for each in shown:
        default = f"`{each.default}`" if each.default else ""
        rows.append(f"| `{each.name}` | {each.help}{' *Secret.*' * each.secret} | {default} |")
    return "\n".join(rows)


def _is_of_each_store(setting: Setting) -> bool:
    role, _, rest = setting.name.partition("_")
    return role.lower() in ROLES and any(each.name == f"SOURCE_{rest}" for each in SETTINGS)


def settings_of_the_service() -> str:
    """Tabulate the settings that not every store has."""
    return _settings(each for each in SETTINGS if not _is_of_each_store(each))


def settings_of_a_store() -> str:
    """Tabulate the settings of the source store; the other two have the same."""
    return _settings(each for each in SETTINGS if each.name.startswith("SOURCE_"))


def settings_of_a_replica() -> str:
    """Tabulate the settings of a replica that is called `eu`."""
    return _settings(replica_settings("eu"))


def settings_of_other_stores() -> str:
    """List the names of the settings of the media and repository stores."""
    of_each = [each.name for each in SETTINGS if _is_of_each_store(each)]
    names = [f"`{name}`" for name in of_each if not name.startswith("SOURCE_")]
    return " · ".join(names)


def categories() -> str:
    """Tabulate the categories of failure."""
    rows = [
        "| Category | HTTP | Exit | What to do |",
        "|---|---|---|---|",
    ]
    for each in CATEGORIES:
        error = each("")
        rows.append(
            f"| `{each.code}` | {status_of(error)} | {int(exit_code(error))} | {_words(each)} |"
        )
    return "\n".join(rows)


def errors() -> str:
    """Tabulate every error by its code."""
    rows = ["| Code | HTTP | Category | Meaning |", "|---|---|---|---|"]
    for each in error_classes():
        error = each.__new__(each)
        rows.append(
            f"| `{each.code}` | {status_of(error)} | `{category_of(error).code}` | {_words(each)} |"
        )
    return "\n".join(rows)


def _words(error: type[Error]) -> str:
    return " ".join((error.__doc__ or "").split()).replace("|", "\\|")


def routes_of(listener: str) -> str:
    """Tabulate the routes of one listener."""
    document = documents()[listener]
    rows = ["| Route | Does | Query | Body |", "|---|---|---|---|"]
    for path, operations in document.paths.items():
        for method, operation in operations.items():
            does = " ".join(operation.description.split())
            query = ", ".join(
                f"`{each.name}`" for each in operation.parameters if each.place == "query"
            )
            rows.append(
                f"| `{method.upper()} {path}` | {does} | {query} | {_body(document, operation)} |"
            )
    return "\n".join(rows)


def _body(document: Document, operation: Operation) -> str:
    found = re.search(r"#/components/schemas/(\w+)", json.dumps(operation.request))
    if found is None:
        return ""
    schema = document.components["schemas"][found[1]]
    return _fields(document, schema)


def _fields(document: Document, schema: Property) -> str:
    """Name the fields of a body; in brackets those of the bodies in it."""
    return ", ".join(
        (f"**`{name}`**" if name in schema.required else f"`{name}`") + _inner(document, told)
        for name, told in schema.properties.items()
    )


def _inner(document: Document, told: Mapping[str, object]) -> str:
    found = re.search(r"#/components/schemas/(\w+)", json.dumps(told))
    fields = _fields(document, document.components["schemas"][found[1]]) if found else ""
    return f" ({fields})" if fields else ""


TABLES: Mapping[str, Callable[[], str]] = {
    "settings-service": settings_of_the_service,
    "settings-store": settings_of_a_store,
    "settings-other-stores": settings_of_other_stores,
    "settings-replica": settings_of_a_replica,
    "categories": categories,
    "errors": errors,
    "routes-public": lambda: routes_of("public"),
    "routes-private": lambda: routes_of("private"),
}


def rewritten(text: str) -> str:
    """Return a document with its generated tables as they ought to be."""
    return _BLOCK.sub(lambda found: f"{found[1]}{TABLES[found[2]]()}\n{found[3]}", text)


def stale() -> Mapping[Path, str]:
    """Return the documents that are out of date, with what they ought to say."""
    wanted = {path: rewritten(path.read_text("utf-8")) for path in sorted(REFERENCE.glob("*.md"))}
    return {path: text for path, text in wanted.items() if path.read_text("utf-8") != text}


def main() -> None:
    """Rewrite, or with `--check` only look."""
    found = stale()
    for path, text in found.items():
        print(f"{path.name} {'is out of date' if '--check' in sys.argv else 'is rewritten'}")
        if "--check" not in sys.argv:
            path.write_text(text, "utf-8")
    sys.exit(1 if found and "--check" in sys.argv else 0)


if __name__ == "__main__":
    main()
