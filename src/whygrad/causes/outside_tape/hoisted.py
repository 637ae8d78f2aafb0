"""A value that is computed once, before the loop or the function with the tape, comes in; the repair that computes it in every step goes out."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Fix
from whygrad.repairs.edits import deleted, inserted
from whygrad.repairs.file import SourceFile, bound, names, uses
from whygrad.repairs.moving import indented
from whygrad.repairs.pure import is_pure


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


def made_at_the_margin(file: SourceFile, node: ast.expr, block: ast.With) -> Fix | None:
    """`w = tf.exp(raw)` at the margin, read under the tape of a function: computed there. None where another name of the same kind may be meant."""
    function, statement = file.function(block), file.statement(node)
    lines = [] if function is None else _chain(file, statement, function)
    inner = file.indent(block.body[0])
    if not lines or function is None or inner is None or any(file.indent(s) is None for s in lines):
        return None
    made = {name for s in lines for name in names(s, ast.Store)}
    reads = [use for name in made for use in uses(function, name)]
    if not reads or not all(file.inside(use, block) for use in reads) or not _are_the_same_there(file, lines, made, function):
        return None
    text = "".join(f"{indented(file, *_whole(file, s), inner)}\n" for s in lines)
    again = [s for s in lines if _is_read_elsewhere(file, s, lines, function)]
    kept = {id(s) for i, s in enumerate(lines) if any(a in lines[i:] for a in again)}
    gone = [deleted(file, s) for s in lines if id(s) not in kept]
    edits = [e for e in gone if e is not None]
    place = inserted(file, file.line_start(file.span(block.body[0])[0]), text)
    title = f"compute `{'` and `'.join(sorted(made))}` in every step, under the tape"
    return Fix(title, edits=(*edits, place)) if len(edits) == len(gone) else None


def _chain(file: SourceFile, first: ast.stmt | None, function: ast.AST) -> list[ast.Assign]:
    """The statement and those at the margin that compute with its result. Empty where one of them cannot be computed again."""
    chain: list[ast.Assign] = []
    waiting = [first]
    for statement in waiting:
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1 or not isinstance(statement.targets[0], ast.Name):
            return []
        if statement not in file.tree.body or not is_pure(file, statement.value):
            return []
        chain.append(statement)
        readers = [file.statement(use) for use in uses(file.tree, statement.targets[0].id) if file.function(use) is None]
        further = [r for r in readers if isinstance(r, ast.Assign) and r in file.tree.body and is_pure(file, r.value)]
        waiting += [r for r in further if r not in waiting and _leads_to(file, r, function)]
    return sorted(chain, key=file.tree.body.index)


def _leads_to(file: SourceFile, statement: ast.Assign, function: ast.AST) -> bool:
    return any(uses(function, name) for name in names(statement, ast.Store))


def _are_the_same_there(file: SourceFile, lines: list[ast.Assign], made: set[str], function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Each name is bound once in the file, so that it means the same in the function."""
    read = {name for s in lines for name in names(s.value, ast.Load)}
    stores = [n.id for n in file.nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    arguments = {a.arg for a in ast.walk(function) if isinstance(a, ast.arg)}
    once = all(stores.count(name) == 1 for name in made) and all(stores.count(name) <= 1 for name in read)
    inside = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return once and not (read | made) & (arguments | inside)


def _is_read_elsewhere(file: SourceFile, statement: ast.Assign, lines: list[ast.Assign], function: ast.AST) -> bool:
    found = [use for name in names(statement, ast.Store) for use in uses(file.tree, name)]
    return any(not file.inside(use, function) and not any(file.inside(use, s) for s in lines) for use in found)


def _whole(file: SourceFile, statement: ast.stmt) -> tuple[int, int]:
    start, end = file.span(statement)
    return file.line_start(start), file.line_end(end)
