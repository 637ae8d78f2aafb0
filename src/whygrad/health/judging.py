"""A history in; what is wrong with the gradients out, as diagnoses. Without TensorFlow. Careful: an ordinary network that trains is not flagged.

The depth of the network is the order of the variables: as the model has them, or as they were given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from whygrad.health.depth import through_the_depth
from whygrad.health.history import Series
from whygrad.health.naming import layer_of, listed, variable_info
from whygrad.model import Diagnosis, Fix

PATIENCE = 3  # steps with nothing but zeros, from the start
LONGER_PATIENCE = 10  # the same for a variable that has learnt before; and for weights that do not move
SKIPPED = 10  # steps in a row that loss scaling left out


def judge(history: Iterable[Series]) -> tuple[Diagnosis, ...]:
    """What is wrong, most important first. `history`: the series in the order of the network, as `monitor.history` is. Empty where all is well."""
    series = tuple(history)
    rules: tuple[Callable[[Sequence[Series]], Diagnosis | None], ...] = (_not_finite, _dead, through_the_depth, _without, _still, _skipped)
    return tuple(d for d in (rule(series) for rule in rules) if d is not None)


def _not_finite(series: Sequence[Series]) -> Diagnosis | None:
    bad = [s for s in series if s.first_bad is not None]
    if not bad:
        return None
    step = min(s.first_bad.step for s in bad if s.first_bad)
    first = [s for s in bad if s.first_bad and s.first_bad.step == step]
    named = first[-1]  # the gradient comes from the loss: the last of the network has it first
    count = named.first_bad.nonfinite if named.first_bad else 0
    others = f", and {listed(first[:-1])}" if len(first) > 1 else ""
    return Diagnosis(
        cause="non-finite",
        certainty="proven",
        severity="error",
        message=f"NaN or Inf in the gradient of `{named.name}` ({count} of {named.size} elements){others}, first at step {step}",
        explanation="A gradient that is not finite makes the weights not finite, and every later step with them."
        + ("" if len(first) == len(series) else f" Finite in that step: {listed([s for s in series if s not in first])}."),
        location=None,
        gradient="non-finite",
        variables=tuple(map(variable_info, bad)),
        fix=Fix("run the first steps under `whygrad run`: it names the operation; where values grow step by step, lower the learning rate or clip"),
    )


def _dead(series: Sequence[Series]) -> Diagnosis | None:
    dead = [s for s in series if s.zero_run >= (LONGER_PATIENCE if s.alive else PATIENCE)]
    if not dead:
        return None
    living = {layer_of(s.name) for s in series if s.alive and s not in dead}
    minor = all(len(s.shape) < 2 and layer_of(s.name) in living for s in dead)
    learns = any(s.alive for s in series if s not in dead)
    since = f"for {min(s.zero_run for s in dead)} steps" if any(s.alive for s in dead) else f"in all {min(s.seen for s in dead)} steps"
    return Diagnosis(
        cause="flat-region",
        certainty="proven",
        severity="note" if minor else "warning" if learns else "error",
        message=f"the gradient of {listed(dead)} is zero in every element, {since}",
        explanation="Weights whose gradient is zero do not learn. Usual reasons: every unit of a relu is below zero, a sigmoid or softmax is "
        "saturated, a value is clipped, or a factor behind them is zero."
        + (" A bias that normalisation or softmax takes out again is harmless." if minor else ""),
        location=None,
        gradient="zero",
        variables=tuple(map(variable_info, dead)),
        fix=Fix("run the first steps under `whygrad run`: it names the expression at which the gradient becomes zero"),
    )


def _without(series: Sequence[Series]) -> Diagnosis | None:
    missing = [s for s in series if s.seen >= PATIENCE and s.missing == s.seen]
    if not missing:
        return None
    return Diagnosis(
        cause="unused-variable",
        certainty="likely",
        severity="warning",
        message=f"likely not connected to the loss: no gradient for {listed(missing)} in any of {min(s.seen for s in missing)} steps",
        explanation="The optimizer was given None in their place and leaves them as they are.",
        location=None,
        gradient="none",
        variables=tuple(map(variable_info, missing)),
        fix=Fix("run the first steps under `whygrad run`: it names the expression that cuts the path"),
    )


def _still(series: Sequence[Series]) -> Diagnosis | None:
    still = [s for s in series if s.alive >= LONGER_PATIENCE and s.measured >= PATIENCE and not s.moved and not s.first_bad]
    if not still:
        return None
    return Diagnosis(
        cause="not-trainable",
        certainty="likely",
        severity="warning",
        message=f"likely not updated: the weights of {listed(still)} have not changed in {min(s.seen for s in still)} steps, "
        "though their gradient is not zero",
        explanation="The learning rate is zero, the optimizer does not apply what it is given, or the updates are smaller than their precision.",
        location=None,
        gradient="ok",
        variables=tuple(map(variable_info, still)),
        fix=Fix("look at the learning rate and at the dtype of the weights"),
    )


def _skipped(series: Sequence[Series]) -> Diagnosis | None:
    run = max((s.skipped_run for s in series), default=0)
    if run < SKIPPED:
        return None
    bad = [s for s in series if s.skipped_run == run and s.last and s.last.nonfinite]
    return Diagnosis(
        cause="non-finite",
        certainty="proven",
        severity="error",
        message=f"loss scaling has skipped the last {run} steps: NaN or Inf in the gradient of {listed(bad)}",
        explanation="A few skipped steps are how loss scaling finds its scale. So many in a row mean that the gradient is not finite at any scale.",
        location=None,
        gradient="non-finite",
        variables=tuple(map(variable_info, bad)),
        fix=Fix("run the first steps under `whygrad run`: it names the operation"),
    )
