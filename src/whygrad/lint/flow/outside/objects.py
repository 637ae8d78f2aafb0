"""Attributes and methods of what libraries make: layers, models, optimizers, losses, metrics, datasets, tensors, lists."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.lint.flow import overrides
from whygrad.lint.flow.arithmetic import elementwise
from whygrad.lint.flow.graph import Cut, Edge, Site
from whygrad.lint.flow.outside import arrays, containers, datasets, layers, losses, tapes, tensor_arrays, training, variables
from whygrad.lint.flow.outside import weights as held
from whygrad.lint.flow.outside.lists import LISTS, listed
from whygrad.lint.flow.outside.names import kind_of
from whygrad.lint.flow.truth import is_none
from whygrad.lint.flow.values import NONE, Library, Object, Plain, Sequence, Table, Tape, Tensor, Unknown, Value, nodes
from whygrad.lint.flow.walk import Arguments, Walk

WEIGHTS = ("kernel", "bias", "embeddings", "gamma", "beta", "depthwise_kernel", "pointwise_kernel", "recurrent_kernel")
ASSIGNS = ("assign", "assign_add", "assign_sub", "scatter_nd_update", "scatter_update", "scatter_nd_add")
STORES = ("tensorflow.queue.", "tensorflow.lookup.", "tensorflow.FIFOQueue", "tensorflow.RandomShuffleQueue")
LOADS = ("load_weights", "set_weights", "restore", "read")
OUT = (".numpy", ".item", ".tolist")


def attribute(walk: Walk, value: Value, name: str, site: Site) -> Value | None:
    """None: not known."""
    if isinstance(value, Tensor):
        return _of_tensor(walk, value, name, site)
    if isinstance(value, Object):
        return _of_object(walk, value, name, site)
    fields: list[str] = value.cells.get("fields", []) if isinstance(value, Sequence) else []
    return value.items[fields.index(name)] if isinstance(value, Sequence) and name in fields else None


def _of_tensor(walk: Walk, value: Tensor, name: str, site: Site) -> Value | None:
    if name in ("shape", "ndim", "size", "rank"):
        return walk.join(site, [value], "number", "integer", Cut("value-discarded", {"op": "Shape"}, site))
    if name == "dtype" and value.node.dtype:
        return Library({"integer": "tensorflow.int32", "float": "tensorflow.float32"}.get(value.node.dtype, f"tensorflow.{value.node.dtype}"))
    if name in ("dtype", "name", "device", "trainable", "op", "graph", "path"):
        return walk.data(site, name, "number")
    if name == "value":
        return value if value.form == "variable" else None  # in Keras 3; the method of that name is called on what comes back
    if name in ("T", "real", "imag", "flat"):
        return (
            walk.op(site, [value], "tensorflow.transpose")
            if value.form in ("tensor", "variable")
            else walk.join(site, [value], value.form, value.node.dtype)
        )
    if name in ("values", "indices", "flat_values") and value.form == "tensor":
        return walk.op(site, [value], name)
    return None


def _of_object(walk: Walk, value: Object, name: str, site: Site) -> Value | None:
    kind = kind_of(value.made_by)
    if name in LISTS and (kind in ("layer", "model", "module") or value.cls is not None):
        return listed(walk, value, LISTS[name], site)
    if name == "layers" and ("layers" in value.data or "graph layers" in value.data):
        found: Value = value.data.get("layers") or value.data["graph layers"]
        return _without_inputs(found)
    if name == "layers" and value.cls is not None and kind == "model":
        return Sequence.of([v for v in value.cells.values() if isinstance(v, Object) and kind_of(v.made_by) in ("layer", "model")], "list")
    if name == "losses" and kind in ("layer", "model"):
        return _losses(walk, value, site)
    if name in ("optimizer", "loss") and training.COMPILED in value.data:
        return value.data[training.COMPILED][0].get(name)  # type: ignore[no-any-return]
    if name == "activation" and kind == "layer" and value.cls is None:
        return _activation(value)
    if name in WEIGHTS:
        return held.weights_node(walk, value) if value.cls is None else held.inherited(walk, value, name)
    if name in ("input", "inputs", "output", "outputs") and f"{name.rstrip('s')}s" in value.data:
        outputs: Value = value.data[f"{name.rstrip('s')}s"]
        return outputs
    if name == "output" and isinstance(value.data.get(layers.FIRST), Tensor):
        first: Value = value.data[layers.FIRST]
        return first
    return None


def _activation(layer: Object) -> Value | None:
    """`layer.activation` is a function, whatever it was given as."""
    args = layer.data.get("args")
    given = args.get("activation") if isinstance(args, Arguments) else None
    if isinstance(given, Plain) and isinstance(given.value, str):
        return Library(f"keras.activations.{given.value}")
    return Library("keras.activations.linear") if given is None or is_none(given) else given


def _without_inputs(found: Value) -> Value:
    """`Sequential.layers` does not list the input."""
    if not isinstance(found, Sequence):
        return found
    return Sequence.of([v for v in found.items if not isinstance(v, Tensor)], "list", found.is_open)


def _losses(walk: Walk, model: Object, site: Site) -> Value:
    added = held.added_losses(walk, model)
    regular = training.has_regularisers(model)
    items = [*added, *([walk.op(site, [v for _, v, _ in held.weights(walk, model)], "regularisation")] if regular else [])]
    return Sequence.of(items, "list", model.data.get("adds losses", False))


def method(walk: Walk, receiver: Value, name: str, args: Arguments, site: Site) -> Value:
    """`receiver.name(...)` where no function of the user's is meant."""
    if isinstance(receiver, Tape):
        return tapes.method(walk, receiver, name, args, site)
    if isinstance(receiver, Tensor):
        return of_tensor(walk, receiver, name, args, site)
    if isinstance(receiver, Object):
        return of_object(walk, receiver, name.removeprefix("super."), args, site, name.startswith("super."))
    if isinstance(receiver, (Sequence, Table, Plain)):
        return containers.method(walk, receiver, name, args, site)
    return of_unknown(walk, receiver, name, args, site)


