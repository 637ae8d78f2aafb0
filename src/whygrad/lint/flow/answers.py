"""Question -> findings: is every source connected to the target, and if not, why not."""

from __future__ import annotations

from collections.abc import Iterator

from whygrad.dataclass import dataclass, field
from whygrad.lint.flow import asked, cuts, infinities, missing, probabilities, stuck, traps, unused
from whygrad.lint.flow.finding import Finding
from whygrad.lint.flow.graph import Node, behind
from whygrad.lint.flow.sources import Source, is_open, listed
from whygrad.lint.flow.values import Plain, Sequence, Tensor, Unknown, is_computed, nodes
from whygrad.lint.flow.walk import Question, Walk
from whygrad.lint.flow.ways import Ways

CERTAIN = ("non-differentiable-op", "integer-cast", "gradient-stopped", "left-tensorflow", "python-function", "custom-gradient")
NOT_FLOAT = ("integer", "bool", "string")


@dataclass(slots=True)
class Answer:
    """One finding with the sources it is about. `whole`: no source of this call gets a gradient."""

    question: Question
    finding: Finding
    sources: list[Source] = field(default_factory=list)
    whole: bool = True


def answer(walk: Walk, question: Question, earlier: list[Question]) -> list[Answer]:
    """All findings for one gradient call. `earlier`: the questions asked before at the same place."""
    if question.api == "layer":
        return [a for a in _answered(walk, question, earlier) if _is_about_its_own(a)]
    return _answered(walk, question, earlier)


def _is_about_its_own(found: Answer) -> bool:
    """Of a layer that nobody uses here only this is told: a cut on the way that begins at one of its own variables."""
    steps = found.finding.steps
    own = [s.value.node for s in found.sources if isinstance(s.value, Tensor)]
    return found.finding.cause in (*CERTAIN, "outside-tape", "value-discarded") and bool(steps) and steps[0].edge.origin in own


def _answered(walk: Walk, question: Question, earlier: list[Question]) -> list[Answer]:
    if question.facts.get("zero on purpose"):
        return []
    found = asked.classify(walk, question)
    if found is not None:
        return [Answer(question, found, listed(question))]
    if question.target is None:
        return []
    ways = Ways(question)
    ways.follow_gradient()
    dead = _unregistered(ways)
    if dead is not None:
        return [Answer(question, dead, listed(question))]
    judged = list(_each(walk, ways, earlier))
    fine = [s for s, finding in judged if finding is None and isinstance(s.value, Tensor) and s.value.node in ways.reached]
    spoilt = _spoilt(walk, ways, fine)
    if spoilt is not None:
        return [spoilt, *_grouped(question, [(s, f) for s, f in judged if f is not None], False)]
    unknown = _of_unknown_sources(ways) if not judged else []
    if unknown:
        return unknown
    if not any(finding for _, finding in judged):
        integer = asked.integer_target(question)
        return [Answer(question, integer, listed(question))] if integer is not None else []
    if isinstance(question.sources, Sequence) and "subset" in question.sources.cells and not all(f for _, f in judged):
        return []  # it is not known which of them were chosen
    if isinstance(question.sources, Sequence) and "default" in question.sources.cells and not all(f for _, f in judged):
        judged = [(s, f if f is not None and f.steps else None) for s, f in judged]
    missing_ones = [(source, finding) for source, finding in judged if finding is not None]
    trainable = [f for s, f in judged if not (isinstance(s.value, Tensor) and s.value.form == "variable" and not s.value.node.trainable)]
    whole = not is_open(question) and all(f is not None for f in trainable) and bool(trainable)
    return _grouped(question, missing_ones, whole)


def _unregistered(ways: Ways) -> Finding | None:
    """An operation without a gradient function that gradient comes to: TensorFlow raises LookupError, whatever other ways there are."""
    for node in ways.reached:
        cut = next((e for e in node.edges if e.cut is not None and "unregistered" in e.cut.facts), None)
        if cut is None or cut.cut is None or node.site is None or not ways.records(node):
            continue
        if any(_connected_by(ways, n) for n in behind([cut.origin], lambda here, edge: edge.cut is None and ways.records(here))):
            return Finding(cut.cut.cause, cut.cut.at or node.site, dict(cut.cut.facts))
    return None


def _connected_by(ways: Ways, node: Node) -> bool:
    """Does the tape follow it?"""
    follows = ways.tape is None or ways.tape.watches_variables
    return (node.kind == "variable" and node.trainable and follows) or _is_watched(ways, node)


def _spoilt(walk: Walk, ways: Ways, fine: list[Source]) -> Answer | None:
    """A gradient comes back, and is NaN or zero."""
    summed = probabilities.classify(ways) if fine else None
    if summed is not None:
        return Answer(ways.question, summed, fine, whole=False)
    trap = traps.classify(walk, ways) or (infinities.classify(walk, ways) if walk.products and fine else None)
    if trap is not None:
        return Answer(ways.question, trap, fine, whole=False)
    held = stuck.classify(walk, ways, fine) if walk.zeros and fine else None
    return Answer(ways.question, held[0], held[1], whole=len(held[1]) == len(listed(ways.question))) if held is not None else None


