"""Paths and byte positions as the interpreter gives them in; `Location`s with their text, and syntax nodes, out. Cached per file."""

from __future__ import annotations

import ast
import linecache
import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from whygrad.model import Location

Span = tuple[int, int, int, int]  # line from 1, column from 0 in UTF-8 bytes, end line, end column: the way `ast` and `co_positions` count
MAX_SOURCE_LINES = 8
START_FOLDER = os.getcwd()  # a script named by a relative path is found again after the program changed directory


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """One file: its lines, its tree (None when it does not parse), its statements, and the node of each span."""

    lines: tuple[str, ...]
    tree: ast.Module | None
    statements: tuple[ast.stmt, ...]
    nodes: dict[Span, ast.expr | ast.stmt]


_parsed: dict[str, tuple[list[str], ParsedFile]] = {}


def keep(path: str, text: str) -> None:
    """Remember the text of a generated file that will be deleted. The entry has no mtime, which tells `linecache` not to check the disk."""
    linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)


def real_path(path: str) -> str:
    """The absolute path of a file; names such as `<stdin>` as they are."""
    if path.startswith("<") or os.path.isabs(path):
        return path
    candidates = (os.path.join(START_FOLDER, path), os.path.abspath(path))
    return next((os.path.normpath(c) for c in candidates if os.path.exists(c)), path)


def parsed(path: str) -> ParsedFile:
    """The file at `path`, or an empty one. Read again only when `linecache` holds other lines than last time."""
    lines = linecache.getlines(path) or linecache.getlines(real_path(path))
    cached = _parsed.get(path)
    if cached is not None and cached[0] is lines:
        return cached[1]
    tree = parse("".join(lines))
    statements = () if tree is None else tuple(n for n in ast.walk(tree) if isinstance(n, ast.stmt))
    result = ParsedFile(tuple(line.rstrip("\r\n") for line in lines), tree, statements, {} if tree is None else index(tree))
    _parsed[path] = (lines, result)
    return result


def read(path: str) -> str | None:
    """The text of a file, None when there is none."""
    return "\n".join(parsed(path).lines) or None


def parse(text: str) -> ast.Module | None:
    """The tree of a file, None when it does not parse. Warnings about the user's literals are the user's interpreter's business."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None  # a notebook cell with magics, a file of another Python


def index(tree: ast.Module) -> dict[Span, ast.expr | ast.stmt]:
    """The node of each span, also of the shifted spans that the compiler notes for chains over several lines."""
    nodes: dict[Span, ast.expr | ast.stmt] = {}
    for node in ast.walk(tree):
        if isinstance(node, (ast.expr, ast.stmt)):
            nodes[span(node)] = node  # children come later: an expression wins over the statement that is only it
    for node in list(nodes.values()):
        for shifted in _shifted(node):
            nodes.setdefault(shifted, node)
    return nodes


def _shifted(node: ast.expr | ast.stmt) -> Iterator[Span]:
    """The spans that the compiler gives to a method call, or an attribute, that stands on a later line than its object."""
    attribute = node.func if isinstance(node, ast.Call) else node
    if isinstance(attribute, ast.Attribute) and attribute.end_lineno != attribute.lineno:
        _, _, line, column = span(attribute)
        _, _, end_line, end_column = span(node)
        yield line, column - len(attribute.attr.encode()), end_line, end_column


def span(node: ast.expr | ast.stmt) -> Span:
    """Where a node stands."""
    line, column = node.lineno, node.col_offset
    return line, column, node.end_lineno or line, column if node.end_col_offset is None else node.end_col_offset


def covers(outer: Span, inner: Span) -> bool:
    """Does one lie in the other?"""
    return outer[:2] <= inner[:2] and inner[2:] <= outer[2:]


def to_characters(line: str, byte_column: int) -> int:
    """A column in UTF-8 bytes as a column in characters, both from 0."""
    return byte_column if line.isascii() else len(line.encode()[:byte_column].decode(errors="ignore"))


def to_bytes(line: str, column: int) -> int:
    """The inverse of `to_characters`."""
    return column if line.isascii() else len(line[:column].encode())


def location(path: str, where: Span, function: str = "<module>") -> Location:
    """The `Location` of a span, with its text when the file can be read."""
    return location_in(parsed(path).lines, real_path(path), where, function)


def location_in(lines: tuple[str, ...], path: str, where: Span, function: str = "<module>") -> Location:
    """The same for a file whose lines are at hand."""
    line, column, end_line, end_column = where
    if not 0 < line <= end_line <= len(lines):
        return Location(path, line, column + 1, end_line, end_column + 1, function)
    shown = lines[line - 1 : end_line]
    start, end = to_characters(shown[0], column), to_characters(shown[-1], end_column)
    text = shown[0][start:end] if len(shown) == 1 else "\n".join((shown[0][start:], *shown[1:-1], shown[-1][:end]))
    return Location(path, line, start + 1, end_line, end + 1, function, text, shown[:MAX_SOURCE_LINES])


def span_of(lines: tuple[str, ...], where: Location) -> Span:
    """The inverse of `location_in`."""
    first, last = (lines[n - 1] if 0 < n <= len(lines) else "" for n in (where.line, where.end_line))
    return where.line, to_bytes(first, where.column - 1), where.end_line, to_bytes(last, where.end_column - 1)


def line_location(path: str, line: int, function: str = "<module>") -> Location:
    """The statement at a line, or the line itself: what is left when no exact position is known."""
    file = parsed(path)
    statement = statement_at(file, line)
    if statement is not None:
        return location(path, header(statement, file.lines), function)
    if not 0 < line <= len(file.lines):
        return Location(real_path(path), line, 1, line, 1, function)
    return location(path, _whole_line(file.lines, line), function)


def statement_at(file: ParsedFile, line: int) -> ast.stmt | None:
    """The innermost statement that covers a line; of several that start there, the first."""
    covering = (n for n in file.statements if n.lineno <= line <= (n.end_lineno or n.lineno))
    return max(covering, key=lambda n: (n.lineno, n.lineno - (n.end_lineno or 0), -n.col_offset), default=None)


def header(statement: ast.expr | ast.stmt, lines: tuple[str, ...]) -> Span:
    """The span to show for a node: of a compound statement only the expression (or the line) that heads it."""
    if isinstance(statement, (ast.If, ast.While)):
        return span(statement.test)
    if isinstance(statement, (ast.For, ast.AsyncFor)):
        return span(statement.iter)
    if isinstance(statement, (ast.With, ast.AsyncWith)):
        return span(statement.items[0].context_expr)
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Try, ast.Match)):
        return _whole_line(lines, statement.lineno)
    return span(statement)


def _whole_line(lines: tuple[str, ...], line: int) -> Span:
    text = lines[line - 1] if line <= len(lines) else ""
    return line, len(text[: len(text) - len(text.lstrip())].encode()), line, len(text.rstrip().encode())
