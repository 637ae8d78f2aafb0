"""A computation after the tape's block, or in the gradient call itself, comes in; the repair that brings it under the tape goes out."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Fix, Location
from whygrad.repairs.edits import line_after, replaced
from whygrad.repairs.file import SourceFile
from whygrad.repairs.moving import askable_inside, closed_later, is_asked, is_question, tape_name


def after_the_block(file: SourceFile, node: ast.expr, block: ast.With, tape: Location | None) -> Fix | None:
    """None where it does not stand behind the block, among the same statements. `tape` is where the tape that is asked begins."""
    statement = next((n for n in file.around(node) if n in file.block(block)), None)
    if not isinstance(statement, ast.stmt):
        return None
    askable = askable_inside(file, block, tape)
    target = _target(file, node, block, tape)
    if target is not None:
        return _in_the_call(file, target, block, askable)
    edit = closed_later(file, statement, block, askable)
    if edit is None:
        return None
    moved = file.block(block)[file.block(block).index(block) : file.block(block).index(statement) + 1][1:]
    asks = any(is_asked(file, n, askable) for s in moved for n in ast.walk(s))
    return Fix(f"compute `{' '.join(file.code(statement).split())[:60]}` under the tape", "review" if asks else "safe", None, (edit,))


def _target(file: SourceFile, node: ast.expr, block: ast.With, tape: Location | None) -> ast.expr | None:
    """The first argument of `tape.gradient(...)` where `node` stands in it."""
    name = tape_name(file, block, tape)
    for outer in file.around(node):
        if (
            outer is not node
            and isinstance(outer, ast.Call)
            and isinstance(outer.func, ast.Attribute)
            and outer.func.attr in ("gradient", "jacobian")
            and outer.args
        ):
            same = name is not None and file.code(outer.func.value) == file.code(name)
            return outer.args[0] if same and file.inside(node, outer.args[0]) else None
    return None


def _in_the_call(file: SourceFile, target: ast.expr, block: ast.With, askable: frozenset[str]) -> Fix | None:
    """`tape.gradient(-loss, w)` -> `objective = -loss` as the last line of the block, and `tape.gradient(objective, w)`."""
    name = file.free("objective")
    code = file.code(target)
    line = None if "\n" in code else line_after(file, block.body[-1], f"{name} = {code}")
    asks = [n for n in ast.walk(target) if is_question(n)]
    if line is None or not all(is_asked(file, n, askable) for n in asks):
        return None
    return Fix(f"compute `{code}` under the tape", "review" if asks else "safe", None, (line, replaced(file, target, name)))
