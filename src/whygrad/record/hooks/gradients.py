"""Every question for gradients, and the None mask of its answer: `tape.gradient`, `jacobian`, `tf.gradients` (seen on 2.15 to 2.21)."""

from __future__ import annotations

import dataclasses
import functools
import sys
from collections.abc import Callable
from typing import Any

from tensorflow.python.eager import backprop
from tensorflow.python.ops import gradients_impl, gradients_util, script_ops
from tensorflow.python.ops.unconnected_gradients import UnconnectedGradients
from tensorflow.python.util import nest

from whygrad import recording as rec
from whygrad.record.hooks import eager_samples
from whygrad.record.hooks.disguise import part_of
from whygrad.record.hooks.patching import Patches, guarded
from whygrad.record.hooks.tapes import current_graph, tape_number
from whygrad.record.hooks.values import describe, dtype_text, key_of, shape_of
from whygrad.record.recorder import Recorder
from whygrad.samples import Sample

Judged = Callable[[rec.GradientCall, Sample | None], None]


def install(patches: Patches, judged: Judged) -> None:
    """Wrap what answers; `judged(call, sample)` hears of every finished gradient call."""
    r = patches.recorder
    for name in ("gradient", "jacobian", "batch_jacobian"):
        patches.wrap(backprop.GradientTape, name, functools.partial(_gradient, r, f"tape.{name}", judged))
    patches.wrap(gradients_util, "_GradientsHelper", lambda original: _graph_gradients(r, original, judged))


def targets_of(target: Any) -> tuple[tuple[int, ...], str, tuple[str, ...]]:
    """Ids, kind and dtypes of the target of a gradient call."""
    flat = [] if target is None else nest.flatten(target, expand_composites=True)
    keys = tuple(k for k in map(key_of, flat) if k >= 0)
    kind = "none" if target is None else "empty" if not flat else "tensor" if len(keys) == len(flat) else describe(flat[0]).kind
    return keys, kind, tuple(dtype_text(t.dtype) for t in flat if hasattr(t, "dtype"))


def _begin(r: Recorder, api: str, tape: int | None, target: Any, sources: Any, frame: Any, zero: bool) -> rec.GradientCall:
    while str(frame.f_globals.get("__name__", "")).startswith("whygrad.health."):  # whose wrapper may be around ours
        frame = frame.f_back
    keys, kind, dtypes = targets_of(target)
    flat = named([describe(s) for s in nest.flatten(sources)], sources)
    api = rec.PY_FUNCTION if frame.f_code.co_filename == script_ops.__file__ else api
    return rec.GradientCall(api, r.clock, r.site(frame), current_graph(r), tape, keys, kind, dtypes, flat, zero_on_purpose=zero)


def named(flat: list[rec.Source], sources: Any) -> tuple[rec.Source, ...]:
    """Tensors have no names of their own: say where they lie in the structure they were asked for in, as in `[0]['kernel']`."""
    if any(s.name is None for s in flat):
        paths = [path for path, _ in nest.flatten_with_tuple_paths(sources)]
        places = ["".join(f"[{step!r}]" for step in path) for path in paths]
        flat = [s if s.name is not None or not place else dataclasses.replace(s, name=place) for s, place in zip(flat, places, strict=True)]
    return tuple(flat)


def none_mask(result: Any, count: int) -> tuple[bool, ...] | None:
    """Which of the `count` gradients are None. None when the answer has another shape than the question."""
    flat = [None] * count if result is None else nest.flatten(result)
    return tuple(g is None for g in flat) if len(flat) == count else None


def answers(result: Any) -> tuple[int, ...]:
    """Ids of the gradients themselves (of the rows that IndexedSlices hold); -1 for a missing one."""
    dense = (getattr(g, "values", g) if hasattr(g, "indices") else g for g in nest.flatten(result))
    return tuple(i if isinstance(i := getattr(g, "_id", None), int) else -1 for g in dense)


def asks_for_zeros(argument: Any) -> bool:
    """Whether this argument is `unconnected_gradients=ZERO`. A tensor among the others must not be compared with anything: that would run an op."""
    return argument is UnconnectedGradients.ZERO or (isinstance(argument, str) and argument == "zero")


