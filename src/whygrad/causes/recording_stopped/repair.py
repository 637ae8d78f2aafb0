"""The statement moves out of the `stop_recording()` block, to before it."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Diagnosis, Edit, Fix
from whygrad.repairs.edits import changed, deleted, inserted
from whygrad.repairs.file import SourceFile, bound, names
from whygrad.repairs.offering import Source, related_place


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    file = source.main
    node, pause = file.expression(diagnosis.location), file.expression(related_place(diagnosis, "recording stops here"))
    block = next((n for n in file.around(pause) if isinstance(n, ast.With)), None) if pause is not None else None
    statement = next((s for s in block.body if node is not None and file.inside(node, s)), None) if block is not None else None
    if block is None or statement is None or len(block.items) != 1 or not isinstance(statement, ast.Assign):
        return None
    edits = _alone(file, block) if len(block.body) == 1 else _moved(file, statement, block)
    title = f"take `{' '.join(file.code(statement).split())[:60]}` out of the `stop_recording()` block"
    return None if not edits else Fix(title, edits=tuple(edits))


def _moved(file: SourceFile, statement: ast.stmt, block: ast.With) -> list[Edit]:
    """To before the block, if it needs nothing of what the block computes before it."""
    earlier = block.body[: block.body.index(statement)]
    needed = names(statement, ast.Load) | names(statement, ast.Store)
    gone, indent = deleted(file, statement), file.indent(block)
    if gone is None or indent is None or any(bound(s, name) for s in earlier for name in needed):
        return []
    if earlier and any(isinstance(n, ast.Call) and isinstance(s, ast.Expr) for s in earlier for n in ast.walk(s)):
        return []  # a call for its effect may be what the statement depends on
    return [inserted(file, file.line_start(file.span(block)[0]), _shallower(file, statement, indent)), gone]


def _alone(file: SourceFile, block: ast.With) -> list[Edit]:
    """A block of one statement: the `with` goes."""
    statement, indent = block.body[0], file.indent(block)
    if indent is None or file.indent(statement) is None or statement.lineno == block.lineno:
        return []
    start, end = file.line_start(file.span(block)[0]), file.line_end(file.span(statement)[1])
    return [changed(file, start, end, _shallower(file, statement, indent).rstrip("\n"))]


def _shallower(file: SourceFile, statement: ast.stmt, indent: str) -> str:
    """The lines of a statement with the indentation of the block that it leaves."""
    start, end = file.span(statement)
    own = file.indent(statement) or ""
    lines = file.text[file.line_start(start) : file.line_end(end)].split("\n")
    return "".join(f"{indent}{line.removeprefix(own)}\n" for line in lines)
