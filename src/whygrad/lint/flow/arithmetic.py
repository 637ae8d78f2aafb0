"""Operators of Python on abstract values: numbers are computed, tensors become operations, arrays stay arrays."""

from __future__ import annotations

import operator
from collections.abc import Callable

from whygrad import syntax as ast
from whygrad.lint.flow import knowledge
from whygrad.lint.flow.graph import Site
from whygrad.lint.flow.truth import is_none, truth
from whygrad.lint.flow.values import Either, Library, Object, Plain, Sequence, Tensor, Unknown, Value, options
from whygrad.lint.flow.walk import Arguments, Walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

OPERATORS: dict[str, tuple[Callable[[Any, Any], Any], str, str]] = {  # of the node: on numbers, TensorFlow's function, Python's method
    "Add": (operator.add, "tensorflow.add", "__add__"),
    "Sub": (operator.sub, "tensorflow.subtract", "__sub__"),
    "Mult": (operator.mul, "tensorflow.multiply", "__mul__"),
    "Div": (operator.truediv, "tensorflow.truediv", "__truediv__"),
    "FloorDiv": (operator.floordiv, "tensorflow.math.floordiv", "__floordiv__"),
    "Mod": (operator.mod, "tensorflow.math.floormod", "__mod__"),
    "Pow": (operator.pow, "tensorflow.pow", "__pow__"),
    "MatMult": (operator.matmul, "tensorflow.matmul", "__matmul__"),
    "BitAnd": (operator.and_, "tensorflow.logical_and", "__and__"),
    "BitOr": (operator.or_, "tensorflow.logical_or", "__or__"),
    "BitXor": (operator.xor, "tensorflow.math.logical_xor", "__xor__"),
}
COMPARISONS: dict[str, tuple[Callable[[Any, Any], Any], str]] = {
    "Eq": (operator.eq, "tensorflow.equal"),
    "NotEq": (operator.ne, "tensorflow.not_equal"),
    "Lt": (operator.lt, "tensorflow.less"),
    "LtE": (operator.le, "tensorflow.less_equal"),
    "Gt": (operator.gt, "tensorflow.greater"),
    "GtE": (operator.ge, "tensorflow.greater_equal"),
}
LARGEST = 10**6  # constants beyond are not computed: `9 ** 9 ** 9`


def binary(walk: Walk, op: ast.operator, left: Value, right: Value, site: Site) -> Value:
    """`left op right`."""
    on_numbers, function, method = OPERATORS.get(type(op).__name__, (operator.add, "", ""))
    if isinstance(left, Plain) and isinstance(right, Plain):
        return _folded(walk, on_numbers, left.value, right.value, site)
    if isinstance(left, Sequence) and isinstance(right, Sequence) and isinstance(op, ast.Add) and _plain_lists(left, right):
        return Sequence.of((*left.items, *right.items), left.kind, left.is_open or right.is_open)
    if isinstance(left, Sequence) and isinstance(op, ast.Mult) and left.kind in ("list", "tuple"):
        known = isinstance(right, Plain) and isinstance(right.value, int) and right.value * len(left.items) <= 64
        return Sequence.of(left.items * right.value if known and isinstance(right, Plain) else left.items, left.kind, not known)
    if any(isinstance(v, Sequence) for v in (left, right)) and not any(isinstance(v, (Tensor, Plain)) for v in (left, right)):
        return walk.unknown(site, left, right)  # a list, longer than is known
    own = left.cls.find(method) if isinstance(left, Object) and left.cls is not None and method else None
    if own is not None:
        return walk.call(own[0], Arguments([left, right]), site)
    return elementwise(walk, function, [left, right], site)


def _plain_lists(left: Sequence, right: Sequence) -> bool:
    return left.kind in ("list", "tuple") and right.kind in ("list", "tuple")


def _folded(walk: Walk, on_numbers: Callable[[Any, Any], Any], left: Any, right: Any, site: Site) -> Value:
    small = all(not isinstance(v, (int, float)) or abs(v) <= LARGEST for v in (left, right)) and not isinstance(left, (str, bytes))
    try:
        if small or isinstance(right, str) or (on_numbers is operator.mod and _is_simple_format(left)):
            return Plain(on_numbers(left, right))
    except Exception:  # the user's own mistake, or a type that only a run knows
        return walk.data(site, form="number")
    return walk.data(site, form="number")


