"""A layer whose result is thrown away on purpose comes in; it is frozen where its owner is made, so that nothing waits for its gradient.

self.encoder = Encoder()                      self.encoder = Encoder()
                                              self.encoder.pooler.trainable = False
...
sequence, _ = self.encoder(ids)               the pooler's result is the second one
"""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Diagnosis, Fix
from whygrad.repairs.edits import line_after
from whygrad.repairs.file import SourceFile


def frozen(file: SourceFile, node: ast.Call, diagnosis: Diagnosis) -> Fix | None:
    """None unless `node` is a layer's attribute in a method that returns several results, and every caller names this one `_`."""
    method = file.function(node)
    layer = node.func.attr if isinstance(node.func, ast.Attribute) and file.code(node.func) == f"self.{node.func.attr}" else ""
    place = -1 if method is None else _place(file, method, node)
    found = [s for s in file.nodes if isinstance(s, ast.Assign) and _discards(s, place)]
    owners = {file.code(s.value.func) for s in found if isinstance(s.value, ast.Call)}
    if not layer or place < 0 or len(owners) != 1:
        return None
    owner = owners.pop()
    calls = [n for n in file.nodes if isinstance(n, ast.Call) and file.code(n.func) == owner]
    words = f".{owner.rpartition('.')[2]}.{layer}."
    if any(file.parent(c) not in found for c in calls) or not all(words in f".{v.name.replace('/', '.')}." for v in diagnosis.variables):
        return None
    made = [s for s in file.nodes if isinstance(s, ast.Assign) and [file.code(t) for t in s.targets] == [owner]]
    line = line_after(file, made[0], f"{owner}.{layer}.trainable = False") if len(made) == 1 else None
    return None if line is None else Fix(f"freeze what nobody uses: `{owner}.{layer}.trainable = False`", edits=(line,))


def _place(file: SourceFile, method: ast.FunctionDef | ast.AsyncFunctionDef, node: ast.Call) -> int:
    """Which of the returned results it is; -1 where that is not clear."""
    returned = [n.value for n in ast.walk(method) if isinstance(n, ast.Return) and file.function(n) is method]
    value = returned[0] if len(returned) == 1 else None
    if not isinstance(value, ast.Tuple) or method.name not in ("call", "__call__"):
        return -1
    statement = file.parent(node)
    made = {t.id for t in statement.targets if isinstance(t, ast.Name)} if isinstance(statement, ast.Assign) else set()
    return next((i for i, e in enumerate(value.elts) if e is node or (isinstance(e, ast.Name) and e.id in made)), -1)


def _discards(statement: ast.Assign, place: int) -> bool:
    """`sequence, _ = self.encoder(ids)`"""
    target = statement.targets[0]
    if not isinstance(statement.value, ast.Call) or not isinstance(target, ast.Tuple) or not 0 <= place < len(target.elts):
        return False
    name = target.elts[place]
    return isinstance(name, ast.Name) and name.id.startswith("_") and not any(isinstance(e, ast.Starred) for e in target.elts)
