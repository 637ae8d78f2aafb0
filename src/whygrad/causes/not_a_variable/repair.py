"""The value is wrapped in `tf.Variable(...)` where it is made."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Diagnosis, Edit, Fix
from whygrad.repairs.edits import inserted, replaced
from whygrad.repairs.file import SourceFile
from whygrad.repairs.imported import called, tensorflow
from whygrad.repairs.offering import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whygrad.words import Safety

MAKERS = ("tensorflow.convert_to_tensor", "tensorflow.constant", "keras.ops.convert_to_tensor")
COMPREHENSIONS = (ast.ListComp, ast.DictComp)
ONCE = ("__init__", "build")  # they run once for each object


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    file = source.main
    node = file.expression(diagnosis.location)
    statement = None if node is None else _statement(file, node)
    several = node is not None and _makes_several(file, node)
    makes = (several or len(diagnosis.variables) == 1) and isinstance(node, (ast.Call, ast.BinOp, ast.Constant))
    makes = makes and (isinstance(statement, (ast.Assign, ast.AnnAssign)) or (several and _is_appended(file, node)))
    if node is None or not makes or not tensorflow(file) or _is_integer(file, node) or _is_repeated(file, node):
        return None
    edits = _as_variable(file, node) if called(file, node) in MAKERS else _wrapped(file, node, "array" in diagnosis.message)
    safety: Safety = "safe" if not several and _is_of_tensorflow(file, node) else "review"
    what = "each of them" if several else "it"
    return Fix(f"make {what} a variable: `{tensorflow(file)}.Variable(...)`", safety, None, tuple(edits)) if edits else None


def _statement(file: SourceFile, node: ast.expr) -> ast.AST | None:
    """Of `w, b = one, other` the assignment too, where each name gets one value; and of `params = [one, other]`, `{n: one for n in names}`."""
    parent = file.parent(node)
    while isinstance(parent, COMPREHENSIONS) and node is (parent.elt if isinstance(parent, ast.ListComp) else parent.value):
        node, parent = parent, file.parent(parent)
    above = None if parent is None else file.parent(parent)
    if isinstance(parent, (ast.List, ast.Dict)) and isinstance(above, ast.Assign) and above.value is parent:
        return above
    if not isinstance(parent, ast.Tuple) or not isinstance(above, ast.Assign) or above.value is not parent or len(above.targets) != 1:
        return parent
    target, stars = above.targets[0], [n for n in ast.walk(above) if isinstance(n, ast.Starred)]
    return above if isinstance(target, ast.Tuple) and len(target.elts) == len(parent.elts) and not stars else parent


def _as_variable(file: SourceFile, node: ast.expr) -> list[Edit]:
    """`tf.constant(value, dtype)` -> `tf.Variable(value, dtype=dtype)`. Empty for further arguments."""
    assert isinstance(node, ast.Call)
    if len(node.args) not in (1, 2) or any(k.arg not in ("dtype", "name") for k in node.keywords):
        return []
    edits = [replaced(file, node.func, f"{tensorflow(file)}.Variable")]
    return edits + ([inserted(file, file.span(node.args[1])[0], "dtype=")] if len(node.args) == 2 else [])


def _wrapped(file: SourceFile, node: ast.expr, is_array: bool) -> list[Edit]:
    """A number and a tensor as they are; for an array the type is given, for NumPy's is twice as wide as that of most tensors."""
    start, end = file.span(node)
    plain = not is_array and (_is_of_tensorflow(file, node) or isinstance(node, ast.Constant))
    plain = plain or (is_array and "float32" in file.code(node))
    if not plain and (not is_array or "float64" in file.text):
        return []
    return [inserted(file, start, f"{tensorflow(file)}.Variable("), inserted(file, end, ")" if plain else f", dtype={tensorflow(file)}.float32)")]


def _is_of_tensorflow(file: SourceFile, node: ast.expr) -> bool:
    """Whether TensorFlow computes it: a call of it, or arithmetic with one."""
    if isinstance(node, ast.BinOp):
        return _is_of_tensorflow(file, node.left) or _is_of_tensorflow(file, node.right)
    return called(file, node).startswith(("tensorflow.", "keras."))


def _is_integer(file: SourceFile, node: ast.expr) -> bool:
    """Whole numbers only: the variable would get no gradient either."""
    if isinstance(node, ast.Call) and (called(file, node) not in MAKERS or len(node.args) != 1 or node.keywords):
        return False
    value = node.args[0] if isinstance(node, ast.Call) else node
    numbers = [n.value for n in ast.walk(value) if isinstance(n, ast.Constant)]
    literal = all(isinstance(n, (ast.Constant, ast.List, ast.Tuple, ast.expr_context)) for n in ast.walk(value))
    return literal and not any(isinstance(n, float) for n in numbers)


def _makes_several(file: SourceFile, node: ast.expr) -> bool:
    """One for each name: in a comprehension, or in a loop of a constructor."""
    function = file.function(node)
    at_start = function is None or function.name in ONCE or any(isinstance(n, (ast.For, ast.While)) for n in ast.walk(function))
    in_loop = any(isinstance(n, ast.For) for n in file.around(node))
    return at_start and (in_loop or isinstance(file.parent(node), COMPREHENSIONS))


def _is_appended(file: SourceFile, node: ast.expr | None) -> bool:
    call = None if node is None else file.parent(node)
    kept = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "append" and call.args == [node]
    return kept and call is not None and isinstance(file.parent(call), ast.Expr)


def _is_repeated(file: SourceFile, node: ast.expr) -> bool:
    """Made anew in every step, or in a graph: a variable must be made once."""
    function = file.function(node)
    traced = function is not None and any("function" in file.code(d) for d in function.decorator_list)
    if traced or any(isinstance(n, (ast.While, ast.With, ast.comprehension)) for n in file.around(node)):
        return True
    return any(isinstance(n, ast.For) for n in file.around(node)) and (function is None or function.name not in ONCE)
