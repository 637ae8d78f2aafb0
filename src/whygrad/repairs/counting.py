"""A histogram or the index of the largest value comes in; the smooth count or the expected index goes out."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Edit
from whygrad.repairs.comparing import is_float_cast
from whygrad.repairs.edits import replaced
from whygrad.repairs.file import SourceFile
from whygrad.repairs.imported import called, tensorflow
from whygrad.repairs.rewrite import Rewrite
from whygrad.repairs.rounding import naming_line

HISTOGRAM = "tensorflow.histogram_fixed_width"
SHORT = 60  # characters of an expression that may be written twice


def counted(file: SourceFile, node: ast.expr) -> Rewrite | None:
    """None where the expression is of another kind."""
    if not isinstance(node, ast.Call) or not tensorflow(file):
        return None
    if called(file, node) == HISTOGRAM:
        return _histogram(file, node)
    if called(file, node) == "tensorflow.argmax":
        return _expected_index(file, node)
    return None


def _histogram(file: SourceFile, node: ast.Call) -> Rewrite | None:
    """Every value counts for the bins near it: a bell as wide as a bin."""
    bins = node.args[2] if len(node.args) > 2 else next((k.value for k in node.keywords if k.arg == "nbins"), None)
    if len(node.args) < 2 or bins is None or not isinstance(node.args[1], (ast.List, ast.Tuple)) or len(node.args[1].elts) != 2:
        return None
    tf, n = tensorflow(file), file.operand(bins)
    centres = file.free("centres")
    low, length = _range(file, *node.args[1].elts)
    width = f"({length} / {n})"
    line = naming_line(file, node, centres, f"{low}{width} * ({tf}.range({n}, dtype={tf}.float32) + 0.5)")
    if line is None:
        return None
    values = f"{tf}.reshape({file.code(node.args[0])}, [-1, 1])"
    soft = f"{tf}.reduce_sum({tf}.exp(-{tf}.square(({values} - {centres}) / {width})), axis=0)"
    return Rewrite("count softly: every value counts for the bins near it", (line, replaced(file, node, soft)))


def _range(file: SourceFile, low: ast.expr, high: ast.expr) -> tuple[str, str]:
    """The lower end, to be added to, and the length."""
    if isinstance(low, ast.Constant) and low.value == 0:
        return "", file.operand(high)
    return f"{file.operand(low)} + ", f"({file.operand(high)} - {file.operand(low)})"


def _expected_index(file: SourceFile, node: ast.Call) -> Rewrite | None:
    """`tf.cast(tf.argmax(x, axis=-1), tf.float32)` -> the index that a sharp softmax expects."""
    parent = file.parent(node)
    axis = node.args[1] if len(node.args) > 1 else next((k.value for k in node.keywords if k.arg == "axis"), None)
    last = axis is not None and file.code(axis) == "-1"
    if not is_float_cast(file, parent) or not isinstance(parent, ast.Call) or not last or len(node.args) + len(node.keywords) != 2:
        return None
    scores, tf = file.code(node.args[0]), tensorflow(file)
    if len(scores) > SHORT or "\n" in scores:
        return None
    indices = f"{tf}.cast({tf}.range({tf}.shape({scores})[-1]), {file.code(parent.args[1])})" if len(parent.args) > 1 else ""
    if not indices:
        return None
    soft = f"{tf}.reduce_sum({tf}.nn.softmax(10.0 * {file.operand(node.args[0])}, axis=-1) * {indices}, axis=-1)"
    edits: tuple[Edit, ...] = (replaced(file, parent, soft),)
    return Rewrite("a soft choice: the index that a sharp softmax expects", edits)
