"""Loss functions and objects, metrics: what they compute from targets and predictions."""

from __future__ import annotations

from whygrad.lint.flow import knowledge
from whygrad.lint.flow.graph import Cut, Edge, Site
from whygrad.lint.flow.outside.names import canonical
from whygrad.lint.flow.truth import is_none
from whygrad.lint.flow.values import NONE, Bound, Class, Function, Library, Object, Partial, Plain, Sequence, Table, Tensor, Value, options
from whygrad.lint.flow.walk import Arguments, Walk


def of_outputs(walk: Walk, loss: Value, output: Value, site: Site) -> list[Value]:
    """The losses of a model's outputs, as `compile(loss=...)` says: one for all, a list, a dict by the names of outputs."""
    pairs = _pairs(loss, output)
    if pairs is None:
        return [walk.unknown(site, output)]
    return [of_output(walk, f, o, site) for _, f, o in pairs if not is_none(f)]


def without(loss: Value, output: Value) -> list[tuple[str, Value]]:
    """The outputs that `compile(loss=...)` says nothing for, and what to call them."""
    return [(name, o) for name, f, o in _pairs(loss, output) or () if is_none(f)]


def _pairs(loss: Value, output: Value) -> list[tuple[str, Value, Value]] | None:
    """(name, loss, output) of each output; None where it is not known what belongs to what."""
    outputs = list(output.items) if isinstance(output, Sequence) and not output.is_open else [output]
    names = [f"number {i + 1}" for i in range(len(outputs))]
    if isinstance(output, Table):
        outputs = list(output.cells.values())
        names = [f"`{key}`" for key in output.cells]
    functions: list[Value]
    if isinstance(loss, Sequence) and not loss.is_open:
        functions = list(loss.items)
    elif isinstance(loss, Table):
        functions = _by_name(loss, output, len(outputs))
    else:
        functions = [loss] * len(outputs)
    return list(zip(names, functions, outputs)) if len(functions) == len(outputs) else None


def _by_name(loss: Table, output: Value, count: int) -> list[Value]:
    if isinstance(output, Table):
        return [loss.cells.get(key, NONE) for key in output.cells]
    return list(loss.cells.values()) if len(loss.cells) == count else []


def of_output(walk: Walk, loss: Value, output: Value, site: Site) -> Value:
    """`loss(y_true, y_pred)` with labels in which no variable is."""
    labels = walk.data(site, "y_true", dtype="float")
    if isinstance(loss, Plain):
        return walk.op(site, [output], str(loss.value))
    if isinstance(loss, (Function, Bound, Library, Object, Partial)):
        return walk.call(loss, Arguments([labels, output]), site)
    if isinstance(loss, Class):
        return walk.unknown(site, output)
    found = [of_output(walk, o, output, site) for o in options(loss)] if len(options(loss)) > 1 else []
    joined: Value = walk.state.join(found) if found else walk.unknown(site, output)
    return joined


def call(walk: Walk, loss: Object, args: Arguments, site: Site) -> Value:
    """A loss object on labels and predictions."""
    own = loss.cls.find("call") if loss.cls is not None else None
    if own is not None:
        return walk.op(site, [walk.call(walk.attribute(loss, "call", site), args, site)], "reduction")
    name = canonical(loss.made_by)
    settings = {k: v for k, v in args.keywords.items() if k != "sample_weight"}
    weights = args.get("sample_weight", 2)
    known = knowledge.apply(walk, name, Arguments(args.positional[:2], settings), site) if knowledge.entry(name) else None
    result = known if isinstance(known, Tensor) else walk.op(site, [*args.positional[:2], *settings.values()], name)
    return result if weights is None else walk.op(site, [result, weights], name)


def metric(walk: Walk, metric_: Object, name: str, args: Arguments, site: Site) -> Value:
    """Metrics keep their state in variables: what `result()` gives has no path to what went in."""
    own = metric_.cls.find(name) if metric_.cls is not None else None
    if own is not None:
        return walk.call(own[0], Arguments([metric_, *args.positional], args.keywords, args.spread), site)
    if name in ("update_state", "__call__"):
        walk.state.write(metric_.data, "state", (*metric_.data.get("state", ()), *args.nodes()))
        walk.state.write(metric_.data, "stored at", site)
    if name in ("result", "__call__"):
        at = metric_.data.get("stored at", site)
        made = walk.op(site, [], metric_.made_by)
        cut = Cut("state-round-trip", {"op": "Assign", "metric": "yes"}, at)
        made.node.edges = tuple(Edge(n, cut) for n in metric_.data.get("state", ()))
        return made
    return NONE if name in ("update_state", "reset_state", "reset_states") else walk.unknown(site)
