"""Where `keyshelf` begins: what it needs is loaded when Ctrl-C can end it already."""

from typing import NoReturn

from keyshelf.cli import interrupting


def main() -> NoReturn:
    """Run one command; a failure is one line that names the fix, and an exit code."""
    interrupting.end_at_once()
    from keyshelf.cli import program  # noqa: PLC0415 -- takes half a second

    program.run()


if __name__ == "__main__":
    main()
