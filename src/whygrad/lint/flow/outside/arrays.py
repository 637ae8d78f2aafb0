"""NumPy, SciPy, math and other libraries of arrays and numbers: what comes out of them is a constant to TensorFlow."""

from __future__ import annotations

import math

from whygrad.lint.flow.graph import Cut, Site
from whygrad.lint.flow.outside.variables import dtype_of_name, dtype_of_value
from whygrad.lint.flow.values import Plain, Sequence, Value
from whygrad.lint.flow.walk import Arguments, Walk

# What type of numbers comes out of functions of NumPy. No gradient goes through any of them, so the catalogue has none.
INTEGERS = frozenset(
    {
        "arange",
        "argmax",
        "argmin",
        "argsort",
        "randint",
        "nonzero",
        "searchsorted",
        "count_nonzero",
        "bincount",
        "digitize",
        "integers",
        "where",
        "floor_divide",
    }
)
KEEP = frozenset(
    {
        "array",
        "asarray",
        "stack",
        "concatenate",
        "reshape",
        "transpose",
        "sum",
        "max",
        "min",
        "abs",
        "copy",
        "squeeze",
        "expand_dims",
        "repeat",
        "tile",
        "arange",
    }
)
DTYPES = {"zeros": 1, "ones": 1, "empty": 1, "full": 2, "array": 1, "asarray": 1, "fromiter": 1, "zeros_like": 1, "ones_like": 1, "full_like": 2}
BOOLS = frozenset({"isnan", "isfinite", "logical_and", "logical_or", "equal", "greater", "less", "allclose", "any", "all", "array_equal"})


def function(walk: Walk, name: str, args: Arguments, site: Site) -> Value:
    """An array (or number) computed from the arguments. A tensor among them has left TensorFlow here."""
    last = name.rpartition(".")[2]
    if last[:1].isupper():
        return walk.unknown(site, *args.all()) if args.nodes() else walk.data(site, form="number")
    if last in TESTS and args.positional and isinstance(args.positional[0], Plain):
        return _tested(walk, last, args.positional[0].value, site)
    given = args.get("dtype", DTYPES.get(last))
    dtype = dtype_of_name(given) if given is not None else _dtype(last, args)
    call = name if name.startswith(("numpy", "math")) else "numpy"
    form = "number" if name.startswith(("math", "cmath", "statistics")) else "array"
    return walk.join(site, args.all(), form, dtype, Cut("left-tensorflow", {"call": call}, site))  # type: ignore[arg-type]


TESTS = {"isinf": math.isinf, "isfinite": math.isfinite, "isnan": math.isnan}


def _tested(walk: Walk, name: str, number: object, site: Site) -> Value:
    """`np.isinf(limit)` of a number that is known."""
    return Plain(TESTS[name](number)) if isinstance(number, (int, float)) else walk.data(site, form="number", dtype="bool")


FLOATS = frozenset({"normal", "uniform", "random", "rand", "randn", "mean", "std", "standard_normal", "random_sample", "var"})


def dtype_of_method(name: str, own: str) -> str:
    """What `array.name()` or `generator.name()` gives."""
    return "integer" if name in INTEGERS else "float" if name in FLOATS else own


def _dtype(last: str, args: Arguments) -> str:
    if last in BOOLS:
        return "bool"
    given = [dtype_of_value(v) for v in args.positional[:1]]
    if last == "arange":
        found = {dtype_of_value(v) for v in args.positional}
        return "float" if "float" in found else "integer" if found == {"integer"} else ""
    if last in INTEGERS:
        return "integer"
    if last in KEEP and args.positional:
        return given[0] if isinstance(args.positional[0], Sequence) or given[0] else ""
    return "float" if last not in ("load", "loadtxt", "genfromtxt", "unique") else ""
