"""A value that is computed once, before the loop with the tape, comes in; the repair that computes it anew in every step goes out."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Fix
from whygrad.repairs.edits import deleted, inserted
from whygrad.repairs.file import SourceFile, bound, names, uses
from whygrad.repairs.moving import indented


def made_once(file: SourceFile, node: ast.expr, block: ast.With) -> Fix | None:
    """None unless one assignment makes it, only the block and what follows in its loop read it, and what it reads stays the same in between."""
    statement = file.statement(node)
    loop = next((n for n in file.around(block) if isinstance(n, ast.stmt) and statement is not None and n in file.block(statement)), None)
    if not isinstance(statement, ast.Assign) or loop is None or not isinstance(loop, (ast.For, ast.While)):
        return None
    if not _is_read_there_only(file, statement, block) or _changes_between(file, statement):
        return None
    outer, inner = file.indent(statement), file.indent(block.body[0])
    gone = deleted(file, statement)
    if outer is None or inner is None or gone is None or not inner.startswith(outer) or len(file.block(statement)) == 1:
        return None
    start, end = file.line_start(file.span(statement)[0]), file.line_end(file.span(statement)[1])
    text = indented(file, start, end, inner[len(outer) :])
    first = file.line_start(file.span(block.body[0])[0])
    name = " and ".join(sorted(names(statement, ast.Store)))
    return Fix(f"compute `{name}` anew in every step, under the tape", edits=(gone, inserted(file, first, f"{text}\n")))


def _is_read_there_only(file: SourceFile, statement: ast.Assign, block: ast.With) -> bool:
    made = names(statement, ast.Store)
    plain = all(isinstance(t, ast.Name) for t in statement.targets)
    return plain and all(file.inside(use, block) for name in made for use in uses(file.tree, name) if not file.inside(use, statement))


def _changes_between(file: SourceFile, statement: ast.Assign) -> bool:
    """Whether a name that the value is made of is bound again after it."""
    siblings = file.block(statement)
    later = siblings[siblings.index(statement) + 1 :]
    read = names(statement.value, ast.Load)
    return any(bound(s, name) for s in later for name in read | names(statement, ast.Store))
