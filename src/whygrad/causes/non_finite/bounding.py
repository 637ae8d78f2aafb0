"""What grows beyond all bounds, or lies on the border of where a function has a slope, comes in; the same, kept inside, goes out.

tf.acos(c)                       -> tf.acos(tf.clip_by_value(c, -1.0 + 1e-6, 1.0 - 1e-6))
LSTM(8, activation="relu")       -> LSTM(8, activation="tanh")
scores + (1.0 - mask) * -1e9     -> scores + (1.0 - mask) * -1e4, in half precision
"""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Fix
from whygrad.repairs.activations import setting
from whygrad.repairs.edits import inserted, replaced
from whygrad.repairs.file import SourceFile
from whygrad.repairs.imported import called, dotted, tensorflow, through_ops

# Their slope is infinite at -1 and 1. That an argument lies there is seen in the run.
ANGLES = frozenset(("acos", "asin", "arccos", "arcsin", "atanh", "arctanh"))
RECURRENT = frozenset(("LSTM", "GRU", "SimpleRNN", "LSTMCell", "GRUCell", "SimpleRNNCell", "ConvLSTM1D", "ConvLSTM2D"))
UNBOUNDED = ("relu", "elu", "selu", "leaky_relu", "linear")
HALF = ("mixed_float16", "float16", "half")
LARGEST_HALF = 65504.0
FITS_HALF = "1e4"


def bounded(file: SourceFile, node: ast.expr, message: str) -> Fix | None:
    """`message` says what was seen. None where it says something else."""
    if message.startswith("the slope of ") and "is not finite" in message:
        return _inside(file, node)
    if "gives NaN or infinity" in message or "multiplies by infinity" in message:
        return _of_cell(file, node) or _in_half(file, node)
    return None


def _inside(file: SourceFile, node: ast.expr) -> Fix | None:
    """The argument stays a little away from -1 and 1; beyond that its gradient is zero."""
    origin = called(file, node)
    angle = origin.startswith(("tensorflow.", "keras.ops.")) and origin.rpartition(".")[2] in ANGLES
    if not angle or not isinstance(node, ast.Call) or len(node.args) != 1 or isinstance(node.args[0], ast.Starred):
        return None
    clip = f"{through_ops(file, node)}.clip" if origin.startswith("keras.") else f"{tensorflow(file)}.clip_by_value"
    if clip.startswith("."):
        return None
    start, end = file.span(node.args[0])
    edits = (inserted(file, start, f"{clip}("), inserted(file, end, ", -1.0 + 1e-6, 1.0 - 1e-6)"))
    return Fix(f"keep the argument inside -1 and 1: `{clip}(..., -1.0 + 1e-6, 1.0 - 1e-6)`", edits=edits)


def _of_cell(file: SourceFile, node: ast.expr) -> Fix | None:
    """A recurrent layer adds up its own state in every step: an activation without an upper limit lets it grow."""
    if not isinstance(node, ast.Call) or called(file, node).rpartition(".")[2] not in RECURRENT:
        return None
    given = next((k.value for k in node.keywords if k.arg == "activation"), None)
    text = None if given is None else setting(file, given)
    if isinstance(text, ast.Constant) and text.value in UNBOUNDED:
        return Fix('an activation that is bounded: `"tanh"`', edits=(replaced(file, text, '"tanh"'),))
    if isinstance(given, ast.Attribute) and given.attr in UNBOUNDED and dotted(file, given).startswith(("tensorflow.", "keras.")):
        return Fix('an activation that is bounded: `"tanh"`', edits=(replaced(file, given, '"tanh"'),))
    return None


def _in_half(file: SourceFile, node: ast.expr) -> Fix | None:
    """A number that half precision cannot hold, where the file computes in it."""
    speaks = any((n.value if isinstance(n, ast.Constant) else getattr(n, "attr", "")) in HALF for n in file.nodes)
    numbers = _beyond(node)
    if not numbers:
        reads = [setting(file, n) for n in ast.walk(node) if isinstance(n, (ast.Name, ast.Attribute)) and isinstance(n.ctx, ast.Load)]
        numbers = [number for n in reads if isinstance(n, (ast.Constant, ast.UnaryOp)) for number in _beyond(n)]
    if not speaks or len(numbers) != 1:
        return None
    return Fix(f"a number that half precision can hold: `{FITS_HALF}`", edits=(replaced(file, numbers[0], FITS_HALF),))


def _beyond(node: ast.expr) -> list[ast.Constant]:
    numbers = [n for n in ast.walk(node) if isinstance(n, ast.Constant)]
    return [n for n in numbers if isinstance(n.value, (int, float)) and LARGEST_HALF < n.value < float("inf")]
