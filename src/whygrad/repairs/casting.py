"""A cast to integers comes in; the value without it goes out."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.catalogue import Status
from whygrad.catalogue.entry import best
from whygrad.model import Edit
from whygrad.repairs.comparing import CAST, dtype_of
from whygrad.repairs.edits import inserted, unwrapped
from whygrad.repairs.file import SourceFile, names, uses
from whygrad.repairs.imported import tensorflow
from whygrad.repairs.rewrite import Rewrite
from whygrad.repairs.standing_in import entry_of, slug_of


def uncast(file: SourceFile, node: ast.expr) -> Rewrite | None:
    """None where the expression is no cast to an integer type of a known name."""
    if not isinstance(node, ast.Call) or not node.args or slug_of(file, node) != CAST or not dtype_of(file, node).startswith(("int", "uint")):
        return None
    if not all(_floats_fit(file, n) for n in _readers(file, node)):
        return None
    edits = [*unwrapped(file, node, node.args[0]), *_signature(file, node)]
    return Rewrite(f"keep the value floating: take `{file.code(node.func)}(...)` away", tuple(edits))


def _readers(file: SourceFile, node: ast.expr) -> list[ast.expr]:
    """The expression itself, or where the name that it is assigned to is read."""
    statement = file.parent(node)
    if not isinstance(statement, ast.Assign):
        return [node]
    return [use for name in names(statement, ast.Store) for use in uses(file.home(statement), name)]


def _floats_fit(file: SourceFile, node: ast.expr) -> bool:
    """Whether a floating value may stand where `node` stands: in arithmetic and in functions of numbers, not as an index, a shape or an image."""
    parent = file.parent(node)
    if isinstance(parent, ast.Call):
        found = entry_of(file, parent)
        argument = found.argument(parent.args.index(node)) if found and node in parent.args else None
        if found is None or argument is None or argument.kind != "float":
            return False
        return best(found.flow(argument.name)) in (Status.GRADIENT, Status.DEPENDS)
    return isinstance(parent, (ast.BinOp, ast.UnaryOp, ast.Return, ast.Lambda)) or (isinstance(parent, ast.Compare) and parent.left is node)


def _signature(file: SourceFile, node: ast.Call) -> list[Edit]:
    """The result of a `tf.map_fn` is of the type of what it maps over, unless it is told."""
    function = file.parent(node)
    mapped = file.parent(function) if isinstance(function, ast.Lambda) else None
    found = entry_of(file, mapped) if isinstance(mapped, ast.Call) else None
    if not isinstance(mapped, ast.Call) or found is None or found.argument("fn_output_signature") is None:
        return []
    if any(k.arg in ("fn_output_signature", "dtype") for k in mapped.keywords):
        return []
    return [inserted(file, file.span(mapped)[1] - 1, f", fn_output_signature={tensorflow(file)}.float32")]
