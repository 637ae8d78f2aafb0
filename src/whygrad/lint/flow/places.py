"""Sites -> Locations: the text of an expression, the call beside a tape, the function around a place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from whygrad import syntax as ast
from whygrad.lint.flow.graph import Frame, Node, Site
from whygrad.model import Location

MAKERS = ("__init__", "build")  # what happens in there is shown there, not where the object is made


class Places:
    """The lines of the files that were walked through, by path."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._lines = {path: text.splitlines() for path, text in texts.items()}

    def location(self, site: Site | None) -> Location | None:
        """None for a place without a position."""
        if site is None or not hasattr(site.node, "lineno") or site.path not in self._lines:
            return None
        node = _shown(site.node)
        lines = self._lines[site.path]
        first, last = node.lineno, getattr(node, "end_lineno", None) or node.lineno  # type: ignore[attr-defined]
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            return self._header(node, lines, site)
        start = _characters(lines, first, node.col_offset)  # type: ignore[attr-defined]
        end = _characters(lines, last, getattr(node, "end_col_offset", None) or 0)
        text = _between(lines, first, start, last, end)
        return Location(site.path, first, start + 1, last, end + 1, site.frame.function, text, tuple(lines[first - 1 : last][:8]))

    def _header(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, lines: list[str], site: Site) -> Location:
        line = lines[node.lineno - 1]
        start = len(line) - len(line.lstrip())
        return Location(site.path, node.lineno, start + 1, node.lineno, len(line.rstrip()) + 1, site.frame.function, line.strip(), (line,))

    def texts_of(self, node: ast.expr | None, path: str) -> str:
        """An expression on one line, as it is written."""
        if node is None or path not in self._lines:
            return ""
        lines = self._lines[path]
        start, end = _characters(lines, node.lineno, node.col_offset), _characters(lines, node.end_lineno or node.lineno, node.end_col_offset or 0)
        return " ".join(_between(lines, node.lineno, start, node.end_lineno or node.lineno, end).split())


def _shown(node: ast.AST) -> ast.AST:
    return node.value if isinstance(node, ast.Starred) else node


def _characters(lines: Sequence[str], line: int, column: int) -> int:
    """A column in UTF-8 bytes as one in characters."""
    return len(lines[line - 1].encode()[:column].decode(errors="ignore")) if 0 < line <= len(lines) else column


def _between(lines: Sequence[str], first: int, start: int, last: int, end: int) -> str:
    if first == last:
        return lines[first - 1][start:end] if first <= len(lines) else ""
    return "\n".join([lines[first - 1][start:], *lines[first : last - 1], lines[last - 1][:end]])


def stack(site: Site) -> list[Site]:
    """The calls that led to a place, outermost first, and the place itself."""
    return [*site.frame.chain(), site]


def beside(node: Node, other: Site | None) -> Site | None:
    """Where the way to `node` parts from the way to `other` (a tape): the call in the function that both have in common.

    What was made in a constructor or in `build` is shown there: the call that makes the object says nothing.
    """
    site = node.called or node.site
    if site is None:
        return None
    mine = stack(site)
    making = [i for i, s in enumerate(mine) if s.frame.function.rpartition(".")[2] in MAKERS or s.frame.gives_later]
    if making:
        return mine[making[0]]
    theirs = stack(other) if other is not None else []
    frames = [s.frame for s in theirs]
    shared = [i for i, s in enumerate(mine) if s.frame in frames]
    parting = shared[-1] if shared else 0
    while parting + 1 < len(mine) and parting < len(theirs) and mine[parting].node is theirs[parting].node:
        parting += 1  # one call that led to both: `fit`, with a callback and a train_step in it
    return mine[parting]


def handed_over(site: Site | None) -> Site | None:
    """Out of the functions that only compute a value and return it: the call whose value is kept."""
    while site is not None and site.frame.node is not None and site.frame.called_from is not None and _is_returned(site.frame.node, site.node):
        site = site.frame.called_from
    return site


def _is_returned(function: ast.AST, made: ast.AST) -> bool:
    """In a `return` itself, or under a name that is returned as it is."""
    inner = [n for n in ast.walk(function) if isinstance(n, (ast.Return, ast.Assign)) and n.value is not None and made in ast.walk(n.value)]
    names = {t.id for n in inner if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)}
    returned = (n.value for n in ast.walk(function) if isinstance(n, ast.Return))
    return any(isinstance(n, ast.Return) for n in inner) or any(isinstance(v, ast.Name) and v.id in names for v in returned)


def entered_from(site: Site, other: Site | None) -> Site | None:
    """The call in the frame of `other` through which `site` was reached; None when it is in that frame itself."""
    frames: list[Frame] = [other.frame] if other is not None else []
    return next((s for s in stack(site)[:-1] if s.frame in frames), None)
