"""A file and nodes of it come in; exact text edits go out: replace, insert a line, wrap, unwrap, delete a statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from whygrad import syntax as ast
from whygrad.model import Edit
from whygrad.repairs.file import SourceFile


def replaced(file: SourceFile, node: ast.expr | ast.stmt, text: str) -> Edit:
    return changed(file, *file.span(node), text)


def changed(file: SourceFile, start: int, end: int, text: str) -> Edit:
    return Edit(file.place(start, end), text)


def inserted(file: SourceFile, at: int, text: str) -> Edit:
    return Edit(file.place(at, at), text)


def unwrapped(file: SourceFile, call: ast.expr, inner: ast.expr) -> list[Edit]:
    """`float(x)` -> `x`, `x.numpy()` -> `x`: what is around `inner` goes, comments inside it too; brackets come where a neighbour needs them."""
    (start, end), (first, last) = file.span(call), file.span(inner)
    first, last = _with_brackets(file, start, first, last)
    loose = not isinstance(inner, (ast.Name, ast.Constant, ast.Attribute, ast.Call, ast.Subscript)) and file.text[first : first + 1] != "("
    tight = loose and isinstance(file.parent(call), (ast.BinOp, ast.UnaryOp, ast.Compare, ast.Attribute, ast.Subscript, ast.BoolOp))
    opening, closing = ("(", ")") if tight or (loose and "\n" in file.text[first:last]) else ("", "")
    edits = [changed(file, start, first, opening), changed(file, last, end, closing)]
    return [e for e in edits if e.location.text or e.replacement]


def _with_brackets(file: SourceFile, start: int, first: int, last: int) -> tuple[int, int]:
    """The brackets that belong to the inner expression alone: `(a - b).numpy()`."""
    if first > start and file.text[start] == "(" and file.text[start + 1 : first].strip("( \n") == "" and file.text[last : last + 1] == ")":
        return start, last + 1
    return first, last


def line_before(file: SourceFile, statement: ast.stmt, text: str) -> Edit | None:
    """A line of its own before a statement; None where the statement shares its lines with another."""
    indent = file.indent(statement)
    return None if indent is None else inserted(file, file.line_start(file.span(statement)[0]), f"{indent}{text}\n")


def line_after(file: SourceFile, statement: ast.stmt, text: str) -> Edit | None:
    """A line of its own after a statement, with its indentation."""
    indent = file.indent(statement)
    return None if indent is None else inserted(file, file.line_end(file.span(statement)[1]), f"\n{indent}{text}")


def deleted(file: SourceFile, statement: ast.stmt) -> Edit | None:
    """The statement with its lines; `pass` where its block would be empty. None where it shares its lines with another."""
    if file.indent(statement) is None:
        return None
    if len(file.block(statement)) == 1:
        return replaced(file, statement, "pass")
    start, end = file.span(statement)
    first, last = file.line_start(start), min(file.line_end(end) + 1, len(file.text))
    while file.text[:first].endswith("\n\n") and file.text[last : last + 1] == "\n":
        last += 1  # of the blank lines on both sides one side is enough
    return changed(file, first, last, "")


def without_keyword(file: SourceFile, keyword: ast.keyword) -> Edit:
    """The argument goes, with the comma before or after it."""
    start, end = file.offset(keyword.lineno, keyword.col_offset), file.span(keyword.value)[1]
    before, rest = file.text[:start].rstrip(), file.text[end:]
    if before.endswith(","):
        start = len(before) - 1
    elif rest.lstrip().startswith(","):
        end += len(rest) - len(rest.lstrip()) + 1
        end += len(file.text[end:]) - len(file.text[end:].lstrip(" "))
    return changed(file, start, end, "")


def renamed(file: SourceFile, nodes: Iterable[ast.expr], name: str) -> list[Edit]:
    return [replaced(file, n, name) for n in nodes]


def applied(file: SourceFile, edits: Sequence[Edit], start: int, end: int) -> str:
    """What stands between two offsets once the edits in there are made. No Python where two of them touch the same characters."""
    spans = sorted(_offsets(file, edit) for edit in edits)
    if any(one[1] > other[0] or one[0] == other[0] for one, other in pairwise(spans)):
        return "two edits touch"
    text = file.text[start:end]
    for first, last, new in reversed(spans):
        text = text[: first - start] + new + text[last - start :]
    return text


def _offsets(file: SourceFile, edit: Edit) -> tuple[int, int, str]:
    start = file.at(edit.location.line, edit.location.column)
    return start, start + len(edit.location.text), edit.replacement