def of_unknown(walk: Walk, receiver: Value, name: str, args: Arguments, site: Site) -> Value:
    """A method of something unknown: what its name says, where that is enough."""
    if name == "compile":
        return training.compile_(walk, receiver, args, site)
    _loaded(walk, name)
    if name == "gradient_override_map":
        return overrides.make(args, site)
    if name in tapes.ASKING and isinstance(receiver, Unknown) and "tape" in _written(site).lower():
        return tapes.ask(walk, receiver, name, args, site)
    if name in ("numpy", "item", "tolist"):
        return walk.join(site, [receiver], "array", cut=Cut("left-tensorflow", {"call": f".{name}"}, site))
    return walk.unknown(site, receiver, *args.all())


def _loaded(walk: Walk, name: str) -> None:
    """Weights that come from elsewhere: none is known to be zero any more."""
    if name in LOADS:
        walk.zeros.clear()


def _written(site: Site) -> str:
    node = site.node
    return ast.unparse(node.func.value) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""


def of_tensor(walk: Walk, value: Tensor, name: str, args: Arguments, site: Site) -> Value:
    if name in ASSIGNS:
        return _assigned(walk, value, args.positional[-1] if args.positional else args.get("value"), site)
    if f".{name}" in OUT and value.form in ("tensor", "variable"):
        return walk.join(site, [value], "array", value.node.dtype, Cut("left-tensorflow", {"call": f".{name}"}, site))
    if value.form in ("array", "number"):
        dtype = variables.dtype_of_name(args.get("dtype", 0)) if name == "astype" else arrays.dtype_of_method(name, value.node.dtype)
        return walk.join(site, [value, *args.positional], value.form, dtype)
    if name in ("read_value", "value", "identity", "ref", "get_shape", "set_shape", "eval", "run"):
        return _reading(walk, value, name, site)
    return elementwise(walk, f"tensorflow.{name.strip('_')}", [value, *args.positional], site)


def _assigned(walk: Walk, value: Tensor, given: Value | None, site: Site) -> Value:
    """Into a variable, or into a slice of one: then what chose the slice counts as well."""
    if value.form == "variable":
        return variables.assign(walk, value, given, site)
    for node in [e.origin for e in value.node.edges if e.origin.kind == "variable"]:
        variables.store(walk, node, [value.node, *(nodes(given) if given is not None else ())], site)
    return value


def _reading(walk: Walk, value: Tensor, name: str, site: Site) -> Value:
    if name == "get_shape":
        return walk.join(site, [value], "number", "integer", Cut("value-discarded", {"op": "Shape"}, site))
    if name == "eval":
        return walk.join(site, [value], "array", cut=Cut("left-tensorflow", {"call": ".eval"}, site))
    return NONE if name == "set_shape" else walk.op(site, [value], "tensorflow.identity", value.node.dtype)


def of_object(walk: Walk, receiver: Object, name: str, args: Arguments, site: Site, on_base: bool) -> Value:
    kind = kind_of(receiver.made_by)
    if name == "__init__":
        layers.construct(walk, receiver, args, site)
        return NONE
    if name in ("build", "load_weights", "set_weights"):
        held.mark_built(walk, receiver)
        _loaded(walk, name)
        if name == "set_weights" and walk.state.tapes:
            for _, variable, _ in held.weights(walk, receiver):
                variables.store(walk, variable.node, args.nodes(), site)
        return NONE
    if name in ("__setattr__", "__post_init__", "__init_subclass__"):
        return NONE
    if kind in ("layer", "model"):
        return _of_layer(walk, receiver, name, args, site, on_base)
    if kind == "optimizer":
        return _of_optimizer(walk, receiver, name, args, site)
    if kind == "metric":
        return losses.metric(walk, receiver, name, args, site)
    if kind == "loss" and name in ("__call__", "call"):
        return losses.call(walk, receiver, args, site)
    if receiver.made_by == tensor_arrays.MADE_BY:
        return tensor_arrays.method(walk, receiver, name, args, site)
    if receiver.made_by.startswith(STORES):
        return _stored(walk, receiver, name, args, site)
    if "element" in receiver.data:
        return datasets.method(walk, receiver, name, args, site)
    return walk.unknown(site, receiver, *args.all())


