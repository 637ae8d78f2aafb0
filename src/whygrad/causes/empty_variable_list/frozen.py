"""A model that was frozen for another step, and is asked for its trainable variables, comes in; it is released for this step only."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Fix, Location
from whygrad.repairs.edits import line_after, line_before
from whygrad.repairs.file import SourceFile


def released_here(file: SourceFile, node: ast.Attribute, block: ast.With | None, frozen: Location | None) -> Fix | None:
    """`d.trainable = True` before the tape, and `False` again once its list was read. None where something else changes it too."""
    model = file.code(node.value)
    settings = [s for s in file.nodes if isinstance(s, ast.Assign) and [file.code(t) for t in s.targets] == [f"{model}.trainable"]]
    if block is None or len(settings) != 1 or frozen is None or settings[0].lineno != frozen.line or not _is_false(settings[0].value):
        return None
    if file.function(settings[0]) is file.function(node):
        return None  # frozen in this very step: by intention
    last = _last_read(file, node, block)
    before = line_before(file, block, f"{model}.trainable = True")
    after = None if last is None else line_after(file, last, f"{model}.trainable = False")
    if before is None or after is None:
        return None
    return Fix(f"release `{model}` for the step that trains it", edits=(before, after))


def _is_false(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is False


def _last_read(file: SourceFile, node: ast.Attribute, block: ast.With) -> ast.stmt | None:
    """The last statement beside the block that reads the list; None where it is read elsewhere too."""
    siblings = file.block(block)
    reads = [n for n in ast.walk(file.home(node)) if isinstance(n, ast.Attribute) and file.code(n) == file.code(node)]
    found = [next((s for s in file.around(read) if s in siblings), None) for read in reads]
    after = [s for s in found if isinstance(s, (ast.Assign, ast.Expr)) and siblings.index(s) > siblings.index(block)]
    return max(after, key=siblings.index) if after and len(after) == len(found) else None
