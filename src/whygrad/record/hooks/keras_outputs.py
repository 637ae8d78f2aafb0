"""Functional models: which outputs `compile` gives no loss, and the variables that lead only there (seen on Keras 2.15 to 3.15)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tensorflow.python.util import nest

from whygrad.record.hooks.values import key_of


def without_loss(model: Any, loss: Any) -> Iterator[tuple[str, list[int]]]:
    """(name, keys of the trainable variables behind it) of each output that a list or dict of losses leaves out, while others have one."""
    outputs = _outputs(model) if isinstance(loss, (list, tuple, dict)) else []
    lost = list(_left_out(outputs, loss))
    if not lost or len(lost) == len(outputs):
        return
    judged = _layers([tensor for _, tensor in outputs if not any(tensor is other for _, other in lost)])
    for name, tensor in lost:
        only = [layer for layer in _layers([tensor]) if not any(layer is other for other in judged)]
        yield name, [key_of(v) for layer in only for v in getattr(layer, "trainable_weights", ())]


def _outputs(model: Any) -> list[tuple[tuple[str, ...], Any]]:
    """The names that each output goes by, and its tensor, in the order of a list of losses."""
    given, names = getattr(model, "_nested_outputs", getattr(model, "_outputs_struct", None)), getattr(model, "output_names", None)
    tensors = list(getattr(model, "outputs", None) or ()) if names else []
    if len(tensors) != len(names or ()):
        return []
    keys = {id(tensor): key for key, tensor in given.items()} if isinstance(given, dict) else {}
    return [(tuple(dict.fromkeys((str(keys.get(id(t), name)), str(name)))), t) for name, t in zip(names or (), tensors)]


def _left_out(outputs: list[tuple[tuple[str, ...], Any]], loss: Any) -> Iterator[tuple[str, Any]]:
    for place, (names, tensor) in enumerate(outputs):
        if isinstance(loss, dict):
            given = next((loss[name] for name in names if name in loss), None)
        else:
            given = loss[place] if len(loss) == len(outputs) else loss
        if given is None:
            yield names[0], tensor


def _layers(tensors: Iterable[Any]) -> list[Any]:
    """All layers that these symbolic tensors were computed by."""
    queue, found, seen = list(tensors), list[Any](), set[int]()
    while queue:
        tensor = queue.pop()
        history = getattr(tensor, "_keras_history", None)
        if history is None or id(tensor) in seen:
            continue
        seen.add(id(tensor))
        layer, at = history[0], history[1]
        found.append(layer)
        node = layer._inbound_nodes[at]
        queue += nest.flatten(getattr(node, "input_tensors", ()))
    return found
