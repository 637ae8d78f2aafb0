"""Variables: made, assigned, replaced by tensors."""

from __future__ import annotations

from whygrad.lint.flow.graph import Cut, Edge, Node, Site
from whygrad.lint.flow.stuck import starts_at_zero
from whygrad.lint.flow.values import Either, Library, Object, Plain, Sequence, Tensor, Value, nodes, options
from whygrad.lint.flow.walk import Arguments, Walk

INTEGERS = ("int", "uint", "long")


def dtype_of_name(value: Value | None) -> str:
    """`tf.int32`, `np.float64`, "bool", `int`: integer, float, bool, string; empty when not known."""
    if isinstance(value, Plain) and isinstance(value.value, str):
        word = value.value
    elif isinstance(value, Library):
        word = value.name.rpartition(".")[2]
    else:
        return ""
    if word.startswith(INTEGERS):
        return "integer"
    if word.startswith("bool"):
        return "bool"
    if word.startswith(("string", "str")):
        return "string"
    return "float" if word.startswith(("float", "bfloat", "half", "double", "complex")) else ""


def dtype_of_value(value: Value | None) -> str:
    """The dtype that TensorFlow gives a value: Python's integers become int32."""
    if isinstance(value, Tensor):
        return value.node.dtype
    if isinstance(value, Plain):
        kind = type(value.value)
        return {bool: "bool", int: "integer", float: "float", str: "string"}.get(kind, "")
    if isinstance(value, Sequence) and value.items:
        found = {dtype_of_value(i) for i in value.items}
        return "float" if "float" in found else found.pop() if len(found) == 1 else ""
    if isinstance(value, Either):
        found = {dtype_of_value(o) for o in value.options}
        return found.pop() if len(found) == 1 else ""
    return ""


def make(walk: Walk, name: str, args: Arguments, site: Site) -> Value:
    """`tf.Variable(...)` and its relatives."""
    initial = args.get("initial_value", 0) or args.get("initializer", 0)
    if name.endswith("get_variable"):
        return _got(walk, args, site)
    position = {"tensorflow.Variable": 6, "keras.Variable": 2}.get(name)
    given = args.get("dtype", position)
    dtype = dtype_of_name(given) or ("" if given is not None and not (isinstance(given, Plain) and given.value is None) else dtype_of_value(initial))
    trainable = args.get("trainable", 1 if name == "tensorflow.Variable" else None)
    off = isinstance(trainable, Plain) and trainable.value is False
    inputs = [initial] if isinstance(initial, (Tensor, Sequence)) else []
    return _starting(walk, walk.variable(site, inputs, dtype, not off), initial)


def _starting(walk: Walk, made: Tensor, initial: Value | None) -> Tensor:
    """A new variable, noted where it starts at zero."""
    if starts_at_zero(initial):
        walk.zeros.add(made.node)
    return made


def _got(walk: Walk, args: Arguments, site: Site) -> Value:
    """`tf.get_variable(name, shape, dtype, initializer)`: a float variable unless it says otherwise."""
    trainable, name = args.get("trainable", 5), args.get("name", 0)
    initial = args.get("initializer", 3)
    dtype = dtype_of_name(args.get("dtype", 2)) or (dtype_of_value(initial) if isinstance(initial, (Tensor, Plain)) else "")
    off = isinstance(trainable, Plain) and trainable.value is False
    title = name.value if isinstance(name, Plain) and isinstance(name.value, str) else ""
    return _starting(walk, walk.variable(site, (), dtype or "float", not off, title), initial)


def add_weight(walk: Walk, owner: Object, args: Arguments, site: Site) -> Value:
    """`self.add_weight(...)` of a layer: a variable that Keras tracks."""
    trainable = args.get("trainable")
    off = isinstance(trainable, Plain) and trainable.value is False
    made = _starting(walk, walk.variable(site, (), dtype_of_name(args.get("dtype")) or "float", not off), args.get("initializer"))
    name = args.get("name")
    if isinstance(name, Plain) and isinstance(name.value, str):
        made.node.name = name.value
    walk.state.write(owner.data, "added", (*owner.data.get("added", ()), made))
    return made


def assign(walk: Walk, variable: Value, value: Value | None, site: Site) -> Value:
    """`v.assign(value)`: the number is kept, how it was computed is forgotten."""
    for one in options(variable):
        if isinstance(one, Tensor) and value is not None:
            walk.zeros.discard(one.node)
            store(walk, one.node, nodes(value), site)
    return variable


def store(walk: Walk, variable: Node, values: list[Node], site: Site, at: Site | None = None) -> None:
    """Note that `values` went into a variable, while which tapes recorded."""
    walk.zeros.discard(variable)
    facts = {"op": "Assign", "order": str(walk.state.tick()), "tapes": " ".join(str(t) for t in sorted(walk.state.recording()))}
    cut = Cut("state-round-trip", facts, at or site)
    variable.edges += tuple(Edge(node, cut) for node in values if node is not variable)


def note_replaced(walk: Walk, receiver: Object, name: str, before: Value | None, value: Value, site: Site) -> None:
    """A tensor took the place of a variable on an object."""
    if isinstance(before, Tensor) and before.form == "variable" and isinstance(value, Tensor) and value.form == "tensor":
        walk.replaced.append((before.node, walk.state.tick(), site, name))
