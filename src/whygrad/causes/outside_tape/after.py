"""A computation after the tape's block, or in the gradient call itself, comes in; the repair that brings it under the tape goes out."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Fix
from whygrad.repairs.edits import line_after, replaced
from whygrad.repairs.file import SourceFile
from whygrad.repairs.moving import closed_later, tape_name


def after_the_block(file: SourceFile, node: ast.expr, block: ast.With) -> Fix | None:
    """None where it does not stand behind the block, among the same statements."""
    statement = next((n for n in file.around(node) if n in file.block(block)), None)
    if not isinstance(statement, ast.stmt):
        return None
    target = _target(file, node, block)
    if target is not None:
        return _in_the_call(file, target, block)
    edit = closed_later(file, statement, block)
    return None if edit is None else Fix(f"compute `{' '.join(file.code(statement).split())[:60]}` under the tape", "safe", None, (edit,))


def _target(file: SourceFile, node: ast.expr, block: ast.With) -> ast.expr | None:
    """The first argument of `tape.gradient(...)` where `node` stands in it."""
    name = tape_name(file, block)
    for outer in file.around(node):
        if isinstance(outer, ast.Call) and isinstance(outer.func, ast.Attribute) and outer.func.attr in ("gradient", "jacobian") and outer.args:
            same = name is not None and file.code(outer.func.value) == file.code(name)
            return outer.args[0] if same and file.inside(node, outer.args[0]) else None
    return None


def _in_the_call(file: SourceFile, target: ast.expr, block: ast.With) -> Fix | None:
    """`tape.gradient(-loss, w)` -> `objective = -loss` as the last line of the block, and `tape.gradient(objective, w)`."""
    name = file.free("objective")
    code = file.code(target)
    line = None if "\n" in code else line_after(file, block.body[-1], f"{name} = {code}")
    if line is None:
        return None
    return Fix(f"compute `{code}` under the tape", "safe", None, (line, replaced(file, target, name)))
