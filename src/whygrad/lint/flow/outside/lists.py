"""`model.trainable_variables` and its relatives: which variables are in them now, under which names, and why there may be none."""

from __future__ import annotations

from whygrad.lint.flow.graph import Site
from whygrad.lint.flow.outside import weights as held
from whygrad.lint.flow.values import Object, Sequence, Tensor, Value
from whygrad.lint.flow.walk import Walk

LISTS = {  # of a model: which of its variables
    "trainable_variables": "trainable",
    "trainable_weights": "trainable",
    "variables": "all",
    "weights": "all",
    "non_trainable_variables": "frozen",
    "non_trainable_weights": "frozen",
}


def listed(walk: Walk, model: Object, which: str, site: Site) -> Value:
    """`model.trainable_variables` and its relatives. It remembers the names and whether it can be empty."""
    found = list(held.trained(walk, model))
    kept, names = [], []
    unbuilt = False
    for name, variable, owner, trains in found:
        if not held.is_built(owner):
            unbuilt = True
            continue
        if which == "all" or trains is not (which == "frozen"):
            kept.append(variable if trains is not None or which == "all" else walk.unknown(site))
            names.append(name)
    if which == "all":
        moving = [(n, o) for n, _, o, _ in found if o.made_by.rpartition(".")[2] in held.MOVING]
        for name, owner in moving:
            kept.append(_moving(walk, owner, site))
            names.append(f"{name}.moving_mean")
    made = Sequence.of(kept, "list")
    made.cells.update({"names": tuple(names), "of": model, "taken": site})
    if unbuilt:
        made.cells["unbuilt"] = site
    if not kept and any(isinstance(v, Object) and v.cls is not None and v.made_by == "builtins.object" for v in model.cells.values()):
        made.cells["untracked"] = site
    if found and not kept and not unbuilt:
        frozen = (o.data.get("told to train") for o in (model, *(owner for _, _, owner, _ in found)) if held.is_trainable(o) is False)
        made.cells["frozen"] = next(frozen, None)
    return made


def _moving(walk: Walk, layer: Object, site: Site) -> Tensor:
    if "moving" not in layer.data:
        layer.data["moving"] = walk.variable(layer.site or site, (), "float", trainable=False, name="moving_mean")
    found: Tensor = layer.data["moving"]
    return found
