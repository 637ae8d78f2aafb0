"""Functions of TensorFlow's that the catalogue alone does not explain: they take functions, types, variables, or make tensors from nothing."""

from __future__ import annotations

from whygrad.catalogue.kinds import is_stop
from whygrad.lint.flow import infinities, knowledge, overrides, traps
from whygrad.lint.flow.graph import Cut, Edge, Site
from whygrad.lint.flow.outside import datasets, higher_order, old_names, tapes, variables
from whygrad.lint.flow.outside.names import SHORT
from whygrad.lint.flow.outside.variables import dtype_of_name, dtype_of_value
from whygrad.lint.flow.values import NONE, Partial, Plain, Sequence, Table, Tensor, Unknown, Value, nodes
from whygrad.lint.flow.walk import Arguments, Walk

Handler = higher_order.Handler
MADE = frozenset({"constant", "zeros", "ones", "fill", "eye", "range", "linspace", "placeholder", "Input", "ones_initializer", "zeros_initializer"})


def convert(walk: Walk, args: Arguments, site: Site) -> Value:
    """`tf.constant`, `tf.convert_to_tensor`: a tensor stays one; an array or list becomes a constant made of it."""
    value = args.get("value", 0) or args.get("x", 0)
    dtype = dtype_of_name(args.get("dtype", 1)) or dtype_of_value(value)
    if value is None or not nodes(value):
        made = walk.data(site, "tensorflow.constant", dtype=dtype)
        infinities.note_filled(walk, value, site, made.node)
        return made
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Tensor) and value.form in ("tensor", "variable"):
        return walk.op(site, [value], "tensorflow.identity", value.node.dtype)
    if isinstance(value, Sequence):
        return walk.op(site, [value], "tensorflow.stack", dtype)
    return walk.join(site, [value], "tensor", dtype)


def cast(walk: Walk, args: Arguments, site: Site) -> Value:
    """A float type keeps the gradient, an integer or bool type ends it."""
    value, dtype = args.get("x", 0) or args.get("tensor", 0) or args.get("image", 0) or args.get("value", 0), dtype_of_name(args.get("dtype", 1))
    inputs = [value] if value is not None else args.all()
    if dtype in ("integer", "bool", "string"):
        names = {"integer": "an integer type", "bool": "bool", "string": "string"}
        already = bool(value) and all(n.dtype in ("integer", "bool") for n in nodes(value)) if value is not None else False
        cut = None if already else Cut("integer-cast", {"op": "Cast", "output": names[dtype]}, site)
        return walk.op(site, inputs, "tensorflow.cast", dtype, cut)
    return walk.op(site, inputs, "tensorflow.cast", dtype)


def cast_to(dtype: str) -> Handler:
    """`tf.to_float` and its relatives of TensorFlow 1."""
    dtype = {"float": "float32", "double": "float64"}.get(dtype, dtype)
    return lambda walk, args, site: cast(walk, Arguments(args.positional[:1], {**args.keywords, "dtype": Plain(dtype)}), site)


def made(walk: Walk, name: str, args: Arguments, site: Site) -> Value:
    """`tf.zeros(shape)` and the like: nothing is in it but numbers."""
    last = name.rpartition(".")[2]
    dtype = dtype_of_name(args.get("dtype")) or next((d for d in map(dtype_of_name, args.positional) if d), "")
    if last == "range" and not dtype:
        found = {dtype_of_value(v) for v in args.positional}
        dtype = "float" if "float" in found else "integer"
    if args.nodes():
        cut = Cut("index-only", {"op": last}, site)
        return (
            walk.op(site, args.all(), name, dtype or "float", cut) if last in ("range", "zeros", "ones") else _filled(walk, name, args, site, dtype)
        )
    data = walk.data(site, name, dtype=dtype or "float")
    infinities.note_filled(walk, args.get("value", 1), site, data.node)
    return data


def _filled(walk: Walk, name: str, args: Arguments, site: Site, dtype: str) -> Value:
    """`tf.fill(tf.shape(x), value)` and its relatives."""
    result = knowledge.apply(walk, name, args, site, dtype or None)
    if name.endswith(".fill"):
        for node in nodes(result):
            infinities.note_filled(walk, args.get("value", 1), site, node)
    return result


