"""A way from a source to the target with breaks on it -> the cause: the first break after the source decides."""

from __future__ import annotations

from itertools import pairwise

from whygrad.lint.flow.finding import Finding
from whygrad.lint.flow.graph import Node, Site
from whygrad.lint.flow.pairs import crossed
from whygrad.lint.flow.places import beside, entered_from
from whygrad.lint.flow.values import Tape
from whygrad.lint.flow.ways import Step, Ways


def classify(ways: Ways, steps: list[Step], some_train: bool) -> Finding | None:
    """None: no break on this way."""
    broken = [s for s in steps if s.broken]
    if not broken:
        return None
    first = broken[0]
    finding = _unrecorded(ways, steps, broken) if first.broken == "outside" else _cut(ways, steps, first, some_train)
    finding.steps = steps
    finding.related += _further(broken, finding)
    return finding


def _cut(ways: Ways, steps: list[Step], first: Step, some_train: bool) -> Finding:
    cut = first.edge.cut
    assert cut is not None
    site = cut.at or first.node.site
    facts = {k: v for k, v in cut.facts.items() if k not in ("order", "tapes")}
    cause = cut.cause
    later = steps[steps.index(first) + 1 :]
    if cause == "non-differentiable-op" and some_train and facts.get("output") and any(s.broken == "index-only" for s in later):
        cause = "index-only"
    if cause == "value-discarded":
        facts["how"] = "shape"
        if (
            not any(s.node.kind == "op" and s.edge.origin.kind == "variable" for s in steps[: steps.index(first)])
            and first.edge.origin.kind == "variable"
        ):
            cause = "unused-variable"
    finding = Finding(cause, site, facts, gradient="zero" if facts.get("gradient") == "zero" else "none")
    if cause == "custom-gradient" and first.node.site is not None:
        finding.related.append(("used here", first.node.site))
    entered = entered_from(site, ways.tape.site) if site is not None and ways.tape is not None else None
    if entered is not None:
        finding.related.append(("called here, under the tape", entered))
    if cause == "left-tensorflow":
        finding.proven = first.edge.origin.kind != "unknown"
        back = next((s.node.site for s in later if s.node.kind == "op"), None)
        finding.related.append(("and comes back here, as a constant", back))
    return finding


def _unrecorded(ways: Ways, steps: list[Step], broken: list[Step]) -> Finding:
    tape, first = ways.tape, broken[0]
    node = first.node
    began = tape.cells.get("began", 0) if tape is not None else 0
    when = "before" if node.order < began else "after"
    pause = next((p for p in tape.pauses if p[0] <= node.order < p[1]), None) if tape is not None else None
    if pause is not None:
        return Finding("recording-stopped", beside(node, pause[2]), related=[("recording stops here", pause[2])])
    if tape is not None and tape.number in node.tapes:
        return Finding("outside-tape", beside(node, tape.site), {"when": "before", "how": "reset"})
    before = (*(s.node for s in steps[: steps.index(first)]), *(e.origin for e in node.edges))
    goes_on = when == "after" and any(n.kind == "op" and ways.records(n) for n in before)  # from what this tape recorded
    if node.tapes and not (goes_on and _only_around(ways, steps, node.tapes, began)):
        return _of_another_tape(ways, first, when)
    facts = {"when": when}
    place = beside(node, tape.site if tape is not None else None)
    unrecorded = [s for s in broken if s.broken == "outside"]
    last = beside(unrecorded[-1].node, tape.site if tape is not None else None)
    related: list[tuple[str, Site | None]] = [] if last == place else [("the last operation outside the tape", last)]
    return Finding("outside-tape", place, facts, related)


def _only_around(ways: Ways, steps: list[Step], numbers: frozenset[int], began: int) -> bool:
    """Are these tapes open for something else: around the one that is asked, and none of them follows the source all the way?"""
    source = steps[0].edge.origin
    for tape in (t for t in ways.question.facts.get("tapes", ()) if t.number in numbers):
        follows = (source.kind == "variable" and tape.watches_variables) or any(n is source for n, _, _ in tape.watched)
        whole = follows and all(tape.number in s.node.tapes for s in steps if s.node.kind == "op")
        if whole or tape.cells.get("began", 0) > began:
            return False
    return True


def _of_another_tape(ways: Ways, first: Step, when: str) -> Finding:
    """Recorded, but by a tape that is not asked. One of an earlier turn of the same loop: the result was kept too long."""
    tape = ways.tape
    place = first.node.called or first.node.site
    if isinstance(tape, Tape) and when == "before" and any(ways.records(n) and n.kind == "op" for n in ways.targets):
        return Finding("outside-tape", beside(first.node, tape.site), {"when": when, "how": "earlier tape"})
    asked = ways.question.site
    handed_over = entered_from(asked, tape.site) if tape is not None else None  # the tape came as an argument
    paired = crossed(tape.site) if isinstance(tape, Tape) and tape.site is not None else None
    return Finding(
        "wrong-tape", paired or handed_over or asked, {"when": when}, [("computed here", place), ("the gradient is asked for here", asked)]
    )


def _further(broken: list[Step], finding: Finding) -> list[tuple[str, Site | None]]:
    """Other breaks on the same way."""
    found: list[tuple[str, Site | None]] = []
    lines = {_line(finding.site)}
    for before, step in pairwise(broken):
        site = (step.edge.cut.at if step.edge.cut is not None else None) or step.node.site
        if step.broken == "outside" or (step.broken == "index-only" and step.edge.origin is before.node) or _line(site) in lines:
            continue
        lines.add(_line(site))
        found.append(("a second cut on the same path", site))
    return found[:3]


def _line(site: Site | None) -> tuple[str, int]:
    return ("", 0) if site is None else (site.path, getattr(site.node, "lineno", 0))


def cheapest(ways: Ways, sources: list[Node]) -> list[Step]:
    """The way from that of the sources which is nearest to the target."""
    known = [n for n in sources if n in ways.price]
    return ways.path(min(known, key=lambda n: ways.price[n])) if known else []
