"""`tape.watch(x)` as the first line of the block, or behind the line in the block that makes `x`."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Diagnosis, Edit, Fix, Location
from whygrad.repairs.edits import deleted, inserted, line_after
from whygrad.repairs.file import SourceFile, bound, names
from whygrad.repairs.imported import called
from whygrad.repairs.moving import TAPE, tape_block, tape_name
from whygrad.repairs.offering import Source, asked_place, tape_place

SIMPLE = (ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.expr_context)  # `x`, `self.x`, `params["x"]`


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    file = source.main
    node = file.expression(diagnosis.location)
    block = tape_block(file, _opened(file, diagnosis))
    asked = _asked(file, node, file.expression(asked_place(diagnosis)))
    tape = None if block is None else tape_name(file, block, _opened(file, diagnosis))
    if asked is None or block is None or tape is None or file.home(asked) is not file.home(block) or file.inside(asked, block):
        return None
    missing = _missing(file, asked, {v.name for v in diagnosis.variables})
    if not missing or any(v.dtype in ("integer", "bool", "string") for v in diagnosis.variables):
        return None
    code = ", ".join(file.code(m) for m in missing)
    call = f"{file.code(tape)}.watch({code if len(missing) == 1 else f'[{code}]'})"
    early = _earlier(file, node, block)
    line = _line(file, block, missing, call)
    return None if line is None or early is None else Fix(f"watch it: `{call}`", "safe", None, (*early, line))


def _opened(file: SourceFile, diagnosis: Diagnosis) -> Location | None:
    """Where the tape is made: that may be what the diagnosis points at."""
    own = called(file, file.expression(diagnosis.location)) == TAPE
    return diagnosis.location if own else tape_place(diagnosis)


def _asked(file: SourceFile, node: ast.expr | None, call: ast.expr | None) -> ast.expr | None:
    """The sources as they stand in the gradient call; the diagnosis may point at them, at a `watch` or at the tape."""
    if isinstance(call, ast.Call) and len(call.args) > 1 and isinstance(node, ast.Call):
        return call.args[1]
    return None if isinstance(node, ast.Call) else node


def _earlier(file: SourceFile, node: ast.expr | None, block: ast.With) -> list[Edit] | None:
    """A `watch` that is there and comes too late, or watches a copy, goes. None where it cannot."""
    if not isinstance(node, ast.Call) or not file.inside(node, block) or called(file, node) == TAPE:
        return []
    statement = file.parent(node)
    gone = deleted(file, statement) if isinstance(statement, ast.Expr) and len(file.block(statement)) > 1 else None
    return None if gone is None or len(node.args) != 1 else [gone]


def _missing(file: SourceFile, asked: ast.expr, wanted: set[str]) -> list[ast.expr]:
    """Those of the sources that nobody watches, as they are written; empty where one is more than a name."""
    each = asked.elts if isinstance(asked, (ast.List, ast.Tuple)) else [asked]
    names_of = {name.replace('"', "'") for name in wanted}
    found = [e for e in each if file.code(e).replace('"', "'") in names_of] if len(each) > 1 else each
    return found if all(map(_is_simple, found)) else []


def _is_simple(node: ast.expr) -> bool:
    """May it be asked for once more? `x`, `params["x"]`, `list(params.values())`: that computes nothing."""
    if isinstance(node, ast.Call) and not node.keywords:
        if isinstance(node.func, ast.Name) and node.func.id == "list" and len(node.args) == 1:
            return _is_simple(node.args[0])
        return isinstance(node.func, ast.Attribute) and node.func.attr == "values" and not node.args and _is_simple(node.func.value)
    return all(isinstance(n, SIMPLE) for n in ast.walk(node))


def _line(file: SourceFile, block: ast.With, missing: list[ast.expr], call: str) -> Edit | None:
    wanted = {name for m in missing for name in names(m, ast.Load)}
    makers = [s for s in block.body if any(bound(s, name) for name in wanted)]
    makers += [s for s in block.body if any(file.code(m) in _stored(file, s) for m in missing)]
    if any(not isinstance(s, ast.Assign) for s in makers):
        return None
    if makers:
        return line_after(file, max(makers, key=lambda s: s.lineno), call)
    first = block.body[0]
    indent = file.indent(first)
    on_one_line = indent is None or first.lineno == block.lineno
    return None if on_one_line else inserted(file, file.line_start(file.span(first)[0]), f"{indent}{call}\n")


def _stored(file: SourceFile, statement: ast.stmt) -> set[str]:
    """The attributes and elements that a statement binds, as they are written."""
    return {file.code(n) for n in ast.walk(statement) if isinstance(n, (ast.Attribute, ast.Subscript)) and isinstance(n.ctx, ast.Store)}
