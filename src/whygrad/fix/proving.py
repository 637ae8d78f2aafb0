"""A failing program comes in; the repairs that help go out, each tried out by running the repaired program."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from whygrad.fix.candidates import Candidate, candidates
from whygrad.fix.trial import Target, try_out
from whygrad.model import Diagnosis, Edit, Fix, Report

MOST_ROUNDS = 4  # repairs that only come to light after another one
MOST_TRIALS = 12
STEPS = 3  # more than the failing program got to

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Proof:
    """`before`, `after`: reports of the program as it is, and with `contents` in the place of the disk's. Without a repair they are the same."""

    before: Report
    after: Report
    contents: Mapping[str, bytes]
    fixes: tuple[Fix, ...]

    @property
    def gone(self) -> tuple[Diagnosis, ...]:
        """What the repair has put right."""
        left = [_essence(d) for d in loud(self.after)]
        return tuple(d for d in loud(self.before) if _essence(d) not in left)


def prove(target: Target, before: Report, say: Say) -> Proof:
    """The best repair there is: of those that leave less to report than before, and nothing new, the first after which nothing is left."""
    proof = Proof(before, before, {}, ())
    steps = max((row.step for row in before.gradients), default=0) + STEPS
    trials = 0
    for _ in range(MOST_ROUNDS):
        better = None
        for candidate in candidates(target.root, loud(proof.after), proof.contents):
            if trials == MOST_TRIALS:
                break
            trials += 1
            say(f"trying: {candidate.title}")
            after = try_out(target, candidate.contents, steps)
            if after is not None and helps(proof, after):
                better = _with(proof, candidate, after)
                if not loud(after):
                    return better
                break
        if better is None:
            return proof
        proof = better
    return proof


def helps(proof: Proof, after: Report) -> bool:
    """Less is wrong than before, nothing that was not wrong before, and every gradient that was meant is there: finite, and not zero."""
    left, known = [_essence(d) for d in loud(after)], [_essence(d) for d in loud(proof.after)]
    if len(left) >= len(known) or not {cause for cause, _ in left} <= {cause for cause, _ in known}:
        return False
    if not after.gradients or (_failure(after) and (not left or _failure(after) != _failure(proof.after))):
        return False
    told = {v.name for d in after.diagnoses for v in d.variables}  # what is still to be repaired, and what is meant to be as it is
    return all(row.status == "ok" or row.variable in told for row in after.gradients)


def _failure(report: Report) -> str:
    """The kind of exception that ended the program; empty where none did."""
    exception = None if report.outcome is None else report.outcome.exception
    return (exception or "").partition(":")[0]


def loud(report: Report) -> tuple[Diagnosis, ...]:
    return tuple(d for d in report.diagnoses if d.severity != "note")


def _essence(diagnosis: Diagnosis) -> tuple[str, tuple[str, ...]]:
    """What makes it the same finding in a program that was changed: lines move."""
    return diagnosis.cause, tuple(v.name for v in diagnosis.variables)


def _with(proof: Proof, candidate: Candidate, after: Report) -> Proof:
    return dataclasses.replace(proof, after=after, contents=candidate.contents, fixes=(*proof.fixes, *candidate.fixes))


def reported(proof: Proof, edits: Sequence[Edit]) -> tuple[Diagnosis, ...]:
    """The diagnoses of the program as it is. The first one that is gone carries all edits: they were tried out together."""
    gone, told = proof.gone, False
    found = []
    for diagnosis in proof.before.diagnoses:
        fix = diagnosis.fix
        if diagnosis in gone:
            title = "; ".join(dict.fromkeys(f.title for f in proof.fixes)) if not told else "repaired by the same edits"
            fix, told = Fix(title, "review", True, tuple(edits) if not told else ()), True
        elif fix is not None:
            fix = dataclasses.replace(fix, verified=None, edits=())
        found.append(dataclasses.replace(diagnosis, fix=fix))
    return tuple(found)
