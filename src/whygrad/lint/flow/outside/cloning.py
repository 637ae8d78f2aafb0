"""`keras.models.clone_model(model)`, `copy.deepcopy(model)`: the same layers with variables of their own."""

from __future__ import annotations

from whygrad.lint.flow.graph import Node, Site
from whygrad.lint.flow.outside.layers import OWNERS, copied
from whygrad.lint.flow.outside.weights import is_built, mark_built, weights_node
from whygrad.lint.flow.values import Object, Sequence, Tensor, Value
from whygrad.lint.flow.walk import Arguments, Walk

PARTS = ("args", "built")  # of what the walk knows of a layer, what is true of its clone as well


def clone_model(walk: Walk, args: Arguments, site: Site) -> Value:
    """What a clone function makes of a layer is not known."""
    model = args.get("model", 0)
    plain = len(args.all()) == 1 and isinstance(model, Object)
    return (_clone(walk, model, site) if plain and isinstance(model, Object) else None) or walk.unknown(site, *args.all())


def deepcopy(walk: Walk, args: Arguments, site: Site) -> Value:
    given = args.positional[0] if args.positional else walk.unknown(site)
    return (_clone(walk, given, site) if isinstance(given, Object) else None) or given


def _clone(walk: Walk, model: Object, site: Site) -> Object | None:
    """None where it is not known what it is made of."""
    if "outputs" in model.data:
        return _functional(walk, model, site)
    layers = model.data.get("layers")
    if not isinstance(layers, Sequence) or layers.is_open or model.cls is not None:
        return None
    made = [_layer(walk, layer, site) for layer in layers.items]
    if any(layer is None for layer in made):
        return None
    clone = _like(model, site)
    clone.data["layers"] = Sequence.of([layer for layer in made if layer is not None], "list")
    if is_built(model):
        mark_built(walk, clone)
    return clone


def _layer(walk: Walk, layer: Value, site: Site) -> Value | None:
    if isinstance(layer, Tensor):  # an Input
        return layer
    if not isinstance(layer, Object) or layer.cls is not None or "wrapped" in layer.data:
        return None
    return _clone(walk, layer, site) if "layers" in layer.data or "outputs" in layer.data else _like(layer, site)


def _like(layer: Object, site: Site) -> Object:
    return Object(layer.made_by, site, None, dict(layer.cells), {name: layer.data[name] for name in PARTS if name in layer.data})


def _functional(walk: Walk, model: Object, site: Site) -> Object | None:
    """Its graph again, with the variables of the cloned layers in the places of the old ones."""
    layers: list[tuple[Object, Object]] = []
    for layer in model.data["graph layers"].items:
        made = _layer(walk, layer, site)
        if not isinstance(made, Object) or not isinstance(layer, Object) or "layers" in layer.data or "outputs" in layer.data:
            return None
        layers.append((layer, made))
    start: dict[Node, Node] = {}
    for old, new in layers:
        before, after = weights_node(walk, old), weights_node(walk, new)
        if before is not None and after is not None:
            start[before.node] = after.node
    clone = _like(model, site)
    clone.data.update({"inputs": model.data["inputs"], "outputs": copied(walk, model.data["outputs"], start, site)})
    clone.data["graph layers"] = Sequence.of([new for _, new in layers], "list")
    renamed = {id(old): new for old, new in layers}
    for node in start.values():
        owner = OWNERS.get(node)
        if owner is not None and id(owner) in renamed:
            OWNERS[node] = renamed[id(owner)]
    return clone


HANDLERS = {"copy.deepcopy": deepcopy, "keras.models.clone_model": clone_model}
