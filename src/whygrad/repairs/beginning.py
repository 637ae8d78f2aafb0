"""What makes a variable whose numbers all begin equal comes in; the edits with which they begin at random go out."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Edit
from whygrad.repairs.edits import replaced, without_keyword
from whygrad.repairs.file import SourceFile
from whygrad.repairs.imported import called, dotted, tensorflow

SPREAD = "0.1"
VARIABLES = ("tensorflow.Variable", "keras.Variable", "tensorflow.get_variable")
EQUAL = frozenset(("zeros", "ones", "constant"))
FILLED = {"tensorflow.zeros": 1, "tensorflow.ones": 1, "tensorflow.fill": 2, "numpy.zeros": 1, "numpy.ones": 1, "numpy.full": 2}
RANDOM = "glorot_uniform"  # what Keras takes where nothing is said
OF_WEIGHT = {"kernel": "kernel_initializer", "recurrent_kernel": "recurrent_initializer", "embeddings": "embeddings_initializer"}


def begun_at_random(file: SourceFile, node: ast.expr | None, weight: str) -> list[Edit]:
    """Empty where it is not clear what to write. `node`: the call that makes the variable or its layer; `weight`: what it is called in there."""
    if not isinstance(node, ast.Call):
        return []
    given = {k.arg: k for k in node.keywords}
    if called(file, node) in VARIABLES:
        value = node.args[0] if node.args else None
        return _random_numbers(file, value) if isinstance(value, ast.Call) else []
    if isinstance(node.func, ast.Attribute) and node.func.attr in ("add_weight", "add_variable"):
        chosen = given.get("initializer")
        return [] if chosen is None or not _is_equal(file, chosen.value) else [replaced(file, chosen.value, f'"{RANDOM}"')]
    chosen = given.get(OF_WEIGHT.get(weight, ""))
    return [] if chosen is None or not _is_equal(file, chosen.value) else [without_keyword(file, chosen)]


def default_at_random(file: SourceFile, node: ast.expr | None) -> list[Edit]:
    """`def make(rows, init=tf.zeros): return tf.Variable(init([rows, 4]))`: another default for `init`. Empty where `node` is made otherwise."""
    value = node.args[0] if isinstance(node, ast.Call) and called(file, node) in VARIABLES and node.args else None
    function = None if value is None else file.function(value)
    if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Name) or function is None or len(value.args) != 1 or value.keywords:
        return []
    defaults = [*zip(reversed(function.args.args), reversed(function.args.defaults), strict=False)]
    defaults += [(a, d) for a, d in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True) if d is not None]
    chosen = next((d for a, d in defaults if a.arg == value.func.id), None)
    tf = tensorflow(file)
    if chosen is None or not tf or dotted(file, chosen) not in ("tensorflow.zeros", "tensorflow.ones"):
        return []
    return [replaced(file, chosen, f"lambda shape: {tf}.random.normal(shape, stddev={SPREAD})")]


def _is_equal(file: SourceFile, node: ast.expr) -> bool:
    """`"zeros"`, `tf.keras.initializers.Constant(0.1)`, `keras.initializers.Zeros`: one value for all."""
    if isinstance(node, ast.Constant):
        return str(node.value).lower() in EQUAL
    name = dotted(file, node.func if isinstance(node, ast.Call) else node)
    return name.rpartition(".")[2].lower().removesuffix("_initializer") in EQUAL and ("initializer" in name)


def _random_numbers(file: SourceFile, made: ast.Call) -> list[Edit]:
    """`tf.zeros([3, 2])` -> `tf.random.normal([3, 2], stddev=0.1)`, of the same type."""
    function = called(file, made)
    if function not in FILLED or not made.args or any(isinstance(a, ast.Starred) for a in made.args) or "#" in file.code(made):
        return []
    dtypes = [*made.args[FILLED[function] :], *(k.value for k in made.keywords if k.arg == "dtype")]
    if len(dtypes) > 1 or len(made.args) < FILLED[function] or any(k.arg not in ("dtype", "name") for k in made.keywords):
        return []
    shape, dtype = file.code(made.args[0]), file.code(dtypes[0]) if dtypes else ""
    if function.startswith("numpy."):
        numpy = file.code(made.func).rpartition(".")[0]
        text = f"{numpy}.random.normal(0.0, {SPREAD}, {shape})" + (f".astype({dtype})" if dtype else "")
        return [replaced(file, made, text)] if numpy else []
    tf = tensorflow(file)
    return [replaced(file, made, f"{tf}.random.normal({shape}, stddev={SPREAD}" + (f", dtype={dtype})" if dtype else ")"))] if tf else []