def _of_unknown_sources(ways: Ways) -> list[Answer]:
    """Nobody knows the sources; but if nothing at all leads back from the target by gradient, and a cut way does, none of them gets one."""
    question = ways.question
    sources = listed(question)
    followed = {n for n, _, _ in ways.tape.watched} if ways.tape is not None else set[Node]()
    leads = any(n.kind in ("unknown", "variable") or n in followed for n in ways.reached)
    if leads or not sources or question.target is None or not is_computed(question.target) or isinstance(question.tape, Unknown):
        return []
    ways.follow_all()
    made_from = behind(n for s in sources for n in nodes(s.value))  # the model of `model.trainable_variables`
    steps = cuts.cheapest(ways, [n for n in made_from if n in ways.price])
    found = cuts.classify(ways, steps, some_train=False) if steps else None
    return [Answer(question, found, sources)] if found is not None and found.cause in CERTAIN else []


def _grouped(question: Question, found: list[tuple[Source, Finding]], whole: bool) -> list[Answer]:
    """Sources that share a cut share a finding."""
    groups: dict[object, Answer] = {}
    for source, finding in found:
        key = (finding.cause, id(finding.site.node) if finding.site is not None else source.name)
        groups.setdefault(key, Answer(question, finding, [], whole)).sources.append(source)
    return list(groups.values())


def _each(walk: Walk, ways: Ways, earlier: list[Question]) -> Iterator[tuple[Source, Finding | None]]:
    """Each source that can be judged with what is wrong about it."""
    unknown = any(n.kind == "unknown" for n in ways.reached) or ways.question.target is None or not is_computed(ways.question.target)
    sources = [s for s in listed(ways.question) if isinstance(s.value, (Tensor, Plain))]
    states = [(s, _in_itself(walk, ways, s, i, earlier)) for i, s in enumerate(sources)]
    lost = [s for s, finding in states if finding is None and not unknown and not _connected(ways, s)]
    fine = any(finding is None and s not in lost for s, finding in states)
    if lost:
        ways.follow_all()
    some_train = fine or is_open(ways.question)
    for source, finding in states:
        yield source, _lost(walk, ways, source, lost, some_train) if source in lost else finding


def _in_itself(walk: Walk, ways: Ways, source: Source, index: int, earlier: list[Question]) -> Finding | None:
    """Wrong whatever the target is: a number, an integer variable, a tensor that nobody watched."""
    value = source.value
    if isinstance(value, Plain) or (isinstance(value, Tensor) and value.form in ("array", "number")):
        return asked.no_tensor(ways, source)
    assert isinstance(value, Tensor)
    node = value.node
    gone = next((r for r in walk.replaced if r[0] is node and r[1] < ways.question.order), None)
    if gone is not None and ways.question.api != "fit":
        return Finding("variable-replaced", gone[2], {"how": "attribute", "attribute": gone[3]})
    if value.form == "variable":
        return asked.variable(ways, node)
    if node.dtype in NOT_FLOAT and not any(e.origin.kind in ("variable", "unknown") for e in node.edges):
        return Finding("non-float-variable", node.site, {"dtype": {"integer": "an integer"}.get(node.dtype, node.dtype)})
    if ways.tape is None or _is_watched(ways, node) or _is_tracked(ways, node):
        return None
    return asked.unwatched(walk, ways, source, index, earlier)


def _is_watched(ways: Ways, node: Node) -> bool:
    return ways.tape is not None and any(n is node for n, _, _ in ways.tape.watched)


def _is_tracked(ways: Ways, node: Node) -> bool:
    """Was it computed, under the tape, from something that the tape follows?"""
    if ways.tape is None or node.kind == "data":
        return node.kind != "data"
    watched = {n for n, _, _ in ways.tape.watched}
    variables = ways.tape.watches_variables
    before = behind([node], lambda here, edge: edge.cut is None and ways.records(here))
    return any(n.kind == "unknown" or (n.kind == "variable" and n.trainable and variables) or n in watched for n in before)


def _connected(ways: Ways, source: Source) -> bool:
    assert isinstance(source.value, Tensor)
    node = source.value.node
    if node not in ways.reached:
        return False
    watched = [order for n, order, _ in ways.tape.watched if n is node] if ways.tape is not None else []
    return not watched or node in ways.targets or ways.reached[node] > min(watched)


def _lost(walk: Walk, ways: Ways, source: Source, lost: list[Source], some_train: bool) -> Finding | None:
    """Why no gradient comes back to this source."""
    assert isinstance(source.value, Tensor)
    node = source.value.node
    steps = ways.path(node)
    if not steps and any(n.kind == "unknown" for n in ways.price):
        return None  # none comes back, but the place may be behind what is not known
    if node in ways.reached:
        return asked.watched_late(ways, node)
    if steps:
        first = next((s.broken for s in steps if s.broken), "")
        copied = missing.stale(walk, ways, node) if first in ("outside", "state-round-trip") and not some_train else None
        found = copied or cuts.classify(ways, steps, some_train)
        early = found is not None and found.cause == "outside-tape" and found.facts.get("when") == "before"
        found = (unused.computed_again(walk, ways, source, steps) if early and some_train else None) or found
        if found is not None:
            return found
    return missing.classify(walk, ways, source, [s.value.node for s in lost if isinstance(s.value, Tensor)], some_train)
