"""A source from which no way leads to the target: what stands in its place, or which line lost it."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.lint.flow import unused
from whygrad.lint.flow.finding import Finding
from whygrad.lint.flow.graph import Frame, Node, Site, behind
from whygrad.lint.flow.outside import weights as held
from whygrad.lint.flow.places import beside, stack
from whygrad.lint.flow.sources import Source
from whygrad.lint.flow.values import Object, Sequence, Tensor, Value, nodes
from whygrad.lint.flow.walk import Walk
from whygrad.lint.flow.ways import Ways

IGNORED = ("self", "cls", "args", "kwargs")


def classify(walk: Walk, ways: Ways, source: Source, lost: list[Node], some_train: bool) -> Finding | None:
    assert isinstance(source.value, Tensor)
    node = source.value.node
    found = stale(walk, ways, node) or _recreated(walk, ways, node)
    if found is not None:
        return found
    beside_it = _bypassed(ways, source) if source.value.form == "tensor" else None
    if beside_it is not None:
        return beside_it
    thrown = next((site for site, written in walk.thrown_away if node in behind(written)), None)
    if thrown is not None:
        return Finding("value-discarded", thrown, {"how": "unwritten"})
    if not some_train and not any(n in ways.price for n in lost):
        return _constant(ways, lost)
    return unused.classify(walk, ways, source, node)


def _bypassed(ways: Ways, source: Source) -> Finding | None:
    """The target was computed anew from what the source was made of: the feature maps of one pass, the scores of another."""
    assert isinstance(source.value, Tensor)
    node = source.value.node
    before = behind([node], lambda here, edge: edge.cut is None)
    shared = next((n for n in before if n is not node and n.kind == "variable" and n in ways.reached), None)
    place = beside(node, ways.tape.site) if ways.tape is not None else None
    if shared is None or place is None or node.kind not in ("op", "join"):
        return None
    return Finding("unused-variable", place, {"how": "bypassed"}, [("the loss was computed from this instead", shared.site)])


def stale(walk: Walk, ways: Ways, node: Node) -> Finding | None:
    """It belongs to an object whose name was given to another one since, and that one's variables are what the target used."""
    old: list[Object] = []
    first: Site | None = None
    for before, after, site in walk.renewed:
        if before not in old and not any(v.node is node for _, v, _ in held.weights(walk, before)):
            continue
        old.append(after)
        first = first or site
        if any(v.node in ways.price and v.node is not node for _, v, _ in held.weights(walk, after)):
            sources = ways.question.sources
            taken = sources.cells.get("taken") if isinstance(sources, Sequence) else None
            facts = {"how": "stale list" if taken is not None else "renewed"}
            return Finding("variable-recreated", taken or first, facts, [("it is made anew here", first)])
    return None


def _recreated(walk: Walk, ways: Ways, node: Node) -> Finding | None:
    """Another variable, made by the same expression, is what the target used."""
    if node.site is None:
        return None
    other = next((n for n in ways.price if n is not node and n.kind == "variable" and n.site is not None and n.site.node is node.site.node), None)
    if other is None or ways.tape is None or other.order < ways.tape.cells.get("began", 0):
        return None
    return Finding("variable-recreated", _parting(other.site, node.site, ways), related=[("the one in the list was made here", node.site)])


def _parting(mine: Site | None, other: Site, ways: Ways) -> Site | None:
    """Where the calls that made the two part, from the inside out: a builder that both came from says nothing.

    In the call of a layer, or where they part only outside the function of the tape, the expression that makes it is the place.
    """
    if mine is None:
        return None
    theirs = stack(other)[::-1]
    parting = next((s for i, s in enumerate(stack(mine)[::-1]) if i >= len(theirs) or s.node is not theirs[i].node), mine)
    tape = ways.tape.site if ways.tape is not None else None
    around = {s.frame for s in stack(tape)[:-1]} if tape is not None else set()
    in_layer = any(s.frame.function.rpartition(".")[2] in ("call", "__call__", "forward") for s in stack(mine))
    return mine if in_layer or parting.frame in around else parting


# -- the target does not depend on any source --------------------------------------------------------------------------------


def _constant(ways: Ways, lost: list[Node]) -> Finding | None:
    unread = _unread(ways, lost)
    if unread is not None:
        return unread
    discarded = _discarded(ways, lost)
    if discarded is not None:
        return discarded
    question = ways.question
    target = ways.targets[0] if ways.targets else None
    place = beside(target, ways.tape.site if ways.tape is not None else question.site) if target is not None else None
    others = any(n.kind == "variable" and n.trainable for n in ways.price)
    if "compile" in question.facts and (place is None or place.node is question.facts["compile"].node):
        place = _loss_function(ways, lost) or place
    if question.target_node is not None and (place is None or place.node is question.site.node):
        place = Site(question.target_node, question.site.frame)
    return Finding("constant-loss", place or question.site, {"how": "other variables" if others else "nothing"})


