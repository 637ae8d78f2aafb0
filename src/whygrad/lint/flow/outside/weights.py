"""The weights of layers and models: which variables they have, whether these exist yet, whether they are trained, what `add_loss` was given."""

from __future__ import annotations

from collections.abc import Iterator

from whygrad import syntax as ast
from whygrad.lint.flow.graph import Site
from whygrad.lint.flow.outside.names import kind_of
from whygrad.lint.flow.values import Class, Object, Plain, Sequence, Table, Tensor, Unknown, Value, options
from whygrad.lint.flow.walk import Arguments, Walk

_NO_WEIGHTS = """
Activation ActivityRegularization Add AlphaDropout Average AveragePooling1D AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D
AvgPool3D CategoryEncoding CenterCrop Concatenate Cropping1D Cropping2D Cropping3D Discretization Dot Dropout ELU Flatten
GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalAvgPool1D GlobalAvgPool2D
GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D Hashing Identity InputLayer IntegerLookup
Lambda LeakyReLU Masking MaxPool1D MaxPool2D MaxPool3D MaxPooling1D MaxPooling2D MaxPooling3D Maximum Minimum Multiply
Normalization Permute RandomCrop RandomFlip RandomRotation RandomZoom ReLU RepeatVector Rescaling Reshape Resizing Softmax
SpatialDropout1D SpatialDropout2D SpatialDropout3D StringLookup Subtract TextVectorization ThresholdedReLU UnitNormalization
UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D
"""
WITHOUT_WEIGHTS = frozenset(_NO_WEIGHTS.split())
BARE = frozenset({"Layer", "Wrapper", "RNN", "TimeDistributed", "Bidirectional", "SpectralNormalization"})  # none of their own
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


def inherited(walk: Walk, layer: Object, name: str) -> Tensor | None:
    """`self.kernel` of a user's class below a layer of Keras: one variable for each name, made where the layer is.

    None where the class puts something of its own there.
    """
    last = layer.made_by.rpartition(".")[2]
    if layer.cls is None or kind_of(layer.made_by) != "layer" or last in WITHOUT_WEIGHTS or last in BARE or layer.site is None:
        return None
    found: dict[str, Tensor | None] = layer.data.setdefault("inherited", {})  # not journaled, as above
    if name not in found:
        found[name] = None if _sets(layer.cls, name) else _made_by_keras(walk, layer, name, layer.site)
    return found[name]


def _made_by_keras(walk: Walk, layer: Object, name: str, site: Site) -> Tensor:
    args = layer.data.get("args")
    trainable = args.get("trainable") if isinstance(args, Arguments) else None
    off = isinstance(trainable, Plain) and trainable.value is False
    return walk.variable(site, (), "float", not off, name)


def _sets(cls: Class, name: str) -> bool:
    written = (n for c in cls.ancestors() for n in ast.walk(c.node) if isinstance(n, ast.Attribute) and n.attr.lstrip("_") == name)
    return any(not isinstance(n.ctx, ast.Load) for n in written)


def _is_container(layer: Object) -> bool:
    return "layers" in layer.data or "outputs" in layer.data or "wrapped" in layer.data


def weights(walk: Walk, value: Value) -> Iterator[tuple[str, Tensor | Unknown, Object]]:
    """The variables of a layer or model with their names below it and the layer that has them. Unknown: there may be others."""
    return ((name, variable, owner) for name, variable, owner, _ in trained(walk, value))


def trained(
    walk: Walk, value: Value, seen: set[int] | None = None, above: bool | None = True
) -> Iterator[tuple[str, Tensor | Unknown, Object, bool | None]]:
    """The same, and whether each of them is in `trainable_variables`: neither it nor a layer on the way to it is frozen. None: only a run knows."""
    seen = set() if seen is None else seen
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, Object):
        yield from _of_object(walk, value, seen, _both(above, is_trainable(value)))
    elif isinstance(value, (Sequence, Table)):
        items = enumerate(value.items) if isinstance(value, Sequence) else value.cells.items()
        for key, item in items:
            for name, variable, owner, trains in trained(walk, item, seen, above):
                yield f"[{key!r}]{name}", variable, owner, trains


def _of_object(walk: Walk, layer: Object, seen: set[int], state: bool | None) -> Iterator[tuple[str, Tensor | Unknown, Object, bool | None]]:
    own = weights_node(walk, layer)
    if own is not None:
        yield "", own, layer, _both(state, _is_trained(own))
    for name, made in layer.data.get("inherited", {}).items():
        if made is not None:
            yield f".{name}", made, layer, _both(state, _is_trained(made))
    for made in layer.data.get("added", ()):
        yield f".{made.node.name.removeprefix('self.') or 'weight'}", made, layer, _both(state, _is_trained(made))
    listed = {id(v.node) for v in layer.data.get("added", ())}
    parts = [*((f".{name}", value) for name, value in layer.cells.items()), *_inner_layers(layer)]
    for prefix, value in parts:
        for one in options(value):
            if (isinstance(one, Tensor) and one.form == "variable" and id(one.node) not in listed) or isinstance(one, Unknown):
                yield prefix, one, layer, _both(state, _is_trained(one))
            elif isinstance(one, (Object, Sequence, Table)) and _may_hold(one):
                for inner, variable, owner, trains in trained(walk, one, seen, state):
                    yield f"{prefix}{inner}", variable, owner, trains


