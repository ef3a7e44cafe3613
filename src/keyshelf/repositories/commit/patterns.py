"""Git's ignore patterns: lines of text to what they say of a path. Pure.

A pattern is asked about a path itself. That what lies below an ignored folder is ignored
too follows from not looking there.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_CLASSES = {
    b"alnum": rb"0-9A-Za-z",
    b"alpha": rb"A-Za-z",
    b"blank": rb" \t",
    b"digit": rb"0-9",
    b"lower": rb"a-z",
    b"punct": rb"!-/:-@\[-`{-~",
    b"space": rb"\s",
    b"upper": rb"A-Z",
    b"xdigit": rb"0-9A-Fa-f",
}
_TOKEN = re.compile(
    rb"""
      (?P<all> \A\*\*+\Z )
    | (?P<begin> \A(?:\*\*+/)+ )      # at any depth
    | (?P<middle> (?:/\*\*+)+(?=/) )  # any folders between, or none
    | (?P<end> /\*\*+\Z )             # everything below
    | (?P<stars> \*+ )
    | (?P<any> \? )
    | (?P<set> \[ (?P<not> [!^] )? (?P<members> \]? (?: \[:[a-z]+:\] | \\. | [^]\\] )* ) \] )
    | \\ (?P<escaped> . )
    | (?P<plain> [^\\[] )
    """,
    re.VERBOSE | re.DOTALL,
)
_TRAILING = re.compile(rb"(?<!\\) +\Z")
_MEMBER = re.compile(rb"\[:(?P<class>[a-z]+):\]|\\(?P<escaped>.)|(?P<plain>.)", re.DOTALL)
_TRANSLATED = {
    "all": rb".+",
    "begin": rb"(?:.*/)?",
    "middle": rb"(?:/.*)?",
    "end": rb"/.+",
    "stars": rb"[^/]*",
    "any": rb"[^/]",
}


@dataclass(frozen=True, slots=True)
class _Pattern:
    regex: re.Pattern[bytes]
    ignores: bool
    only_folders: bool


@dataclass(frozen=True, slots=True)
class Patterns:
    """The patterns of one file, in order."""

    _patterns: Sequence[_Pattern]
    _any: re.Pattern[bytes]
    """Matches what any of them matches: most paths are matched by none."""

    def say(self, path: bytes, *, is_folder: bool) -> bool | None:
        """Return whether a path is ignored, or None when no pattern is about it.

        The path is from the folder of the file. The last pattern that matches decides.
        """
        if not self._any.fullmatch(path):
            return None
        for pattern in reversed(self._patterns):
            if (is_folder or not pattern.only_folders) and pattern.regex.fullmatch(path):
                return pattern.ignores
        return None


def parse(text: bytes) -> Patterns:
    """Read a file of patterns. Raises `ValueError` for a line that is none."""
    lines = text.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    patterns = list(_patterns(line.removesuffix(b"\r") for line in lines))
    either = b"|".join(b"(?:%s)" % each.regex.pattern for each in patterns)
    # Without any pattern nothing matches, the empty path included.
    return Patterns(patterns, re.compile(either or rb"(?!)", re.DOTALL))


def _patterns(lines: Iterable[bytes]) -> Iterable[_Pattern]:
    for line in lines:
        glob = _TRAILING.sub(b"", line)
        if not glob or glob.startswith(b"#"):
            continue
        ignores = not glob.startswith(b"!")
        glob = glob if ignores else glob[1:]
        only_folders = glob.endswith(b"/")
        glob = glob.removesuffix(b"/")
        if not glob:
            continue
        is_anchored = b"/" in glob
        regex = _translate(glob.removeprefix(b"/"), line)
        if not is_anchored:
            regex = rb"(?:.*/)?" + regex
        yield _Pattern(re.compile(regex, re.DOTALL), ignores, only_folders)


def _translate(glob: bytes, line: bytes) -> bytes:
    regex, at = b"", 0
    while at < len(glob):
        token = _TOKEN.match(glob, at)
        if token is None:
            raise ValueError(f"{line.decode(errors='replace')!r} is no pattern")
        regex += _translated(token)
        at = token.end()
    return regex


def _translated(token: re.Match[bytes]) -> bytes:
    kind = token.lastgroup or ""
    if kind in _TRANSLATED:
        return _TRANSLATED[kind]
    if kind == "set":
        members = b"".join(_member(each) for each in _MEMBER.finditer(token["members"]))
        return rb"(?!/)[" + (b"^" if token["not"] else b"") + members + b"]"
    return re.escape(token[kind])


def _member(member: re.Match[bytes]) -> bytes:
    if member["class"] is not None:
        return _CLASSES.get(member["class"], b"")
    if member["escaped"] is not None:
        return re.escape(member["escaped"])
    # A hyphen between two others makes a range here as there.
    return member["plain"] if member["plain"] == b"-" else re.escape(member["plain"])
