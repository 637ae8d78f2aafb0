"""Findings and comments come in; the findings that no comment silences go out, with a warning for each comment in vain.

# whygrad: ignore                    every finding on this line
# whygrad: ignore[slug, slug]        these
# whygrad: ignore-file               the whole file
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from whygrad.model import Diagnosis, Edit, Fix, Location
from whygrad.render.paths import cell_of

MARK = "whygrad:"
UNUSED = "unused-ignore"
_COMMENT = re.compile(r"#[ \t]*whygrad:[ \t]*ignore(?P<file>-file)?(?![\w-])[ \t]*(?:\[(?P<slugs>[^\]\n]*)\])?")


@dataclass
class Ignore:
    """One comment at `path`, which is that of a Location. `slugs` is empty for all; `used` collects those that silenced something."""

    path: str
    line: int
    start: int  # in characters from 0, like `end`
    end: int
    full_line: str
    slugs: tuple[str, ...]
    whole_file: bool
    used: set[str] = field(default_factory=set)

    def silences(self, found: Diagnosis) -> bool:
        at = found.location
        if at is None or at.path != self.path or not at.line <= self.line <= at.end_line or (self.slugs and found.cause not in self.slugs):
            return False
        self.used.add(found.cause)
        return True


def silenced(found: Sequence[Diagnosis], ignores: Sequence[Ignore], known: Callable[[], Collection[str]]) -> tuple[Diagnosis, ...]:
    """What remains of the findings of all files. `known` gives all slugs; it is asked only where a comment names one."""
    whole = {cell_of(ignore.path)[0] for ignore in ignores if ignore.whole_file}
    single = [ignore for ignore in ignores if cell_of(ignore.path)[0] not in whole]
    by_path: dict[str, list[Ignore]] = {}
    for ignore in single:
        by_path.setdefault(ignore.path, []).append(ignore)
    remaining = [d for d in found if not _is_silenced(d, whole, by_path)]
    return (*remaining, *(warning for ignore in single for warning in _in_vain(ignore, known)))


def _is_silenced(found: Diagnosis, whole: Collection[str], by_path: Mapping[str, Sequence[Ignore]]) -> bool:
    if found.location is None:
        return False
    asked = [ignore.silences(found) for ignore in by_path.get(found.location.path, ())]  # all of them: each learns whether it is used
    return any(asked) or cell_of(found.location.path)[0] in whole


def ignores_in(path: str, text: str) -> Iterator[Ignore]:
    """The comments of a program, in the order of its lines."""
    if MARK not in text:
        return
    lines = text.split("\n")
    for line, column, comment in _comments(text):
        for match in _COMMENT.finditer(comment):
            slugs = tuple(part.strip() for part in (match.group("slugs") or "").split(",") if part.strip())
            full = lines[line - 1] if line <= len(lines) else ""
            yield Ignore(path, line, column + match.start(), column + match.end(), full, slugs, bool(match.group("file")))


def _comments(text: str) -> Iterator[tuple[int, int, str]]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT and MARK in token.string:
                yield *token.start, token.string
    except (tokenize.TokenError, SyntaxError):  # what the parser accepts and the tokenizer does not: no comment of ours
        return


def _in_vain(ignore: Ignore, known: Callable[[], Collection[str]]) -> Iterator[Diagnosis]:
    if not ignore.slugs:
        if not ignore.used:
            yield _warning(ignore, "there is nothing to ignore on this line", ())
        return
    slugs = known()
    for slug in dict.fromkeys(ignore.slugs):
        if slug not in slugs:
            yield _warning(ignore, f"no cause is called `{slug}`; the list: whygrad explain", _without(ignore, slug))
        elif slug not in ignore.used:
            yield _warning(ignore, f"there is no `{slug}` to ignore on this line", _without(ignore, slug))


def _without(ignore: Ignore, slug: str) -> tuple[str, ...]:
    return tuple(other for other in dict.fromkeys(ignore.slugs) if other != slug)


def _warning(ignore: Ignore, message: str, left: tuple[str, ...]) -> Diagnosis:
    at = _location(ignore, ignore.start, ignore.end)
    fix = Fix("take it out of the comment", "safe", None, (Edit(at, f"# whygrad: ignore[{', '.join(left)}]"),)) if left else _removal(ignore)
    return Diagnosis(UNUSED, "proven", "warning", message, "A comment in vain would hide a mistake that comes later.", at, fix=fix)


def _removal(ignore: Ignore) -> Fix:
    """The comment with the spaces before it; a line that holds nothing else is left empty. What stands behind it remains a comment."""
    before, after = ignore.full_line[: ignore.start], ignore.full_line[ignore.end :]
    if after.strip():
        rest = after.lstrip()
        edit = Edit(_location(ignore, ignore.start, len(ignore.full_line) - len(rest)), "" if rest.startswith("#") else "# ")
    else:
        edit = Edit(_location(ignore, len(before.rstrip()), len(ignore.full_line)), "")
    return Fix("remove the comment", "safe", None, (edit,))


def _location(ignore: Ignore, start: int, end: int) -> Location:
    text = ignore.full_line
    return Location(ignore.path, ignore.line, start + 1, ignore.line, end + 1, "<module>", text[start:end], (text,))
