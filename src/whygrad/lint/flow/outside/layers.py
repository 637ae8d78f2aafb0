"""Layers and models: how they are made, and what calling them computes."""

from __future__ import annotations

from whygrad.lint.flow import knowledge
from whygrad.lint.flow.graph import Cut, Edge, Node, Site
from whygrad.lint.flow.outside.names import kind_of
from whygrad.lint.flow.outside.weights import added_losses, is_built, mark_built, weights
from whygrad.lint.flow.values import NONE, Function, Library, Object, Plain, Sequence, Table, Tensor, Value, nodes
from whygrad.lint.flow.walk import Arguments, Walk

# Layers that look numbers up. The catalogue has functions and ops, and no layers.
INDEX_INPUT = frozenset({"Embedding", "CategoryEncoding", "Hashing", "Discretization", "StringLookup", "IntegerLookup", "TextVectorization"})


def construct(walk: Walk, layer: Object, args: Arguments, site: Site) -> None:
    """What the constructor of a library's layer or model is given."""
    layer.data["args"] = args
    last = layer.made_by.rpartition(".")[2]
    if last == "Sequential":
        given = args.get("layers", 0)
        layer.data["layers"] = given if isinstance(given, Sequence) else Sequence.of((), "list", given is not None and given is not NONE)
        build_from_input(walk, layer)
    elif kind_of(layer.made_by) == "model" and (args.get("outputs", 1) is not None):
        inputs, outputs = args.get("inputs", 0), args.get("outputs", 1)
        if inputs is not None and outputs is not None:
            layer.data.update({"inputs": inputs, "outputs": outputs, "graph layers": _layers_behind(outputs)})
    wrapped = next((v for v in args.all() if isinstance(v, Object) and kind_of(v.made_by) in ("layer", "model")), None)
    if wrapped is not None and last in ("TimeDistributed", "Bidirectional", "RNN", "Wrapper", "SpectralNormalization"):
        layer.data["wrapped"] = wrapped


def build_from_input(walk: Walk, layer: Object) -> None:
    """A Sequential that begins with an Input, or whose first layer knows the shape of its input, is built at once."""
    items = layer.data["layers"].items
    first = items[0] if items else None
    knows = isinstance(first, Tensor) or (isinstance(first, Object) and (first.made_by.endswith(("InputLayer", "Input")) or is_built(first)))
    if knows and items:
        mark_built(walk, layer)


def _layers_behind(outputs: Value) -> Sequence:
    """The layers through which symbolic outputs were computed."""
    found: dict[int, Value] = {}
    queue, seen = list(nodes(outputs)), set[int]()
    while queue:
        node = queue.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        owner = OWNERS.get(node)
        if owner is not None:
            found.setdefault(id(owner), owner)
        queue += [e.origin for e in node.edges]
    return Sequence.of(list(found.values())[::-1], "list")


OWNERS: dict[Node, Value] = {}  # the layer whose call made a node; emptied with each walk


FIRST = "first output"  # `layer.output`: what its first call gave


def call(walk: Walk, layer: Object, args: Arguments, site: Site) -> Value:
    """`layer(x)`."""
    if layer.cls is not None and layer.cls.find("call") is not None:
        result = _own_call(walk, layer, args, site)
    elif "outputs" in layer.data:
        return replay(walk, layer, args, site)
    elif "layers" in layer.data:
        return _in_turn(walk, layer, args, site)
    else:
        result = keras_layer(walk, layer, args, site)
    if FIRST not in layer.data:
        walk.state.write(layer.data, FIRST, result)
    return result


def _own_call(walk: Walk, layer: Object, args: Arguments, site: Site) -> Value:
    build(walk, layer, site)
    return _owned(walk, layer, walk.call(walk.attribute(layer, "call", site), args, site))


def _owned(walk: Walk, layer: Object, result: Value) -> Value:
    """What a layer gives is its own, also where it hands on what another one made."""
    if isinstance(result, Sequence):
        return Sequence.of([_owned(walk, layer, v) for v in result.items], result.kind, result.is_open)
    if not isinstance(result, Tensor) or result.form != "tensor":
        return result
    made = walk.node("join", result.node.site, (Edge(result.node),), "", result.node.dtype)
    OWNERS[made] = layer
    return Tensor(made, result.form)


