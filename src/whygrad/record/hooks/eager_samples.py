"""Gradients that came out of a tape: what they look like and, where they are zero or not finite, what every tensor on the way looks like.

A second question must be put to the tape for that. A tape that is not persistent forgets while it answers, so TensorFlow is told to make
persistent ones; for the program nothing changes, its second `gradient()` is refused as ever (seen on 2.15 to 2.21).
"""

from __future__ import annotations

from typing import Any

from tensorflow.python.eager import context, imperative_grad
from tensorflow.python.framework import ops as tf_ops
from tensorflow.python.util import nest

from whygrad.record.hooks import first_values
from whygrad.record.hooks.patching import unseen
from whygrad.record.measure import glance, stats
from whygrad.record.recorder import Recorder
from whygrad.samples import Sample, is_wrong

TRACED_BACK = 3  # bad answers at one place that are followed back to their origin
MOST_KEPT = 50_000  # tensors of one step


def wants_values(r: Recorder) -> bool:
    """Whether the tensors of a step may be kept until its gradients are known: not on an accelerator, whose memory may be full."""
    if r.keeps_values is None:
        if not context.context()._initialized:  # asking would initialise TensorFlow, after which the program may configure nothing more
            return False
        r.keeps_values = not context.context().list_logical_devices("GPU")
    return r.keeps_values and context.executing_eagerly()


def array_of(value: Any) -> Any:
    """The NumPy array of an eager gradient (of the rows that IndexedSlices hold); None for anything else."""
    value = getattr(value, "values", value) if hasattr(value, "indices") else value
    if not isinstance(value, tf_ops.EagerTensor) or not (value.dtype.is_floating or value.dtype.is_complex):
        return None
    return value._numpy_internal()


def take(r: Recorder, number: int, inner: Any, kept: dict[int, Any], target: Any, seeds: Any, result: Any) -> Sample | None:
    """Measure the answer of gradient call `number`, and follow it back through the tape `inner` if something is wrong with it."""
    flat = nest.flatten(result)
    arrays = [array_of(g) for g in flat]
    if not flat or any(a is None and g is not None for a, g in zip(arrays, flat)):
        return None
    site = r.calls[number].site
    again = site in r.best
    sample = Sample(number, tuple(None if a is None else glance(a, again=again) for a in arrays))
    sample.alike = first_values.compared(r, r.calls[number], arrays)
    if is_odd(r, site, sample) and kept and worth_tracing(r, site):
        with unseen(r):
            _trace_back(sample, inner, kept, target, seeds)
    return sample


def is_odd(r: Recorder, site: int, sample: Sample) -> bool:
    """Whether something is wrong with this answer; remembers the best norms of each place."""
    best = r.best.setdefault(site, {})
    odd = is_wrong(sample.gradients, best)
    for i, found in enumerate(sample.gradients):
        if found is not None and not found.bad:
            best[i] = max(best.get(i, 0.0), found.norm)
    return odd


def worth_tracing(r: Recorder, site: int) -> bool:
    """Counts the answers of a place that are followed back."""
    r.traced_back[site] = r.traced_back.get(site, 0) + 1
    return r.traced_back[site] <= TRACED_BACK


def _trace_back(sample: Sample, inner: Any, kept: dict[int, Any], target: Any, seeds: Any) -> None:
    tensors = {i: t for i, t in kept.items() if t.dtype.is_floating}
    between = list(tensors.values())
    flat_seeds = None if seeds is None else nest.flatten(seeds)
    found = imperative_grad.imperative_grad(
        inner, nest.flatten(target), between, output_gradients=flat_seeds, sources_raw=between, unconnected_gradients="none"
    )
    for (i, tensor), gradient in zip(tensors.items(), found):
        array = None if gradient is None else array_of(gradient)
        sample.values[i] = stats(tensor._numpy_internal())
        if array is not None:
            sample.cotangents[i] = stats(array)


def keep(kept: dict[int, Any], ids: list[int], inputs: Any, outputs: Any) -> None:
    """Remember the tensors of an op for as long as the tape lives that listens to it."""
    if len(kept) < MOST_KEPT:
        kept.update(zip(ids, (*inputs, *outputs) if outputs else inputs))


def begins(r: Recorder, tape: Any) -> None:
    """A tape starts to listen: the tensors it may be asked about are kept. Tapes inside each other share the place."""
    kept: dict[int, Any] = r.thread.kept if r.thread.kept is not None else {}
    r.thread.kept = r.kept[tape] = kept


def ends(r: Recorder, tape: Any) -> None:
    """A tape has answered for the last time: nothing of it is kept."""
    if not tape._persistent:
        r.kept.pop(tape, None)
