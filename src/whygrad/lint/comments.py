"""The text of a program and its findings come in; the findings that no comment silences go out, with a warning for each comment in vain.

# whygrad: ignore                    every finding on this line
# whygrad: ignore[slug, slug]        these
# whygrad: ignore-file               the whole file
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from whygrad.model import Diagnosis, Edit, Fix, Location

MARK = "whygrad:"
UNUSED = "unused-ignore"
_COMMENT = re.compile(r"#[ \t]*whygrad:[ \t]*ignore(?P<file>-file)?(?![\w-])[ \t]*(?:\[(?P<slugs>[^\]\n]*)\])?")


@dataclass
class Ignore:
    """One comment. `slugs` is empty for all; `used` collects those that silenced something."""

    line: int
    start: int  # in characters from 0, like `end`
    end: int
    full_line: str
    slugs: tuple[str, ...]
    whole_file: bool
    used: set[str] = field(default_factory=set)

    def silences(self, found: Diagnosis) -> bool:
        at = found.location
        if at is None or not at.line <= self.line <= at.end_line or (self.slugs and found.cause not in self.slugs):
            return False
        self.used.add(found.cause)
        return True


def silenced(path: str, text: str, found: Sequence[Diagnosis], known: Callable[[], Collection[str]]) -> tuple[Diagnosis, ...]:
    """What remains. `known` gives all slugs; it is asked only where a comment names one."""
    if MARK not in text:
        return tuple(found)
    ignores = list(_ignores(text))
    if any(ignore.whole_file for ignore in ignores):
        return ()
    remaining = [diagnosis for diagnosis in found if not sum(ignore.silences(diagnosis) for ignore in ignores)]  # all are asked
    return (*remaining, *(warning for ignore in ignores for warning in _in_vain(path, ignore, known)))


def _ignores(text: str) -> Iterator[Ignore]:
    lines = text.split("\n")
    for line, column, comment in _comments(text):
        for match in _COMMENT.finditer(comment):
            slugs = tuple(part.strip() for part in (match.group("slugs") or "").split(",") if part.strip())
            full = lines[line - 1] if line <= len(lines) else ""
            yield Ignore(line, column + match.start(), column + match.end(), full, slugs, bool(match.group("file")))


def _comments(text: str) -> Iterator[tuple[int, int, str]]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT and MARK in token.string:
                yield *token.start, token.string
    except (tokenize.TokenError, SyntaxError):  # what the parser accepts and the tokenizer does not: no comment of ours
        return


def _in_vain(path: str, ignore: Ignore, known: Callable[[], Collection[str]]) -> Iterator[Diagnosis]:
    if not ignore.slugs:
        if not ignore.used:
            yield _warning(path, ignore, "there is nothing to ignore on this line", ())
        return
    slugs = known()
    for slug in dict.fromkeys(ignore.slugs):
        if slug not in slugs:
            yield _warning(path, ignore, f"no cause is called `{slug}`; the list: whygrad explain", _without(ignore, slug))
        elif slug not in ignore.used:
            yield _warning(path, ignore, f"there is no `{slug}` to ignore on this line", _without(ignore, slug))


def _without(ignore: Ignore, slug: str) -> tuple[str, ...]:
    return tuple(other for other in dict.fromkeys(ignore.slugs) if other != slug)


def _warning(path: str, ignore: Ignore, message: str, left: tuple[str, ...]) -> Diagnosis:
    at = _location(path, ignore, ignore.start, ignore.end)
    fix = Fix("take it out of the comment", "safe", None, (Edit(at, f"# whygrad: ignore[{', '.join(left)}]"),)) if left else _removal(path, ignore)
    return Diagnosis(UNUSED, "proven", "warning", message, "A comment in vain would hide a mistake that comes later.", at, fix=fix)


def _removal(path: str, ignore: Ignore) -> Fix:
    """The comment with the spaces before it; a line that holds nothing else is left empty. What stands behind it remains a comment."""
    before, after = ignore.full_line[: ignore.start], ignore.full_line[ignore.end :]
    if after.strip():
        rest = after.lstrip()
        edit = Edit(_location(path, ignore, ignore.start, len(ignore.full_line) - len(rest)), "" if rest.startswith("#") else "# ")
    else:
        edit = Edit(_location(path, ignore, len(before.rstrip()), len(ignore.full_line)), "")
    return Fix("remove the comment", "safe", None, (edit,))


def _location(path: str, ignore: Ignore, start: int, end: int) -> Location:
    text = ignore.full_line
    return Location(path, ignore.line, start + 1, ignore.line, end + 1, "<module>", text[start:end], (text,))
