"""Layers and models: what they are made of, which weights they have, what calling them computes."""

from __future__ import annotations

from collections.abc import Iterator

from whygrad.lint.flow.graph import Cut, Edge, Node, Site
from whygrad.lint.flow.library.names import kind_of
from whygrad.lint.flow.values import NONE, Function, Object, Plain, Sequence, Table, Tensor, Unknown, Value, nodes, options
from whygrad.lint.flow.walk import Arguments, Walk

WITHOUT_WEIGHTS = frozenset(
    "Flatten Reshape Permute RepeatVector Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D GaussianNoise GaussianDropout AlphaDropout Activation ReLU LeakyReLU ELU Softmax "
    "Lambda Concatenate Add Subtract Multiply Average Maximum Minimum Dot ZeroPadding1D ZeroPadding2D ZeroPadding3D Cropping1D Cropping2D Cropping3D UpSampling1D UpSampling2D "
    "UpSampling3D MaxPooling1D MaxPooling2D MaxPooling3D MaxPool1D MaxPool2D MaxPool3D AveragePooling1D AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D "
    "GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GlobalAvgPool1D GlobalAvgPool2D "
    "GlobalMaxPool1D GlobalMaxPool2D Masking InputLayer Rescaling Resizing CenterCrop RandomFlip RandomRotation RandomZoom RandomCrop Identity UnitNormalization "
    "ActivityRegularization ThresholdedReLU CategoryEncoding Hashing Discretization StringLookup IntegerLookup TextVectorization Normalization".split()
)
INDEX_INPUT = frozenset({"Embedding", "CategoryEncoding", "Hashing", "Discretization", "StringLookup", "IntegerLookup", "TextVectorization"})
MOVING = frozenset({"BatchNormalization", "SyncBatchNormalization"})  # they keep statistics that are not trained


def weights_node(walk: Walk, layer: Object) -> Tensor | None:
    """The one variable that stands for all weights of a library's layer; None when it has none."""
    last = layer.made_by.rpartition(".")[2]
    if layer.cls is not None or last in WITHOUT_WEIGHTS or kind_of(layer.made_by) not in ("layer", "model") or _is_container(layer):
        return None
    if "weights" not in layer.data:
        site = layer.site
        assert site is not None
        made = walk.variable(site, (), "float")
        made.node.needs = last
        args = layer.data.get("args")
        trainable = args.get("trainable") if isinstance(args, Arguments) else None
        made.node.trainable = not (isinstance(trainable, Plain) and trainable.value is False)
        layer.data["weights"] = made  # not journaled: a layer has its weights from the beginning
    found: Tensor = layer.data["weights"]
    return found


def _is_container(layer: Object) -> bool:
    return "layers" in layer.data or "outputs" in layer.data or "wrapped" in layer.data


def weights(walk: Walk, value: Value, seen: set[int] | None = None) -> Iterator[tuple[str, Tensor | Unknown, Object]]:
    """The variables of a layer or model with their names below it and the layer that has them. Unknown: there may be others."""
    seen = set() if seen is None else seen
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, Object):
        yield from _of_object(walk, value, seen)
    elif isinstance(value, (Sequence, Table)):
        items = enumerate(value.items) if isinstance(value, Sequence) else value.cells.items()
        for key, item in items:
            for name, variable, owner in weights(walk, item, seen):
                yield f"[{key!r}]{name}", variable, owner


def _of_object(walk: Walk, layer: Object, seen: set[int]) -> Iterator[tuple[str, Tensor | Unknown, Object]]:
    own = weights_node(walk, layer)
    if own is not None:
        yield "", own, layer
    for made in layer.data.get("added", ()):
        yield f".{made.node.name or 'weight'}", made, layer
    listed = {id(v.node) for v in layer.data.get("added", ())}
    parts = [*layer.cells.items(), *((k, layer.data[k]) for k in ("layers", "wrapped", "graph layers") if k in layer.data)]
    for name, value in parts:
        for one in options(value):
            prefix = "" if name in ("layers", "graph layers", "wrapped") else f".{name}"
            if isinstance(one, Tensor) and one.form == "variable" and id(one.node) not in listed:
                yield prefix, one, layer
            elif isinstance(one, Unknown):
                yield prefix, one, layer
            elif isinstance(one, (Object, Sequence, Table)) and _may_hold(one):
                for inner, variable, owner in weights(walk, one, seen):
                    yield f"{prefix}{inner}", variable, owner


def _may_hold(value: Value) -> bool:
    """Optimizers, losses and metrics on a model are no part of its weights."""
    return (
        not isinstance(value, Object)
        or kind_of(value.made_by) in ("layer", "model", "module")
        or (value.cls is not None and not kind_of(value.made_by))
    )


