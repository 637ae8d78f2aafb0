"""Answers -> diagnoses: the words come from the causes, the same as after a run."""

from __future__ import annotations

from whygrad import causes
from whygrad.evidence import Evidence
from whygrad.lint.flow.answers import Answer
from whygrad.lint.flow.places import Places
from whygrad.lint.flow.values import Tensor
from whygrad.lint.flow.ways import Step
from whygrad.model import SEVERITIES, Diagnosis, Fix, Location, PathStep, Related, VariableInfo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whygrad.words import Severity

HELP = "whygrad explain {}"
MOST_STEPS = 24


def diagnosis(answer: Answer, places: Places) -> Diagnosis | None:
    """None where the place has no position in a file that was read."""
    finding, question = answer.finding, answer.question
    location = places.location(finding.site) or places.location(question.site)
    if location is None:
        return None
    tape = question.tape.site if hasattr(question.tape, "site") else None  # type: ignore[union-attr]
    target = "the output" if question.api == "layer" else places.texts_of(question.target_node, question.site.path) or "the loss"
    zeros = finding.facts.get("zeros", "").splitlines()
    evidence = Evidence(
        variables=tuple(_variable(s.name, s.value, places, s.name in zeros) for s in answer.sources),
        location=location,
        target=target,
        all_missing=answer.whole,
        proven=finding.proven,
        tape=places.location(tape),
        gradient_call=places.location(question.site),
        facts={**finding.facts, "gradient": finding.gradient, "sources": places.texts_of(question.sources_node, question.site.path)},
    )
    claim = causes.claim(finding.cause, evidence)
    return Diagnosis(
        cause=finding.cause,
        certainty="proven" if finding.proven else "likely",
        severity=_severity(answer),
        message=claim.message,
        explanation=claim.explanation,
        location=location,
        related=tuple(_related(answer, evidence, places)),
        gradient=finding.gradient,
        variables=evidence.variables,
        path=tuple(_path(answer, target, places)),
        fix=claim.fix or Fix("see the page of this cause"),
        help=HELP.format(finding.cause),
    )


def _variable(name: str, value: object, places: Places, is_zero: bool = False) -> VariableInfo:
    if not isinstance(value, Tensor):
        return VariableInfo(name, None, None, None)
    dtype = value.node.dtype or None
    trainable = value.node.trainable if value.form == "variable" else None
    return VariableInfo(name, None, dtype, trainable, "zeros" if is_zero else None, places.location(value.node.site))


def _severity(answer: Answer) -> Severity:
    """error: nothing can train; warning: some variables do not."""
    if answer.finding.severity in SEVERITIES:
        return answer.finding.severity
    return "error" if answer.whole else "warning"


def _related(answer: Answer, evidence: Evidence, places: Places) -> list[Related]:
    found = [Related(message, places.location(site)) for message, site in answer.finding.related if site is not None]
    found.append(Related("the tape begins here", evidence.tape))
    found.append(Related("the gradient is asked for here", evidence.gradient_call))
    seen: set[Location | None] = {evidence.location, None}
    return [r for r in found if not (r.location in seen or seen.add(r.location))]  # type: ignore[func-returns-value]


def _path(answer: Answer, target: str, places: Places) -> list[PathStep]:
    """From the first source to the target, one step for each expression."""
    steps = answer.finding.steps
    if not steps or not answer.sources:
        return []
    source = answer.sources[0]
    first = _variable(source.name, source.value, places)
    found = [PathStep(first.name, None, True, first.location)]
    for step in steps:
        _add(found, step, places)
    found.append(PathStep(target, None, True, places.location(answer.question.site)))
    keep = [s for i, s in enumerate(found) if i < 6 or i >= len(found) - 6 or not s.carries_gradient]
    return keep[: MOST_STEPS // 2] + keep[-MOST_STEPS // 2 :] if len(keep) > MOST_STEPS else keep


def _add(found: list[PathStep], step: Step, places: Places) -> None:
    where = places.location(step.node.site)
    if where is None or step.node.kind == "variable":
        return
    made = PathStep(" ".join(where.text.split()), step.node.label.rpartition(".")[2] or None, not step.broken, where)
    if found[-1].location == where:
        made = PathStep(made.what, made.op or found[-1].op, made.carries_gradient and found[-1].carries_gradient, where)
        found.pop()
    found.append(made)
