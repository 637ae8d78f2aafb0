"""A cast to integers comes in; the value without it goes out."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.catalogue import Status
from whygrad.catalogue.entry import best
from whygrad.model import Edit
from whygrad.repairs.comparing import CAST, is_float_cast
from whygrad.repairs.edits import inserted, unwrapped
from whygrad.repairs.file import SourceFile, names, uses
from whygrad.repairs.imported import called, tensorflow
from whygrad.repairs.rewrite import Rewrite
from whygrad.repairs.standing_in import entry_of, slug_of

INTEGERS = frozenset(("tensorflow.to_int32", "tensorflow.to_int64"))
MAPS = frozenset(("tensorflow.map_fn",))


def uncast(file: SourceFile, node: ast.expr) -> Rewrite | None:
    """None where the expression is no cast to an integer type of a known name."""
    if (
        not isinstance(node, ast.Call)
        or not node.args
        or not (slug_of(file, node) == CAST or called(file, node) in INTEGERS)
        or is_float_cast(file, node)
    ):
        return None
    if called(file, node) not in INTEGERS and not _is_integer(node):
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


def _is_integer(node: ast.Call) -> bool:
    dtype = node.args[1] if len(node.args) > 1 else next((k.value for k in node.keywords if k.arg in ("dtype", "x")), None)
    name = (
        dtype.attr
        if isinstance(dtype, ast.Attribute)
        else dtype.value
        if isinstance(dtype, ast.Constant)
        else dtype.id
        if isinstance(dtype, ast.Name)
        else ""
    )
    return isinstance(name, str) and name.startswith(("int", "uint"))


def _signature(file: SourceFile, node: ast.Call) -> list[Edit]:
    """The result of a `tf.map_fn` is of the type of what it maps over, unless it is told."""
    function = file.parent(node)
    mapped = file.parent(function) if isinstance(function, ast.Lambda) else None
    if not isinstance(mapped, ast.Call) or called(file, mapped) not in MAPS:
        return []
    if any(k.arg in ("fn_output_signature", "dtype") for k in mapped.keywords):
        return []
    return [inserted(file, file.span(mapped)[1] - 1, f", fn_output_signature={tensorflow(file)}.float32")]