def _discarded(ways: Ways, lost: list[Node]) -> Finding | None:
    """On the way stands `ones_like(...)` or a shape: that is where the value was thrown away."""
    for node in ways.price:
        for edge in node.edges:
            thrown = edge.cut is not None and edge.cut.cause == "value-discarded" and node.kind == "op"
            if thrown and any(n in lost for n in behind([edge.origin])):
                return Finding("value-discarded", node.site, {"how": "shape"})
    return None


def _unread(ways: Ways, lost: list[Node]) -> Finding | None:
    """A function on the way never reads the parameter that the sources came through: `def loss(y_true, y_pred)` without `y_pred`."""
    seen = set()
    asking = {ways.question.site.frame.node, ways.tape.site.frame.node if ways.tape is not None and ways.tape.site is not None else None}
    for node in ways.price:
        site = node.site
        function = site.frame.node if site is not None else None
        if site is None or function in seen or function in asking or not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        seen.add(function)
        names = [a.arg for a in function.args.args][: len(function.args.args) - len(function.args.defaults) or None]
        unread = [n for n in names if n not in IGNORED and not n.startswith("_") and _is_unread(function, n) and _brings(site.frame, n, lost)]
        if unread and len(names) >= 2 and (function.name == "__call__" or not function.name.startswith("__")):
            return _unread_parameter(site, function, unread[-1])
    return None


def _loss_function(ways: Ways, lost: list[Node]) -> Site | None:
    """What the compiled loss function returns, though the sources came in through one of its parameters."""
    for node in ways.price:
        frame = node.site.frame if node.site is not None else None
        if frame is None or not isinstance(frame.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        brought = [name for name in frame.given or {} if name not in IGNORED and _brings(frame, name, lost)]
        returned = _returned(frame.node, brought[0]) if brought else None
        if returned is not None:
            return Site(returned, frame)
    return None


def _is_unread(function: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> bool:
    """Nobody reads its value: it is not mentioned, or given another one first."""
    return not _reads(function, name) or _renewal(function, name) is not None


def _reads(node: ast.AST, name: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load) for n in ast.walk(node))


def _renewal(function: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> ast.expr | None:
    """The value that a parameter is given before anybody reads it."""
    for statement in function.body:
        if isinstance(statement, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in statement.targets):
            return None if _reads(statement, name) else statement.value
        if _reads(statement, name):
            return None
    return None


def _brings(frame: Frame, name: str, lost: list[Node]) -> bool:
    """Did the sources come in through this parameter, as far as is known?"""
    value = (frame.given or {}).get(name)
    return isinstance(value, Value) and any(n in lost or n.kind == "unknown" for n in behind(nodes(value)))


def _unread_parameter(site: Site, function: ast.FunctionDef | ast.AsyncFunctionDef, parameter: str) -> Finding:
    place = Site(_renewal(function, parameter) or _namesake(function, parameter) or _returned(function, parameter) or function, site.frame)
    facts = {"how": "unread", "parameter": parameter, "function": function.name}
    return Finding("constant-loss", place, facts, [(f"`{parameter}` is a parameter here and never read", Site(function, site.frame))])


def _returned(function: ast.FunctionDef | ast.AsyncFunctionDef, parameter: str) -> ast.expr | None:
    """What the function returns, if that is one expression; of a name that it is given there, the last value.

    Of a tuple with one item for each parameter, the item that stands in the place of `parameter`.
    """
    found = [n.value for n in ast.walk(function) if isinstance(n, ast.Return) and n.value is not None]
    if len(found) != 1:
        return None
    names = [a.arg for a in function.args.args]
    one_each = isinstance(found[0], ast.Tuple) and len(found[0].elts) == len(names)
    picked = found[0].elts[names.index(parameter)] if isinstance(found[0], ast.Tuple) and one_each else found[0]
    given = _given(function, picked.id) if isinstance(picked, ast.Name) else None
    return given if given is not None else found[0]


def _given(function: ast.AST, name: str) -> ast.expr | None:
    """The value that a name is given last; where that is made of its value before, the one that begins it."""
    assigned = [n for n in ast.walk(function) if isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Name) and n.targets[0].id == name]
    values = [a.value for a in sorted(assigned, key=lambda a: a.lineno, reverse=True)]
    return next((v for v in values if not any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(v))), None)


def _namesake(function: ast.AST, parameter: str) -> ast.expr | None:
    """The value whose name promises the parameter: `pred_dir = ...` for `y_pred`."""
    words = {w for w in parameter.lower().split("_") if len(w) > 3}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and any(w in node.targets[0].id.lower() for w in words):
            return node.value
    return None