def _gradient(r: Recorder, api: str, judged: Judged, original: Any) -> Any:
    def gradient(self: Any, target: Any, sources: Any, *args: Any, **kwargs: Any) -> Any:
        if r.thread.depth:
            return original(self, target, sources, *args, **kwargs)
        if not r.active or tape_number(r, self) is None:
            result = original(self, target, sources, *args, **kwargs)
            with guarded(r):
                r.unwatched(result)
            return result
        call = None
        with guarded(r):
            zero = any(map(asks_for_zeros, (*args, kwargs.get("unconnected_gradients"))))
            call = _begin(r, api, tape_number(r, self), target, sources, sys._getframe(1), zero)
        inner = self._tape

        def measure(result: Any) -> Sample | None:
            """The answer in figures. `tape.gradient` alone: jacobians come with more dimensions."""
            kept = r.kept.get(self)
            if api != "tape.gradient" or call is None or call.graph != rec.EAGER or kept is None or call.target_kind != "tensor":
                return None
            seeds = args[0] if args else kwargs.get("output_gradients")
            sample = eager_samples.take(r, len(r.calls) - 1, inner, kept, target, seeds, result)
            eager_samples.ends(r, self)
            return sample

        return _answered(r, call, judged, lambda: original(self, target, sources, *args, **kwargs), measure)

    return gradient


@part_of(backprop.GradientTape.gradient)
def _answered(
    r: Recorder, call: rec.GradientCall | None, judged: Judged, ask: Callable[[], Any], measure: Callable[[Any], Sample | None] = lambda result: None
) -> Any:
    """Ask TensorFlow, note the answer or the error."""
    r.thread.depth += 1
    r.thread.question = call is not None and call.graph == rec.EAGER and call.api == "tape.gradient"
    r.state_changed()
    try:
        result = ask()
        with guarded(r):
            if call is not None and r.thread.quiet and call.graph == rec.EAGER:
                _note_answer(r, call, result)
    except BaseException as error:
        if call is not None:
            call.error = f"{type(error).__name__}: {error}"
            r.calls.append(call)
        r.thread.given.clear()
        raise
    finally:
        r.thread.depth -= 1
        r.thread.question = False
        r.state_changed()
    with guarded(r):
        if call is not None:
            call.missing = none_mask(result, len(call.sources))
            r.calls.append(call)
            call.answers = () if call.graph == rec.EAGER else answers(result)
            sample = measure(result)
            if sample is not None:
                r.samples.append(sample)
            judged(call, sample)
    r.thread.given.clear()
    return result


def _note_answer(r: Recorder, call: rec.GradientCall, result: Any) -> None:
    """The ops of this call were not recorded: one that leads from the sources to their gradients stands for them."""
    made = [t for t in nest.flatten(result, expand_composites=True) if isinstance(getattr(t, "_id", None), int)]
    meta = tuple((t.dtype.as_datatype_enum, shape_of(t)) for t in made)
    given = [*call.targets, *(s.key for s in call.sources if s.key is not None)]
    r.add_op(r.signature(rec.GRADIENT, (), meta), call.site, rec.EAGER, given, [t._id for t in made])


def _graph_gradients(r: Recorder, original: Any, judged: Judged) -> Any:
    caller = gradients_impl.__file__

    def _GradientsHelper(ys: Any, xs: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N802
        if r.thread.depth or not r.active or sys._getframe(1).f_code.co_filename != caller:
            return original(ys, xs, *args, **kwargs)
        call = None
        with guarded(r):
            zero = asks_for_zeros(kwargs.get("unconnected_gradients", args[-1] if args else None))
            call = _begin(r, "tf.gradients", None, ys, xs, sys._getframe(1), zero)
        return _answered(r, call, judged, lambda: original(ys, xs, *args, **kwargs))

    return _GradientsHelper


def of_optimizer(patches: Patches, cls: Any) -> None:
    """The optimizers of TensorFlow 1 ask for gradients themselves, and give up before they do where there is no variable to ask for."""
    patches.wrap(cls, "compute_gradients", lambda original: _refused(patches.recorder, original))


def _refused(r: Recorder, original: Any) -> Any:
    def compute_gradients(self: Any, loss: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return original(self, loss, *args, **kwargs)
        except ValueError as error:
            if r.active and str(error).startswith("No variables to optimize"):
                with guarded(r):
                    frame = sys._getframe(1)
                    api = "optimizer.minimize" if frame.f_code.co_name == "minimize" else "optimizer.compute_gradients"
                    call = _begin(r, api, None, None if callable(loss) else loss, [], frame, False)
                    call.error = f"{type(error).__name__}: {error}"
                    r.calls.append(call)
            raise

    return compute_gradients
