"""Functions under `tf.custom_gradient`: what their gradient function returns decides whether a gradient comes back."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.catalogue import kinds
from whygrad.lint.flow import knowledge
from whygrad.lint.flow.graph import Cut, Edge, Frame, Node, Site, behind, carried
from whygrad.lint.flow.values import Function, Plain, Sequence, Tensor, Value, nodes, options
from whygrad.lint.flow.walk import Arguments, Walk


def through_custom(walk: Walk, function: Function, args: Arguments, result: Value, site: Site) -> Value:
    """The value computed, with the gradient that the inner function returns for it judged argument by argument."""
    parts: tuple[Value, ...] = result.items if isinstance(result, Sequence) and len(result.items) == 2 else ()
    gradient = next((o for o in options(parts[1]) if isinstance(o, Function)), None) if parts else None
    made = walk.op(site, args.keywords.values(), "custom_gradient")
    if gradient is None:
        made.node.edges += carried(n for v in (*args.positional, *parts) for n in nodes(v))
        return made
    given = args.positional[1:] if function.owner is not None else args.positional
    cuts = judged(walk, function.name, gradient, len(given), site)
    made.node.edges += tuple(Edge(n, cut) for value, cut in zip(given, cuts) for n in nodes(value))
    inside = _variables(parts[0], {n for v in given for n in nodes(v)})
    made.node.edges += tuple(Edge(n, _cut_of_variables(walk, function, gradient, site)) for n in inside)
    return made


def _cut_of_variables(walk: Walk, function: Function, gradient: Function, site: Site) -> Cut | None:
    """Variables that the function reads get what its gradient function returns for `variables`."""
    facts = {"function": function.name, "how": "returned"}
    if not _takes_variables(gradient):
        return Cut("custom-gradient", facts, Site(function.node, Frame(function.module.path, function.name, site)))
    returned = _tried(walk, gradient, Arguments([walk.unknown(site)] * len(gradient.node.args.args)), site)
    second = [v.items[1] for v in options(returned) if isinstance(v, Sequence) and len(v.items) == 2]
    is_none = [isinstance(v, Sequence) and bool(v.items) and all(isinstance(i, Plain) and i.value is None for i in v.items) for v in second]
    return Cut("custom-gradient", facts, _return_site(gradient, site)) if is_none and all(is_none) else None


def _takes_variables(gradient: Function) -> bool:
    spec = gradient.node.args
    return spec.kwarg is not None or any(a.arg == "variables" for a in (*spec.args, *spec.kwonlyargs))


def _variables(value: Value, known: set[Node]) -> list[Node]:
    """Variables that the value was computed from, not through the arguments."""
    start = [n for n in nodes(value) if n not in known]
    return [n for n in behind(start, lambda node, edge: edge.origin not in known) if n.kind == "variable"]


def judged(walk: Walk, name: str, gradient: Function, count: int, site: Site) -> list[Cut | None]:
    """For each of `count` arguments of what is called `name`: why its gradient is None or zero, None where it is neither."""
    upstream = walk.unknown(site)
    returned = _tried(walk, gradient, Arguments([upstream] * max(1, len(gradient.node.args.args))), site)
    found = [_first_of_pair(o) if _takes_variables(gradient) else o for o in options(returned)]
    at = [_site_of_item(gradient, i, count, _return_site(gradient, site)) for i in range(count)]
    return [_worst([_judged(_item(value, i, count), name, gradient, at[i]) for value in found]) for i in range(count)]


def _tried(walk: Walk, gradient: Function, args: Arguments, site: Site) -> Value:
    """What the gradient function returns, without leaving a trace: TensorFlow is the one who calls it."""
    asked = len(walk.questions)
    returned, _ = walk.state.attempt(lambda: walk.call(gradient, args, site))
    del walk.questions[asked:]
    result: Value = returned
    return result


def _first_of_pair(value: Value) -> Value:
    """With `variables`, a gradient function returns a pair: for the arguments, for the variables."""
    return value.items[0] if isinstance(value, Sequence) and len(value.items) == 2 and isinstance(value.items[1], Sequence) else value


def _item(value: Value, index: int, count: int) -> Value:
    if isinstance(value, Sequence) and not value.is_open and (count > 1 or value.kind in ("tuple", "list")):
        return value.items[index] if index < len(value.items) else Plain(0.5)
    return value


def _worst(cuts: list[Cut | None]) -> Cut | None:
    """A cut only if there is one whatever is returned."""
    return cuts[0] if cuts and all(cut is not None for cut in cuts) else None


def _judged(value: Value, name: str, gradient: Function, at: Site) -> Cut | None:
    facts = {"function": name, "how": "returned" if _returns(gradient) else "unreturned"}
    if isinstance(value, Plain) and value.value is None:
        return Cut("custom-gradient", facts, at)
    zero = (isinstance(value, Plain) and isinstance(value.value, (int, float)) and value.value == 0) or _times_zero(at.node)
    if zero or (isinstance(value, Tensor) and _is_zeros(value.node.label)):
        parameters = " ".join(a.arg for a in ast.walk(gradient.node.args) if isinstance(a, ast.arg))
        return Cut("custom-gradient", facts | {"gradient": "zero", "how": "zeros", "parameters": parameters}, at)
    return None


def _is_zeros(label: str) -> bool:
    """`tf.zeros_like(x)`, by what was measured. `tf.zeros(shape)` reads no tensor: a number that is written there, as `0.0` is."""
    found = knowledge.entry(label)
    return found is not None and (kinds.gives_zeros(found) or label.endswith(".zeros"))


def _times_zero(node: ast.AST) -> bool:
    """`0.0 * upstream`."""
    parts = (node.left, node.right) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) else ()
    return any(isinstance(p, ast.Constant) and isinstance(p.value, (int, float)) and p.value == 0 for p in parts)


def _returns(gradient: Function) -> bool:
    return isinstance(gradient.node, ast.Lambda) or any(isinstance(n, ast.Return) and n.value is not None for n in ast.walk(gradient.node))


def _site_of_item(gradient: Function, index: int, count: int, returned: Site) -> Site:
    """Of `return dx, None` the item for this argument, where the tuple is written there and has one for each."""
    node = returned.node
    if _takes_variables(gradient) and isinstance(node, ast.Tuple) and len(node.elts) == 2 and isinstance(node.elts[0], (ast.Tuple, ast.List)):
        node = node.elts[0]
    one_each = isinstance(node, (ast.Tuple, ast.List)) and len(node.elts) == count and not any(isinstance(e, ast.Starred) for e in node.elts)
    return Site(node.elts[index], returned.frame) if one_each and isinstance(node, (ast.Tuple, ast.List)) else returned


def _return_site(gradient: Function, site: Site) -> Site:
    """Where the gradient function says what it returns."""
    frame = Frame(gradient.module.path, gradient.name, site)
    node = gradient.node
    if isinstance(node, ast.Lambda):
        return Site(node.body, frame)
    if not any(isinstance(s, ast.Return) for s in ast.walk(node)):
        end = node.body[-1]
        return Site(end.value if isinstance(end, (ast.Expr, ast.Assign)) else end, frame)
    last = [s for s in ast.walk(node) if isinstance(s, ast.Return) and s.value is not None]
    return Site(last[-1].value if last and last[-1].value is not None else node, frame)