def build(walk: Walk, layer: Object, site: Site) -> None:
    """`build(input_shape)` runs once, before the first call."""
    own = layer.cls.find("build") if layer.cls is not None else None
    if own is not None and isinstance(own[0], Function) and "built" not in layer.data:
        walk.state.write(layer.data, "built", True)
        walk.call(walk.attribute(layer, "build", site), Arguments([walk.data(site, "input_shape", "number", "integer")]), site)


def _in_turn(walk: Walk, layer: Object, args: Arguments, site: Site) -> Value:
    """Sequential: each layer takes what the one before it gives."""
    layers = layer.data["layers"]
    value = args.get("inputs", 0) or walk.unknown(site)
    if layers.is_open:
        return walk.op(site, [value, *(v for _, v, _ in weights(walk, layer))], layer.made_by)
    for one in layers.items:
        if isinstance(one, Object) and one.made_by.rpartition(".")[2] in ("InputLayer", "Input"):
            continue
        if isinstance(one, Tensor):
            continue
        value = walk.call(one, Arguments([value]), site)
    return value


def keras_layer(walk: Walk, layer: Object, args: Arguments, site: Site) -> Value:
    """A layer of Keras: its output depends on its weights and its inputs."""
    last = layer.made_by.rpartition(".")[2]
    given = layer.data.get("args")
    if last == "Lambda" and isinstance(given, Arguments):
        function = given.get("function", 0)
        if function is not None:
            return walk.call(function, args, layer.site or site if isinstance(function, Library) else site)
    walk.state.write(layer.data, "built", True)
    inner: list[Value] = [v for _, v, _ in weights(walk, layer)]
    if "wrapped" in layer.data and layer.data["wrapped"].cls is not None:
        inner = [_wrapped(walk, layer, args, site)]
    made = walk.op(site, inner, layer.made_by)
    by = Cut("index-only", {"op": last}, site) if last in INDEX_INPUT else None
    made.node.edges += tuple(Edge(n, by) for v in args.positional for n in nodes(v))
    made.node.edges += tuple(Edge(n) for k, v in args.keywords.items() if k not in ("training", "mask", "attention_mask") for n in nodes(v))
    to_bool = Cut("integer-cast", {"op": "Cast", "output": "bool"}, site)
    made.node.edges += tuple(Edge(n, to_bool) for n in nodes(args.keywords.get("attention_mask", NONE)))
    activation = given.get("activation") if isinstance(given, Arguments) else None
    OWNERS[made.node] = layer
    if isinstance(given, Arguments) and last == "Dense" and _shares_with_nobody(given):
        flat = Cut("flat-region", {"how": "one", "op": "Softmax", "gradient": "zero"}, layer.site or site)
        made.node.edges = tuple(Edge(e.origin, flat) for e in made.node.edges)
        return made
    if activation is not None and not isinstance(activation, Plain):
        return walk.call(activation, Arguments([made]), layer.site or site)
    if last == "Activation" and isinstance(given, Arguments) and given.positional and not isinstance(given.positional[0], Plain):
        return walk.call(given.positional[0], Arguments(args.positional), layer.site or site)
    returns_state = given.get("return_state") if isinstance(given, Arguments) else None
    return Sequence.of([made] * 3, "list", True) if isinstance(returns_state, Plain) and returns_state.value else made


def _shares_with_nobody(given: Arguments) -> bool:
    """`Dense(1, activation="softmax")`: a softmax over one class is always 1."""
    activation = given.get("activation", 1)
    softmax = (isinstance(activation, Plain) and activation.value == "softmax") or (
        isinstance(activation, Library) and activation.name.endswith(".softmax")
    )
    return softmax and _has_one_unit(given)