def is_trainable(layer: Object) -> bool | None:
    """None: it was frozen on a way that only a run knows."""
    trainable = layer.data.get("trainable")
    if isinstance(trainable, Plain):
        return trainable.value is not False
    return True if trainable is None else None


def freeze_unknown(walk: Walk, layer: Unknown) -> None:
    """`something.trainable = ...` on a layer that is not known: it may be any of those whose weights it was got from."""
    held = {e.origin for e in layer.node.edges}
    for variable in walk.variables:
        if variable in held or not held:
            variable.may_freeze = True


def trains(variable: Tensor | Unknown, owner: Object, model: Object) -> bool | None:
    """Is this variable in the model's `trainable_variables`?"""
    own = True if isinstance(variable, Unknown) else None if variable.node.may_freeze else variable.node.trainable
    found = [is_trainable(owner), is_trainable(model), own]
    return False if False in found else None if None in found else True


def added_losses(walk: Walk, value: Value, seen: set[int] | None = None) -> list[Value]:
    """What `add_loss` was given, by the model itself and by the layers in it."""
    seen = set() if seen is None else seen
    if id(value) in seen:
        return []
    seen.add(id(value))
    if isinstance(value, (Sequence, Table)):
        items = value.items if isinstance(value, Sequence) else value.cells.values()
        return [loss for item in items for loss in added_losses(walk, item, seen)]
    if not isinstance(value, Object):
        return []
    own = list(value.data.get("replayed", value.data.get("losses", ())))
    if "replayed" in value.data:
        return own
    parts = [*value.cells.values(), *(value.data[k] for k in ("layers", "graph layers", "wrapped") if k in value.data)]
    return own + [loss for part in parts for one in (options(part) if isinstance(part, Value) else ()) for loss in added_losses(walk, one, seen)]


def is_built(layer: Object) -> bool:
    """Do its weights exist? Layers of Keras make them at their first call, unless they are told the shape of their input before."""
    if layer.cls is not None or kind_of(layer.made_by) != "layer" or "built" in layer.data:
        return True
    args = layer.data.get("args")
    return isinstance(args, Arguments) and (bool(args.spread) or any(k in args.keywords for k in ("input_shape", "input_dim", "batch_input_shape", "weights")))


def mark_built(walk: Walk, value: Value) -> None:
    """The value and all layers in it have their weights now."""
    for _, _, owner in list(weights(walk, value)):
        walk.state.write(owner.data, "built", True)


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


def call(walk: Walk, layer: Object, args: Arguments, site: Site) -> Value:
    """`layer(x)`."""
    if layer.cls is not None and layer.cls.find("call") is not None:
        return _own_call(walk, layer, args, site)
    if "outputs" in layer.data:
        return replay(walk, layer, args, site)
    if "layers" in layer.data:
        return _in_turn(walk, layer, args, site)
    return library_layer(walk, layer, args, site)


def _own_call(walk: Walk, layer: Object, args: Arguments, site: Site) -> Value:
    build(walk, layer, site)
    result = walk.call(walk.attribute(layer, "call", site), args, site)
    for node in nodes(result):
        OWNERS.setdefault(node, layer)
    return result


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


def library_layer(walk: Walk, layer: Object, args: Arguments, site: Site) -> Value:
    """A layer of Keras: its output depends on its weights and its inputs."""
    last = layer.made_by.rpartition(".")[2]
    given = layer.data.get("args")
    if last == "Lambda" and isinstance(given, Arguments):
        function = given.get("function", 0)
        if function is not None:
            return walk.call(function, args, site)
    walk.state.write(layer.data, "built", True)
    inner = [v for _, v, _ in weights(walk, layer)]
    if "wrapped" in layer.data and layer.data["wrapped"].cls is not None:
        inner = [walk.call(layer.data["wrapped"], Arguments(args.positional[:1]), site)]
    made = walk.op(site, inner, layer.made_by)
    by = Cut("index-only", {"op": last}, site) if last in INDEX_INPUT else None
    made.node.edges += tuple(Edge(n, by) for v in args.positional for n in nodes(v))
    made.node.edges += tuple(Edge(n) for k, v in args.keywords.items() if k not in ("training", "mask") for n in nodes(v))
    activation = given.get("activation") if isinstance(given, Arguments) else None
    OWNERS[made.node] = layer
    if activation is not None and not isinstance(activation, Plain):
        return walk.call(activation, Arguments([made]), layer.site or site)
    if last == "Activation" and isinstance(given, Arguments) and given.positional and not isinstance(given.positional[0], Plain):
        return walk.call(given.positional[0], Arguments(args.positional), layer.site or site)
    returns_state = given.get("return_state") if isinstance(given, Arguments) else None
    return Sequence.of([made] * 3, "list", True) if isinstance(returns_state, Plain) and returns_state.value else made


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
