"""Whole numbers that a tape is told to watch come in, a picture of bytes; they are cast to floats before."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Fix
from whygrad.repairs.edits import line_before
from whygrad.repairs.file import SourceFile
from whygrad.repairs.imported import name_of


def cast_before_watching(file: SourceFile, node: ast.expr, block: ast.With | None) -> Fix | None:
    """`x = tf.cast(x, tf.float32)` before the tape that watches `x`. `node`: what `x` was given; None where it is not that name that is watched."""
    made = file.parent(node)
    name = made.targets[0] if isinstance(made, ast.Assign) and len(made.targets) == 1 and made.value is node else None
    tf = name_of(file, "tensorflow")
    if block is None or not isinstance(name, ast.Name) or not tf or file.home(node) is not file.home(block):
        return None
    if not any(_watches(n, name.id) for n in ast.walk(block)) or file.inside(node, block):
        return None
    text = f"{name.id} = {tf}.cast({name.id}, {tf}.float32)"
    line = line_before(file, block, text)
    return None if line is None else Fix(f"make it floating before it is watched: `{text}`", edits=(line,))


def _watches(node: ast.AST, name: str) -> bool:
    watch = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "watch"
    return watch and isinstance(node, ast.Call) and any(isinstance(a, ast.Name) and a.id == name for a in node.args)
