"""An operation whose value or slope is infinite at 0 comes in; the same, kept away from 0, goes out.

tf.norm(d, axis=-1) -> tf.sqrt(tf.reduce_sum(tf.square(d), axis=-1) + 1e-12)
tf.sqrt(v)          -> tf.sqrt(v + 1e-12)
tf.math.log(p)      -> tf.math.log(tf.maximum(p, 1e-12))
a / b               -> tf.math.divide_no_nan(a, b)
"""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Fix
from whygrad.repairs.edits import inserted, replaced
from whygrad.repairs.file import SourceFile
from whygrad.repairs.imported import called, tensorflow, through_ops

# Not forms of the catalogue: the axes go along, and Keras calls its sums otherwise. That the slope at 0 is not finite is seen in the run.
SMALL = "1e-12"
NORMS = frozenset(("tensorflow.norm", "tensorflow.linalg.norm", "keras.ops.norm", "keras.ops.linalg.norm"))
ROOTS = frozenset(("tensorflow.sqrt", "tensorflow.rsqrt", "keras.ops.sqrt", "keras.ops.rsqrt"))
DEVIATIONS = frozenset(("tensorflow.reduce_std", "keras.ops.std"))
LOGARITHMS = frozenset(("tensorflow.log", "keras.ops.log"))
LENGTHS = ("", "'euclidean'", '"euclidean"', "None", "2")  # of a vector; `ord=2` of a matrix is another thing, and needs two axes


def guarded(file: SourceFile, node: ast.expr, message: str) -> Fix | None:
    """`message` says what was seen: a slope at 0, the logarithm of 0, a division by 0. None where it says something else."""
    if "#" in file.code(node):
        return None  # a comment inside could get lost
    if "root" in message and "infinite at 0" in message:
        return _norm(file, node) or _root(file, node)
    if "takes the logarithm of 0" in message:
        return _logarithm(file, node)
    if "divides by zero" in message:
        return _quotient(file, node)
    return None


def _norm(file: SourceFile, node: ast.expr) -> Fix | None:
    if not isinstance(node, ast.Call) or called(file, node) not in NORMS | DEVIATIONS or not node.args or not _functions(file, node):
        return None
    given = {k.arg: file.code(k.value) for k in node.keywords}
    order = given.pop("ord", "")
    plain = not any(isinstance(a, ast.Starred) for a in node.args) and order in LENGTHS and set(given) <= {"axis", "keepdims", "name"}
    if not plain or len(node.args) != 1 or (order == "2" and given.get("axis", "(").startswith(("(", "["))):
        return None
    functions = _functions(file, node)
    rest = "".join(f", {name}={code}" for name, code in given.items() if name != "name")
    value = file.code(node.args[0])
    total, square, variance = (f"{functions}.{name}" for name in _NAMES[called(file, node).startswith("keras.")])
    inside = f"{total}({square}({value}){rest})" if called(file, node) in NORMS else f"{variance}({value}{rest})"
    return Fix(f"add a small number under the root: `+ {SMALL}`", edits=(replaced(file, node, f"{functions}.sqrt({inside} + {SMALL})"),))


_NAMES = {False: ("reduce_sum", "square", "math.reduce_variance"), True: ("sum", "square", "var")}


def _functions(file: SourceFile, node: ast.Call) -> str:
    return through_ops(file, node).removesuffix(".linalg") if called(file, node).startswith("keras.") else tensorflow(file)


def _root(file: SourceFile, node: ast.expr) -> Fix | None:
    """`tf.sqrt(v)`, `v ** 0.5`."""
    value = node.args[0] if isinstance(node, ast.Call) and called(file, node) in ROOTS and len(node.args) == 1 else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and isinstance(node.right, ast.Constant) and node.right.value == 0.5:
        value = node.left
    if value is None or isinstance(value, ast.Starred):
        return None
    text = f"{file.code(value)} + {SMALL}" if _may_be_added_to(value) else f"({file.code(value)}) + {SMALL}"
    if isinstance(node, ast.BinOp) and not _in_brackets(file, value):
        text = f"({text})"
    return Fix(f"add a small number under the root: `+ {SMALL}`", edits=(replaced(file, value, text),))


def _may_be_added_to(value: ast.expr) -> bool:
    return not isinstance(value, (ast.IfExp, ast.Lambda, ast.Compare, ast.BoolOp, ast.NamedExpr)) and not (
        isinstance(value, ast.BinOp) and isinstance(value.op, (ast.BitAnd, ast.BitOr, ast.BitXor, ast.LShift, ast.RShift))
    )


def _in_brackets(file: SourceFile, node: ast.expr) -> bool:
    start, end = file.span(node)
    return file.text[start - 1 : start] == "(" and file.text[end : end + 1] == ")"


def _logarithm(file: SourceFile, node: ast.expr) -> Fix | None:
    if not isinstance(node, ast.Call) or called(file, node) not in LOGARITHMS or len(node.args) != 1 or isinstance(node.args[0], ast.Starred):
        return None
    functions, (start, end) = _functions(file, node), file.span(node.args[0])
    if not functions:
        return None
    edits = (inserted(file, start, f"{functions}.maximum("), inserted(file, end, f", {SMALL})"))
    return Fix(f"keep the argument of the logarithm away from 0: `{functions}.maximum(..., {SMALL})`", edits=edits)


def _quotient(file: SourceFile, node: ast.expr) -> Fix | None:
    """Where the divisor is 0 the result is 0, and so is its gradient."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Div) or not tensorflow(file):
        return None
    function = f"{tensorflow(file)}.math.divide_no_nan"
    left, right = file.code(node.left), file.code(node.right)
    return Fix(f"let the quotient be 0 where it divides by 0: `{function}`", edits=(replaced(file, node, f"{function}({left}, {right})"),))