def softmax(walk: Walk, args: Arguments, site: Site) -> Value:
    """`tf.nn.softmax(x)`; over the last axis of what `Dense(1)` gives, it is 1 everywhere."""
    value, axis = args.get("logits", 0) or args.get("x", 0), args.get("axis", 1)
    last = axis is None or (isinstance(axis, Plain) and axis.value in (None, -1))
    if not last or not isinstance(value, Tensor) or not _has_one_column(value.node):
        return knowledge.apply(walk, "tensorflow.nn.softmax", args, site)
    made = walk.op(site, [], "tensorflow.nn.softmax")
    made.node.edges = (Edge(value.node, Cut("flat-region", {"how": "one", "op": "Softmax", "gradient": "zero"}, site)),)
    return made


def _has_one_column(node: Node) -> bool:
    layer = OWNERS.get(node)
    given = layer.data.get("args") if isinstance(layer, Object) and layer.cls is None else None
    return isinstance(layer, Object) and isinstance(given, Arguments) and layer.made_by.endswith(".Dense") and _has_one_unit(given)


def _has_one_unit(given: Arguments) -> bool:
    units = given.get("units", 0)
    return isinstance(units, Plain) and units.value == 1


def _wrapped(walk: Walk, layer: Object, args: Arguments, site: Site) -> Value:
    """The user's layer inside one of Keras's; a cell of an RNN twice, with the state that it gives back."""
    inner: Object = layer.data["wrapped"]
    if layer.made_by.rpartition(".")[2] != "RNN":
        return walk.call(inner, Arguments(args.positional[:1]), site)
    states: Value = Sequence.of([walk.data(site, "state", dtype="float")], "list", True)
    result: Value = walk.unknown(site)
    for _ in range(2):
        result = walk.call(inner, Arguments([*args.positional[:1], states]), site)
        if not isinstance(result, Sequence) or len(result.items) != 2:
            return result
        states = result.items[1]
    return result.items[0] if isinstance(result, Sequence) else result


def replay(walk: Walk, model: Object, args: Arguments, site: Site) -> Value:
    """Call a functional model: its graph is computed anew, now, from these inputs."""
    value = args.get("inputs", 0)
    given = list(value.items) if isinstance(value, Sequence) else [v for v in (value,) if v is not None]
    symbolic = model.data["inputs"]
    places = [n for v in (symbolic.items if isinstance(symbolic, Sequence) else [symbolic]) for n in nodes(v)]
    start: dict[Node, Node] = {}
    for i, place in enumerate(places):
        found = nodes(given[i]) if len(given) == len(places) else [n for v in given for n in nodes(v)]
        start[place] = walk.node("join", site, (Edge(n) for n in found))
    result = copied(walk, model.data["outputs"], start, site)
    losses = [loss for layer in model.data["graph layers"].items for loss in added_losses(walk, layer)]
    walk.state.write(model.data, "replayed", tuple(copied(walk, loss, start, site) for loss in losses) + tuple(model.data.get("losses", ())))
    return result


def copied(walk: Walk, value: Value, made: dict[Node, Node], site: Site) -> Value:
    if isinstance(value, Sequence):
        return Sequence.of([copied(walk, v, made, site) for v in value.items], value.kind, value.is_open)
    if isinstance(value, Table):
        return Table({k: copied(walk, v, made, site) for k, v in value.cells.items()})
    if isinstance(value, Tensor):
        return Tensor(_copy(walk, value.node, made, site), value.form)
    return value


def _copy(walk: Walk, root: Node, made: dict[Node, Node], site: Site) -> Node:
    """Operations are made again, under the tapes of now; variables and what holds none stay what they are."""
    stack = [root]
    while stack:
        node = stack[-1]
        if node in made or node.kind in ("variable", "data", "unknown"):
            made.setdefault(node, node)
            stack.pop()
            continue
        waiting = [e.origin for e in node.edges if e.origin not in made]
        if waiting:
            stack += waiting
            continue
        made[node] = walk.node(node.kind, node.site, (Edge(made[e.origin], e.cut) for e in node.edges), node.label, node.dtype)
        made[node].called = site
        if node in OWNERS:
            OWNERS[made[node]] = OWNERS[node]
        stack.pop()
    return made[root]


HANDLERS = dict.fromkeys(
    ("tensorflow.nn.softmax", "tensorflow.math.softmax", "keras.ops.softmax", "keras.activations.softmax", "keras.backend.softmax"), softmax
)