def _is_simple_format(text: Any) -> bool:
    """`"W%d"`: nothing in it asks for a width."""
    return isinstance(text, str) and text.count("%") == sum(text.count(code) for code in ("%d", "%s", "%i"))


def elementwise(walk: Walk, function: str, values: list[Value], site: Site) -> Value:
    """An operation of TensorFlow's if a tensor takes part, else one of Python's or NumPy's."""
    if any(isinstance(o, Unknown) or (isinstance(o, Tensor) and o.form in ("tensor", "variable")) for v in values for o in options(v)):
        return knowledge.apply(walk, function, Arguments(values), site)
    if any(isinstance(o, Object) for v in values for o in options(v)):
        return walk.unknown(site, *values)
    form = "array" if any(isinstance(o, Tensor) and o.form == "array" for v in values for o in options(v)) else "number"
    return walk.join(site, values, form, _python_dtype(values, function))  # type: ignore[arg-type]


def _python_dtype(values: list[Value], function: str) -> str:
    if function == "tensorflow.truediv":
        return "float"
    found = {_dtype(o) for v in values for o in options(v)}
    return "float" if "float" in found else "integer" if found == {"integer"} else ""


def _dtype(value: Value) -> str:
    if isinstance(value, Plain):
        return {int: "integer", float: "float", bool: "bool"}.get(type(value.value), "")
    return value.node.dtype if isinstance(value, Tensor) else ""


def unary(walk: Walk, op: ast.unaryop, value: Value, site: Site) -> Value:
    if isinstance(op, ast.Not):
        known = truth(value)
        return Plain(not known) if known is not None else walk.data(site, form="number", dtype="bool")
    if isinstance(value, Plain):
        try:
            return Plain(-value.value if isinstance(op, ast.USub) else ~value.value if isinstance(op, ast.Invert) else +value.value)
        except Exception:  # the user's own mistake
            return walk.unknown(site)
    return elementwise(walk, "tensorflow.logical_not" if isinstance(op, ast.Invert) else "tensorflow.negative", [value], site)


def compare(walk: Walk, op: ast.cmpop, left: Value, right: Value, site: Site) -> Value:
    if isinstance(op, (ast.Is, ast.IsNot)):
        return _identity(walk, op, left, right, site)
    if isinstance(op, (ast.In, ast.NotIn)):
        return _membership(walk, op, left, right, site)
    on_numbers, function = COMPARISONS[type(op).__name__]
    if isinstance(left, Plain) and isinstance(right, Plain):
        try:
            return Plain(bool(on_numbers(left.value, right.value)))
        except Exception:  # the user's own mistake
            return walk.unknown(site)
    if isinstance(left, Library) and isinstance(right, Library):
        return Plain(bool(on_numbers(left.name, right.name))) if type(op).__name__ in ("Eq", "NotEq") else walk.unknown(site)
    if any(isinstance(o, Tensor) and o.form == "number" for v in (left, right) for o in options(v)) and not isinstance(right, (Tensor, Either)):
        return walk.join(site, [left, right], "number", "bool")
    return elementwise(walk, function, [left, right], site)


def _identity(walk: Walk, op: ast.cmpop, left: Value, right: Value, site: Site) -> Value:
    wanted = isinstance(op, ast.Is)
    for one, other in ((left, right), (right, left)):
        if isinstance(other, Plain) and other.value is None:
            known = is_none(one)
            return walk.data(site, form="number", dtype="bool") if known is None else Plain(known is wanted)
    if isinstance(left, Plain) and isinstance(right, Plain):
        return Plain((left.value is right.value) is wanted)
    return walk.data(site, form="number", dtype="bool")


def _membership(walk: Walk, op: ast.cmpop, left: Value, right: Value, site: Site) -> Value:
    items = right.items if isinstance(right, Sequence) and not right.is_open else None
    if isinstance(left, Plain) and items is not None and all(isinstance(i, Plain) for i in items):
        return Plain((left in items) is isinstance(op, ast.In))
    if isinstance(left, Plain) and isinstance(right, Plain) and isinstance(left.value, str) and isinstance(right.value, str):
        return Plain((left.value in right.value) is isinstance(op, ast.In))
    return walk.data(site, form="number", dtype="bool")