def random(walk: Walk, name: str, args: Arguments, site: Site) -> Value:
    """Samples. Their parameters are differentiable where the catalogue says so."""
    found = knowledge.entry(name)
    measured = found.outputs[0].dtype if found is not None and found.outputs else "float"
    dtype = dtype_of_name(args.get("dtype")) or measured.rstrip("0123456789").replace("int", "integer")
    if not args.nodes():
        return walk.data(site, name, dtype=dtype)
    return knowledge.apply(walk, name, args, site, dtype) if found is not None else walk.op(site, args.all(), name, dtype)


def stop_gradient(walk: Walk, args: Arguments, site: Site) -> Value:
    """In a structure each tensor by itself."""
    values = args.positional or args.all()
    cut = Cut("gradient-stopped", {"op": "StopGradient"}, site)

    def stopped(value: Value) -> Value:
        if isinstance(value, Sequence):
            return Sequence.of([stopped(v) for v in value.items], value.kind, value.is_open)
        return walk.op(site, [value], "tensorflow.stop_gradient", getattr(getattr(value, "node", None), "dtype", ""), cut)

    return stopped(values[0]) if values else walk.unknown(site)


def gradients(walk: Walk, args: Arguments, site: Site) -> Value:
    """`tf.gradients`, `K.gradients`: everything in the graph was recorded."""
    answer = tapes.ask(walk, None, "gradients", args, site)
    return answer if isinstance(answer, Sequence) else Sequence.of([answer], "list")


def input_(walk: Walk, args: Arguments, site: Site) -> Value:
    """A symbolic input: data to come."""
    return walk.data(site, "keras.Input", dtype=dtype_of_name(args.get("dtype")) or "float")


def assign(walk: Walk, args: Arguments, site: Site) -> Value:
    """`tf.assign(v, x)`, `K.update(v, x)`."""
    target = args.get("ref", 0)
    return variables.assign(walk, target, args.get("value", 1), site) if target is not None else NONE


def collected(walk: Walk, args: Arguments, site: Site) -> Value:
    """`tf.trainable_variables()` of a graph: all that were made so far. A scope as argument chooses: then it is not known which."""
    made = Sequence.of([Tensor(v, "variable") for v in walk.variables if v.trainable], "list")
    if args.all():
        made.cells["subset"] = True  # of a scope: some of these
    return made


def looked_up(walk: Walk, args: Arguments, site: Site) -> Value:
    """`keras.activations.get("relu")`: a function of Keras's, or the user's own."""
    given = args.positional[0] if args.positional else None
    if isinstance(given, higher_order.CALLABLE):
        return given
    return Partial(lambda more, at: walk.op(at, more.all(), "keras.activations.linear"))


def to_numpy(walk: Walk, args: Arguments, site: Site) -> Value:
    return walk.join(site, args.all(), "array", "", Cut("left-tensorflow", {"call": ".numpy"}, site))


def where(walk: Walk, args: Arguments, site: Site) -> Value:
    """The branches carry gradients, the condition does not. With the condition alone it gives indices."""
    condition, branches = args.get("condition", 0), [v for v in (args.get("x", 1), args.get("y", 2)) if v is not None]
    if condition is None or len(branches) != 2:
        return walk.op(
            site, args.all(), "tensorflow.where", "integer", Cut("non-differentiable-op", {"op": "Where", "output": "an integer type"}, site)
        )
    dtypes = {dtype_of_value(v) for v in branches}
    made = walk.op(site, branches, "tensorflow.where", dtypes.pop() if len(dtypes) == 1 else "float")
    by = Cut("index-only", {"op": "Select"}, site)
    made.node.edges += tuple(Edge(n, by) for n in nodes(condition))
    traps.note(walk, args, site, made.node)
    infinities.note_where(walk, args, site, made.node)
    return made


def flatten(walk: Walk, args: Arguments, site: Site) -> Value:
    """`tf.nest.flatten`."""
    found: list[Value] = []
    queue = list(args.positional[:1])
    while queue:
        value = queue.pop(0)
        if isinstance(value, Sequence):
            queue[:0] = value.items
        elif isinstance(value, Table):
            queue[:0] = list(value.cells.values())
        else:
            found.append(value)
    return Sequence.of(found, "list")