def _both(one: bool | None, other: bool | None) -> bool | None:
    return False if False in (one, other) else None if None in (one, other) else True


def _is_trained(variable: Tensor | Unknown) -> bool | None:
    return True if isinstance(variable, Unknown) else None if variable.node.may_freeze else variable.node.trainable


def _inner_layers(layer: Object) -> Iterator[tuple[str, Value]]:
    """The layers in a library's model or wrapper, under the names that people know."""
    if "wrapped" in layer.data:
        yield "", layer.data["wrapped"]
    if "layers" in layer.data:
        items = [v for v in layer.data["layers"].items if not isinstance(v, Tensor)]
        yield from ((f".{given_name(v) or f'layers[{i}]'}", v) for i, v in enumerate(items))
    for value in layer.data["graph layers"].items if "graph layers" in layer.data else ():
        yield f".{given_name(value) or _told_by_line(value)}", value


def given_name(layer: Value) -> str:
    """The name that a layer was given by its maker, if it is known."""
    args = layer.data.get("args") if isinstance(layer, Object) else None
    name = args.get("name") if isinstance(args, Arguments) else None
    return name.value if isinstance(name, Plain) and isinstance(name.value, str) else ""


def _told_by_line(layer: Value) -> str:
    if not isinstance(layer, Object):
        return "layer"
    title = layer.cls.name if layer.cls is not None else layer.made_by.rpartition(".")[2]
    return f"{title} (line {getattr(layer.site.node, 'lineno', '?')})" if layer.site is not None else title


def _may_hold(value: Value) -> bool:
    """Optimizers, losses, metrics and plain objects on a model are no part of its weights: Keras does not look into them."""
    return (
        not isinstance(value, Object)
        or kind_of(value.made_by) in ("layer", "model", "module")
        or (value.cls is not None and value.cls.has_unknown_base)
    )


def is_trainable(layer: Object) -> bool | None:
    """None: it was frozen on a way that only a run knows."""
    trainable = layer.data.get("trainable")
    if isinstance(trainable, Plain):
        return trainable.value is not False
    return True if trainable is None else None


def freeze(walk: Walk, layer: Object, value: Value, site: Site) -> None:
    """`layer.trainable = value`: Keras hands it on to all layers inside, whatever was said of them before."""
    said = [one for one in _inside(layer, set()) if one is layer or "trainable" in one.data]
    for one in {id(o): o for o in [*said, *(owner for _, _, owner in list(weights(walk, layer)))]}.values():
        walk.state.write(one.data, "trainable", value)
        walk.state.write(one.data, "told to train", site)


def _inside(value: Value, seen: set[int]) -> Iterator[Object]:
    """The layer and all layers in it."""
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, Object):
        yield value
        parts = [*value.cells.values(), *(part for _, part in _inner_layers(value))]
    else:
        parts = list(value.items) if isinstance(value, Sequence) else list(value.cells.values()) if isinstance(value, Table) else []
    for part in parts:
        for one in options(part) if isinstance(part, Value) else ():
            if isinstance(one, (Object, Sequence, Table)) and _may_hold(one):
                yield from _inside(one, seen)


def freeze_unknown(walk: Walk, layer: Unknown) -> None:
    """`something.trainable = ...` on a layer that is not known: it may be any of those whose weights it was got from."""
    held = {e.origin for e in layer.node.edges}
    for variable in walk.variables:
        if variable in held or not held:
            variable.may_freeze = True


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
    own: list[Value] = list(value.data.get("replayed") or value.data.get("losses", ()))
    if "replayed" in value.data:
        return own
    parts = [*value.cells.values(), *(value.data[k] for k in ("layers", "graph layers", "wrapped") if k in value.data)]
    return own + [loss for part in parts for one in (options(part) if isinstance(part, Value) else ()) for loss in added_losses(walk, one, seen)]


def is_built(layer: Object) -> bool:
    """Do its weights exist? Layers of Keras make them at their first call, unless they are told the shape of their input before."""
    if layer.cls is not None or kind_of(layer.made_by) != "layer" or "built" in layer.data:
        return True
    args = layer.data.get("args")
    return isinstance(args, Arguments) and (
        bool(args.spread) or any(k in args.keywords for k in ("input_shape", "input_dim", "batch_input_shape", "weights"))
    )


def mark_built(walk: Walk, value: Value) -> None:
    """The value and all layers in it have their weights now."""
    for _, _, owner in list(weights(walk, value)):
        walk.state.write(owner.data, "built", True)
