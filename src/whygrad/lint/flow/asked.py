"""A gradient call as a whole, and what is wrong with a source whatever the target is."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.lint.flow.finding import Finding
from whygrad.lint.flow.graph import Node, Site, behind
from whygrad.lint.flow.places import handed_over
from whygrad.lint.flow.sources import Source, listed
from whygrad.lint.flow.steps import is_stepped
from whygrad.lint.flow.values import Function, Plain, Sequence, Tensor, Value
from whygrad.lint.flow.walk import Question, Walk
from whygrad.lint.flow.ways import Ways


def classify(walk: Walk, question: Question) -> Finding | None:
    """A cause that concerns all sources alike."""
    facts = question.facts
    if "exhausted" in facts:
        return Finding("empty-variable-list", facts["exhausted"], {"how": "exhausted", "kind": "zip"}, [("nothing is left for this", question.site)])
    if "missing loss" in facts:
        return Finding("missing-loss", question.site, {"how": "compile"})
    if facts.get("asked before") is not None:
        return Finding("wrong-tape", question.site, {"how": "used up"}, [("it was asked before here", facts["asked before"])])
    if isinstance(question.sources, Sequence) and not question.sources.items and not question.sources.is_open:
        return empty(question, question.sources)
    if isinstance(question.sources, Sequence) and "misnamed" in question.sources.cells:
        return Finding("empty-variable-list", question.sources.cells["misnamed"], {"how": "by name"}, proven=False, severity="warning")
    if "no labels" in facts:
        return Finding("missing-loss", question.site, {"how": "labels"}, [("the loss is given here", facts["no labels"])])
    return bad_target(walk, question)


def empty(question: Question, sources: Sequence) -> Finding | None:
    """`gradient(loss, [])`. Only what is certain: a list that is written empty, or a model that is frozen as a whole."""
    node = question.sources_node
    where = Site(node, question.site.frame) if node is not None else question.site
    if isinstance(node, (ast.List, ast.Tuple)):
        return Finding("empty-variable-list", where, {"how": "empty"})
    if "untracked" in sources.cells:
        return Finding("empty-variable-list", sources.cells["untracked"], {"how": "empty"})
    if "unbuilt" in sources.cells:
        return Finding("empty-variable-list", sources.cells["unbuilt"], {"how": "not built"})
    if sources.cells.get("frozen") is not None and node is not None:
        return Finding(
            "empty-variable-list", sources.cells["frozen"], {"how": "all frozen"}, [("the list of what is left to train is read here", where)]
        )
    return None


def bad_target(walk: Walk, question: Question) -> Finding | None:
    """The target is None, a number, a list without a loss."""
    target, node = question.target, question.target_node
    node = definition(question, node) or node
    where = Site(node, question.site.frame) if node is not None else question.site
    if isinstance(target, Plain) and target.value is None:
        return _none(walk, question, where)
    if isinstance(target, Sequence) and not target.items and not target.is_open:
        is_losses = node is not None and ".losses" in ast.unparse(node)
        return Finding("missing-loss" if is_losses else "bad-target", where, {"how": "empty"})
    if isinstance(target, Plain) and isinstance(target.value, (int, float)) and question.api != "minimize":
        return Finding("bad-target", where, {"how": "number"})
    if isinstance(target, Tensor) and target.form in ("array", "number"):
        return _number(target, where)
    return None


def definition(question: Question, node: ast.expr | None) -> ast.expr | None:
    """The value that a name was given last before the call, in the same function."""
    body = question.site.frame.node
    if not isinstance(node, ast.Name) or body is None:
        return None
    line = getattr(question.site.node, "lineno", 0)
    given = [
        n
        for n in ast.walk(body)
        if isinstance(n, ast.Assign) and any(isinstance(t, ast.Name) and t.id == node.id for t in n.targets) and n.lineno < line
    ]
    return max(given, key=lambda n: n.lineno).value if given else None


def integer_target(question: Question) -> Finding | None:
    """Nothing floating is asked about: the gradient is None whatever the sources are."""
    target = question.target
    if not isinstance(target, Tensor) or target.node.dtype not in ("integer", "bool") or target.node.kind != "op":
        return None
    node = definition(question, question.target_node) or question.target_node
    return Finding("bad-target", Site(node, question.site.frame) if node is not None else question.site, {"how": "integer"})


def _none(walk: Walk, question: Question, where: Site) -> Finding | None:
    """A function without `return`: the place is what it computes last."""
    function = question.facts.get("function")
    if isinstance(function, Function) and isinstance(function.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        last = function.node.body[-1]
        site = Site(last.value if isinstance(last, (ast.Assign, ast.Expr)) else last, where.frame)
        return Finding("bad-target", site, {"how": "unreturned", "function": function.name}, [("it is called here, and gives None", where)])
    return Finding("bad-target", where, {"how": "none"})


def _number(target: Tensor, where: Site) -> Finding:
    """Where the loss left TensorFlow; a target of pure numbers never was in it."""
    queue, seen = [target.node], {target.node}
    while queue:
        node = queue.pop(0)
        for edge in node.edges:
            if edge.cut is not None and edge.cut.cause == "left-tensorflow":
                return Finding("bad-target", edge.cut.at or node.site, {"how": "number"}, [("this is handed to the tape", where)])
            if edge.origin not in seen:
                seen.add(edge.origin)
                queue.append(edge.origin)
    return Finding("bad-target", target.node.site or where, {"how": "number"}, [("this is handed to the tape", where)])


def no_tensor(ways: Ways, source: Source) -> Finding | None:
    """An array, a number, a string among the sources."""
    value = source.value
    where = _sources_site(ways.question)
    if isinstance(value, Plain):
        if value.value is None or isinstance(value.value, bool):
            return None
        kind = "a Python number" if isinstance(value.value, (int, float)) else f"a {type(value.value).__name__}"
        return Finding("not-a-variable", where, {"what": kind})
    assert isinstance(value, Tensor)
    return Finding("not-a-variable", value.node.site or where, {"what": "a NumPy array" if value.form == "array" else "a Python number"})


def _sources_site(question: Question) -> Site:
    return Site(question.sources_node, question.site.frame) if question.sources_node is not None else question.site


def variable(ways: Ways, node: Node) -> Finding | None:
    """An integer variable; one that is not trained; a tape that follows none."""
    if node.dtype in ("integer", "bool", "string"):
        return Finding("non-float-variable", node.site, {"dtype": {"integer": "an integer"}.get(node.dtype, node.dtype)})
    if ways.tape is None:
        return None
    watched = any(n is node for n, _, _ in ways.tape.watched)
    if not node.trainable and not watched:
        how = "listed" if node.name == "moving_mean" or node.needs else "created"
        return Finding("not-trainable", _sources_site(ways.question) if how == "listed" else node.site, {"how": how})
    if not ways.tape.watches_variables and not watched:
        return Finding("not-watched", ways.tape.site, {"how": "switched off"})
    return None


def unwatched(walk: Walk, ways: Ways, source: Source, index: int, earlier: list[Question]) -> Finding | None:
    """A tensor among the sources that no tape follows: a parameter that should be a variable, or an input that wants `watch`."""
    assert isinstance(source.value, Tensor)
    node = source.value.node
    if _may_be_anything(node):
        return None
    if _was_variable(earlier, index, ways.question):
        return Finding("variable-replaced", handed_over(node.site), {"how": "rebound"})
    node = _first(earlier, index, ways.question) or node
    made = [(f"`{source.name}` is made here, as a plain tensor", node.site)]
    if _beside_variables(ways.question) or (is_stepped(walk, ways.question, source.name) and not _variables_used(ways)):
        return Finding("not-a-variable", _made_at(node), {"what": "a plain tensor"})
    copy = next((w for w in (ways.tape.watched if ways.tape is not None else ()) if any(e.origin is node for e in w[0].edges)), None)
    if copy is not None:
        return Finding("not-watched", copy[2], {"how": "copy"}, list(made))
    return Finding("not-watched", _sources_site(ways.question), {"how": "tensor"}, list(made))


def _made_at(node: Node) -> Site | None:
    """Of one of several that may stand there: the first."""
    while node.site is None and node.edges:
        node = node.edges[0].origin
    return node.site


def _may_be_anything(node: Node) -> bool:
    """Is something unknown in it? Then it may be a list, or a variable."""
    before = behind([node], lambda here, edge: edge.cut is None)
    return any(n.kind == "unknown" or (n.kind == "variable" and node.kind == "join") for n in before)


def _first(earlier: list[Question], index: int, question: Question) -> Node | None:
    """What stood in this place when the call was reached first: later turns hold what was computed from it."""
    found = listed(earlier[0]) if earlier else []
    value = found[index].value if index < len(found) == len(listed(question)) else None
    return value.node if isinstance(value, Tensor) and value.form == "tensor" else None


def _was_variable(earlier: list[Question], index: int, question: Question) -> bool:
    """Was it a variable when this call was reached before?"""

    before = [listed(q) for q in earlier]
    return any(index < len(found) and _is_variable(found[index].value) for found in before if len(found) == len(listed(question)))


def _is_variable(value: Value) -> bool:
    return isinstance(value, Tensor) and value.form == "variable"


def _beside_variables(question: Question) -> bool:
    return any(_is_variable(s.value) for s in listed(question))


def _variables_used(ways: Ways) -> bool:
    return any(n.kind == "variable" and n.trainable for n in ways.reached)


def watched_late(ways: Ways, node: Node) -> Finding:
    """The tensor was used before `watch` was called."""
    late = next((w for w in (ways.tape.watched if ways.tape is not None else ()) if w[0] is node), None)
    return Finding("not-watched", late[2] if late is not None else ways.question.site, {"how": "too late"})
