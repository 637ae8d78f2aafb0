"""Functions of TensorFlow's that take functions: their bodies are walked through."""

from __future__ import annotations

from collections.abc import Callable

from whygrad.lint.flow.graph import Cut, Site, behind, carried, cut_off
from whygrad.lint.flow.outside.variables import dtype_of_name
from whygrad.lint.flow.values import Bound, Function, Partial, Plain, Sequence, Tensor, Value, nodes
from whygrad.lint.flow.walk import Arguments, Walk

Handler = Callable[[Walk, Arguments, Site], Value]
CALLABLE = (Function, Bound, Partial)


def wrapped(walk: Walk, args: Arguments, site: Site) -> Value:
    """`tf.function(f)`, `tf.recompute_grad(f)`, `tf.autograph.to_graph(f)`: f. Without f: a decorator."""
    function = args.get("func", 0) or args.get("function", 0) or args.get("fn", 0)
    if function is None or isinstance(function, Plain):
        return Partial(lambda more, at: more.positional[0] if more.positional else walk.unknown(at))
    return function


def cond(walk: Walk, args: Arguments, site: Site) -> Value:
    found = [args.get("true_fn", 1), args.get("false_fn", 2)]
    results = [walk.call(f, Arguments(), site) if isinstance(f, CALLABLE) else f for f in found if f is not None]
    joined: Value = walk.state.join(results) if results else walk.unknown(site, *args.all())
    return joined


def map_fn(walk: Walk, args: Arguments, site: Site) -> Value:
    """Also scan, foldl, vectorized_map: the body on one element."""
    function, elements = args.get("fn", 0), args.get("elems", 1)
    if function is None or elements is None:
        return walk.unknown(site, *args.all())
    one = _element(walk, elements, site)
    result = walk.call(function, Arguments([one]), site)
    declared = dtype_of_name(args.get("fn_output_signature")) or dtype_of_name(args.get("dtype", 2))
    if declared in ("integer", "bool"):
        return walk.op(site, [result], "tensorflow.map_fn", declared, Cut("integer-cast", {"op": "map_fn", "output": "an integer type"}, site))
    return result


def scan(walk: Walk, args: Arguments, site: Site) -> Value:
    function, elements, initial = args.get("fn", 0), args.get("elems", 1), args.get("initializer", 2)
    if function is None or elements is None:
        return walk.unknown(site, *args.all())
    one = _element(walk, elements, site)
    carried = initial if initial is not None else one
    for _ in range(2):
        carried = walk.call(function, Arguments([carried, one]), site)
    return carried


def _element(walk: Walk, value: Value, site: Site) -> Value:
    if isinstance(value, Sequence):
        return Sequence.of([_element(walk, v, site) for v in value.items], value.kind, value.is_open)
    return walk.op(site, [value], "tensorflow.strided_slice", getattr(getattr(value, "node", None), "dtype", "")) if nodes(value) else value


def while_loop(walk: Walk, args: Arguments, site: Site) -> Value:
    """The body on the loop variables, twice; the condition decides no value."""
    body, start = args.get("body", 1), args.get("loop_vars", 2)
    if body is None or start is None:
        return walk.unknown(site, *args.all())
    value = start
    for _ in range(2):
        items, is_open = walk.items(value, site) if isinstance(value, Sequence) else ([value], False)
        value = walk.call(body, Arguments([] if is_open else items, {}, items if is_open else []), site)
    return value


def python_function(differentiable: bool) -> Handler:
    """`tf.py_function` hands tensors over, `tf.numpy_function` and `tf.py_func` arrays, which have no way back."""

    def handle(walk: Walk, args: Arguments, site: Site) -> Value:
        inputs = args.get("inp", 1)
        function = args.get("func", 0)
        given = list(inputs.items) if isinstance(inputs, Sequence) else [inputs] if inputs is not None else []
        if differentiable and isinstance(function, CALLABLE):
            return _at_the_border(walk, walk.call(function, Arguments(given), site), given, site)
        cut = None if differentiable else Cut("python-function", {"op": "PyFunc"}, site)
        return walk.op(site, given, "tensorflow.py_function", "", cut)

    return handle


def _at_the_border(walk: Walk, result: Value, given: list[Value], site: Site) -> Value:
    """What a `py_function` gives. Where all that goes in leaves TensorFlow inside, the wrapper is the place that counts: NumPy was meant."""
    if isinstance(result, Sequence):
        return Sequence.of([_at_the_border(walk, v, given, site) for v in result.items], result.kind, result.is_open)
    arguments = {n for v in given for n in nodes(v)}
    by_gradient = behind(nodes(result), lambda node, edge: edge.cut is None and node not in arguments)
    whole = behind(nodes(result), lambda node, edge: node not in arguments)
    left = any(e.cut is not None and e.cut.cause == "left-tensorflow" for n in whole if n not in arguments for e in n.edges)
    if not left or any(n in arguments or n.kind == "unknown" for n in by_gradient):
        return result
    used = [n for n in whole if n in arguments]
    edges = (*cut_off(used, Cut("python-function", {"op": "EagerPyFunc"}, site)), *carried(n for n in by_gradient if n.kind == "variable"))
    return Tensor(walk.node("op", site, edges, "tensorflow.py_function"))


def unless_stopped(handler: Handler) -> Handler:
    """`back_prop=False`: the same as `tf.stop_gradient` around the result."""

    def handle(walk: Walk, args: Arguments, site: Site) -> Value:
        result, back = handler(walk, args, site), args.get("back_prop")
        if not isinstance(back, Plain) or back.value is not False:
            return result
        return _stopped(walk, result, Cut("gradient-stopped", {"op": "back_prop"}, site), site)

    return handle


def _stopped(walk: Walk, value: Value, cut: Cut, site: Site) -> Value:
    if isinstance(value, Sequence):
        return Sequence.of([_stopped(walk, v, cut, site) for v in value.items], value.kind, value.is_open)
    return walk.op(site, [value], "tensorflow.stop_gradient", getattr(getattr(value, "node", None), "dtype", ""), cut)


HANDLERS: dict[str, Handler] = {
    "tensorflow.function": wrapped,
    "tensorflow.recompute_grad": wrapped,
    "tensorflow.autograph.experimental.do_not_convert": wrapped,
    "tensorflow.cond": cond,
    "tensorflow.map_fn": unless_stopped(map_fn),
    "tensorflow.vectorized_map": map_fn,
    "keras.backend.map_fn": map_fn,
    "keras.ops.vectorized_map": map_fn,
    "tensorflow.scan": unless_stopped(scan),
    "tensorflow.foldl": unless_stopped(scan),
    "tensorflow.foldr": unless_stopped(scan),
    "tensorflow.while_loop": unless_stopped(while_loop),
    "tensorflow.py_function": python_function(True),
    "tensorflow.numpy_function": python_function(False),
    "tensorflow.py_func": python_function(False),
}