def _stored(walk: Walk, receiver: Object, name: str, args: Arguments, site: Site) -> Value:
    """Queues and tables keep values; what comes out has no way back to what went in."""
    if name in ("enqueue", "enqueue_many", "insert", "insert_or_assign"):
        walk.state.write(receiver.data, "state", (*receiver.data.get("state", ()), *args.nodes()))
        walk.state.write(receiver.data, "stored at", site)
        return NONE
    cut = Cut("state-round-trip", {"op": "Queue" if "queue" in receiver.made_by.lower() else "Table"}, receiver.data.get("stored at", site))
    made = walk.op(site, [], receiver.made_by)
    made.node.edges = tuple(Edge(n, cut) for n in receiver.data.get("state", ()))
    return made


def _of_optimizer(walk: Walk, receiver: Object, name: str, args: Arguments, site: Site) -> Value:
    if name == "minimize":
        return training.minimize(walk, receiver, args, site)
    if name in ("apply_gradients", "apply"):
        return training.apply_gradients(walk, args, site)
    if name == "compute_gradients":
        return training.minimize(walk, receiver, args, site)
    if name in ("scale_loss", "get_scaled_loss", "get_unscaled_gradients"):
        return walk.op(site, args.all(), name) if name != "get_unscaled_gradients" else args.get("grads", 0) or walk.unknown(site)
    return walk.unknown(site, *args.all())


def _of_layer(walk: Walk, receiver: Object, name: str, args: Arguments, site: Site, on_base: bool) -> Value:
    if name == "add_weight" or name == "add_variable":
        return variables.add_weight(walk, receiver, args, site)
    if name == "add_loss":
        walk.state.write(receiver.data, "losses", (*receiver.data.get("losses", ()), *args.positional))
        walk.state.write(receiver.data, "adds losses", True)
        return NONE
    if name == "compile":
        return training.compile_(walk, receiver, args, site)
    if name in ("fit", "train_on_batch", "fit_generator"):
        history = training.fit(walk, receiver, args, site)
        if name == "train_on_batch":  # the loss, as a number
            trained = [v for _, v, _ in held.weights(walk, receiver)]
            return walk.join(site, trained, "number", "float", Cut("left-tensorflow", {"call": ".train_on_batch"}, site))
        return history
    if name in ("evaluate", "test_on_batch"):
        walk.state.write(receiver.data, training.EVALUATED, True)
    if name == "add" and "layers" in receiver.data:
        own = receiver.data["layers"]
        walk.state.write(own.cells, "items", (*own.items, *args.positional))
        layers.build_from_input(walk, receiver)
        return NONE
    if name in ("call", "__call__"):
        return layers.keras_layer(walk, receiver, args, site) if on_base else layers.call(walk, receiver, args, site)
    if name in ("compute_loss", "compiled_loss"):
        return training.compiled_loss(walk, receiver, args, site, name)
    if name == "get_layer":
        return _layer_named(walk, receiver, args.get("name", 0), site)
    if name in ("predict", "get_weights", "predict_on_batch", "evaluate", "test_on_batch"):
        cut = Cut("left-tensorflow", {"call": f".{name}"}, site)
        return walk.join(site, [*args.positional, *(v for _, v, _ in held.weights(walk, receiver))], "array", "float", cut)
    return walk.unknown(site, *args.all(), *(v for _, v, _ in held.weights(walk, receiver)))


def _layer_named(walk: Walk, model: Object, name: Value | None, site: Site) -> Value:
    found = list(held.weights(walk, model))
    for _, _, owner in found:
        if isinstance(name, Plain) and name.value and held.given_name(owner) == name.value:
            return owner
    return walk.unknown(site, *[v for _, v, _ in found])


def call_object(walk: Walk, value: Object, args: Arguments, site: Site) -> Value:
    """`layer(x)`, `loss(y, p)`, `metric(y, p)`."""
    kind = kind_of(value.made_by)
    if kind in ("layer", "model"):
        return layers.call(walk, value, args, site)
    if kind == "loss":
        return losses.call(walk, value, args, site)
    if kind == "metric":
        return losses.metric(walk, value, "__call__", args, site)
    if kind == "initializer":
        return walk.data(site, "tensorflow.random.normal", dtype="float")
    return walk.unknown(site, *args.all())


def construct(walk: Walk, value: Object, args: Arguments, site: Site) -> None:
    if kind_of(value.made_by) in ("layer", "model"):
        layers.construct(walk, value, args, site)