def clip_by_global_norm(walk: Walk, args: Arguments, site: Site) -> Value:
    items, is_open = walk.items(args.get("t_list", 0) or walk.unknown(site), site)
    clipped = Sequence.of([walk.op(site, [i], "tensorflow.clip_by_norm") for i in items], "list", is_open)
    return Sequence.of([clipped, walk.op(site, items, "tensorflow.linalg.global_norm")])


def setting(walk: Walk, args: Arguments, site: Site) -> Value:
    """A small number or a word of Keras's own, as in `tp / (tp + fp + K.epsilon())`."""
    return walk.data(site, form="number", dtype="float")


HANDLERS: dict[str, Handler] = {
    **higher_order.HANDLERS,
    "tensorflow.GradientTape": tapes.make,
    "tensorflow.RegisterGradient": overrides.register,
    "tensorflow.constant": convert,
    "tensorflow.convert_to_tensor": convert,
    "keras.ops.convert_to_tensor": convert,
    "keras.backend.constant": convert,
    "keras.ops.array": convert,
    "keras.backend.cast": cast,
    "keras.ops.cast": cast,
    "tensorflow.cast": cast,
    "tensorflow.saturate_cast": cast,
    "tensorflow.image.convert_image_dtype": cast,
    "tensorflow.gradients": gradients,
    "keras.backend.gradients": gradients,
    "keras.activations.get": looked_up,
    "keras.losses.get": looked_up,
    "keras.ops.convert_to_numpy": to_numpy,
    "tensorflow.make_ndarray": to_numpy,
    "keras.backend.eval": to_numpy,
    "keras.backend.get_value": to_numpy,
    "tensorflow.where": where,
    "keras.ops.where": where,
    "keras.backend.switch": where,
    "keras.Input": input_,
    "keras.layers.Input": input_,
    "tensorflow.placeholder": input_,
    "tensorflow.assign": assign,
    "keras.backend.update": assign,
    "tensorflow.nest.flatten": flatten,
    "tensorflow.trainable_variables": collected,
    "tensorflow.clip_by_global_norm": clip_by_global_norm,
    "keras.backend.floatx": lambda walk, args, site: Plain("float32"),
    "keras.config.floatx": lambda walk, args, site: Plain("float32"),
    **{name: cast_to(dtype) for name, dtype in old_names.CASTS.items()},
    **dict.fromkeys(old_names.SETTINGS, setting),
}
for _name in ("tensorflow.Variable", "keras.Variable", "keras.backend.variable", "tensorflow.get_variable"):
    HANDLERS[_name] = lambda walk, args, site, name=_name: variables.make(walk, name, args, site)  # type: ignore[misc]


def function(walk: Walk, name: str, args: Arguments, site: Site) -> Value:
    """Any function of TensorFlow's or Keras's."""
    name = old_names.NEW.get(name, name)
    last = name.rpartition(".")[2]
    if name.startswith("tensorflow.data."):
        return datasets.function(walk, name, args, site)
    if name.startswith(("tensorflow.random.", "keras.random.")) or last.startswith("random_"):
        return random(walk, name, args, site)
    if last in MADE:
        return made(walk, name, args, site)
    if last == "custom_gradient":
        return Partial(lambda more, at: more.positional[0] if more.positional else walk.unknown(at)) if not args.positional else args.positional[0]
    return _measured(walk, name, args, site)


def _measured(walk: Walk, name: str, args: Arguments, site: Site) -> Value:
    takes_functions = any(isinstance(v, higher_order.CALLABLE) for v in args.all())
    if takes_functions or not name.startswith(("tensorflow.", "keras.")):
        return walk.unknown(site, *args.all())
    last = name.rpartition(".")[2]
    if last[:1].isupper() and last not in SHORT and not name.startswith("tensorflow.raw_ops."):
        return walk.unknown(site, *args.all())
    found = knowledge.entry(name)
    if found is None and name.startswith("tensorflow.io."):
        return walk.op(site, args.all(), name, "")  # reading, writing, decoding: tensors in, tensors out
    if found is not None and is_stop(found, 0):
        return stop_gradient(walk, args, site)
    return knowledge.apply(walk, name, args, site)
