"""A variable that takes no part in the target: never read under the tape, or what was computed from it was dropped."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.lint.flow.finding import Finding
from whygrad.lint.flow.graph import Node, Site, behind
from whygrad.lint.flow.places import beside, stack
from whygrad.lint.flow.sources import Source, listed
from whygrad.lint.flow.values import Tensor, nodes
from whygrad.lint.flow.walk import Walk
from whygrad.lint.flow.ways import Step, Ways


def classify(walk: Walk, ways: Ways, source: Source, node: Node) -> Finding:
    created = own_site(ways, node)
    unjudged = [name for name, output in ways.question.facts.get("without loss", ()) if node in behind(nodes(output))]
    if unjudged:
        return Finding("missing-loss", ways.question.facts["compile"], {"how": "output", "output": " and ".join(unjudged)})
    dropped = _dropped(walk, ways, node)
    if dropped is None:
        return Finding("unused-variable", created or ways.question.site, {"how": "never read"})
    related: list[tuple[str, Site | None]] = [(f"`{source.name}` is created here", created)]
    decision = _decision(walk, ways, node)
    if decision is not None:
        return Finding("index-only", decision, {"op": "If"}, related)
    overwritten = _overwritten(dropped)
    if overwritten is not None:
        lost = ast.unparse(dropped.node) if isinstance(dropped.node, ast.expr) else ""
        return Finding(
            "unused-variable", overwritten, {"how": "overwritten", "lost": f"`{lost}`"}, [("its result was computed here", dropped), *related]
        )
    return Finding("unused-variable", dropped, {"how": "dropped"}, related)


def own_site(ways: Ways, node: Node) -> Site | None:
    """Where it is created; of several in the list that one helper makes, the call that made this one."""
    if node.site is None:
        return None
    calls = stack(node.site)[::-1]
    listed_too = [s.value.node for s in listed(ways.question) if isinstance(s.value, Tensor) and s.value.node is not node]
    others = [stack(v.site)[::-1] for v in listed_too if v.site is not None and v.site.node is node.site.node]
    for i, site in enumerate(calls):
        if not any(i < len(other) and other[i].node is site.node for other in others):
            return site
    return node.site


def _dropped(walk: Walk, ways: Ways, node: Node) -> Site | None:
    """The last operation that used the variable under the tape: its result goes nowhere. Shown in the innermost function that also
    computes something that does reach the target."""
    began = ways.tape.cells.get("began", 0) if ways.tape is not None else 0
    dependents = {node}
    last: Node | None = None
    for operation in walk.operations:
        if began <= operation.order <= ways.question.order and ways.records(operation) and any(e.origin in dependents for e in operation.edges):
            dependents.add(operation)
            if operation.label != "gradient":
                last = operation
    if last is None or (last.called or last.site) is None:
        return None
    used = {s.frame for n in ways.price if n.site is not None for s in stack(n.called or n.site)}
    calls = stack(last.called or last.site)  # type: ignore[arg-type]
    shared = [s for s in calls if s.frame in used]
    return shared[-1] if shared else calls[-1]


def _decision(walk: Walk, ways: Ways, node: Node) -> Site | None:
    """The condition that is all that Python did with what was computed from the variable under the tape."""
    dependents, last = {node}, None
    for operation in walk.operations:
        if ways.records(operation) and any(e.origin in dependents for e in operation.edges):
            dependents.add(operation)
            last = operation
    return last.site if last is not None and last in walk.decisions else None


def _overwritten(dropped: Site) -> Site | None:
    """The next value given to the name that held the dropped result, if it does not use it."""
    body = dropped.frame.node
    if body is None:
        return None
    assigned = [n for n in ast.walk(body) if isinstance(n, ast.Assign) and len(n.targets) == 1 and isinstance(n.targets[0], ast.Name)]
    mine = next((a for a in assigned if dropped.node in ast.walk(a.value)), None)
    if mine is None:
        return None
    name = mine.targets[0].id  # type: ignore[attr-defined]
    later = sorted((a for a in assigned if a.targets[0].id == name and a.lineno > mine.lineno), key=lambda a: a.lineno)  # type: ignore[attr-defined]
    if not later or any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(later[0].value)):
        return None
    return Site(later[0].value, dropped.frame)


def computed_again(walk: Walk, ways: Ways, source: Source, steps: list[Step]) -> Finding | None:
    """The loss has what was computed from the variable before the tape; under the tape the same is computed again, and dropped."""
    assert isinstance(source.value, Tensor)
    node, first = source.value.node, steps[0].node.site
    again = [o for o in walk.operations if first is not None and o.site is not None and o.site.node is first.node and ways.records(o)]
    again = [o for o in again if o.order < ways.question.order and any(e.origin is node for e in o.edges)]
    if not again or ways.tape is None:
        return None
    early, late = beside(steps[0].node, ways.tape.site), beside(again[-1], ways.tape.site)
    used = (s.node for n in ways.reached if n.site is not None for s in stack(n.called or n.site))
    if late is None or late.node not in used:
        return None  # nothing of that call is: then it is the pass before the tape that was meant
    related = [
        ("what the loss has of it was computed here, before the tape began", early),
        (f"`{source.name}` is created here", own_site(ways, node)),
    ]
    return Finding("unused-variable", late, {"how": "dropped"}, related)
