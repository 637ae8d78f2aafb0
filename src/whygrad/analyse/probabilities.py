"""The gradient of a whole softmax: it is that of the sum of the probabilities, and the sum is always 1."""

from __future__ import annotations

from whygrad.analyse.findings import Finding
from whygrad.analyse.scene import Scene
from whygrad.samples import Sample

SUMMED = frozenset({"Sum", "Mean", "Identity", "Reshape", "Squeeze", "ExpandDims", "Transpose", "Cast"})  # each entry counts the same after these
ROUNDING = 1e-5  # larger than that, the entries were weighted: `output_gradients`


def classify(scene: Scene, sample: Sample) -> Finding | None:
    """For a target that is a softmax with all its entries, and gradients that are nothing but rounding noise."""
    call = scene.call
    small = all(stats is None or (not stats.bad and stats.rms < ROUNDING) for stats in sample.gradients)
    if not small or not call.api.endswith("gradient") or len(call.targets) != 1:
        return None
    key = scene.trace.key(call.targets[0])
    for _ in range(20):
        index = scene.trace.producer.get(key)
        node = scene.trace.nodes[index] if index is not None else None
        if node is None or not node.inputs:
            return None
        if node.kind == "Softmax":
            meta = scene.judge.meta(key)
            several = meta is not None and bool(meta[1]) and (meta[1] or (1,))[-1] not in (1, None)
            return Finding("constant-loss", scene.beside_tape(node), facts={"how": "probabilities"}) if several else None
        if node.kind not in SUMMED:
            return None
        key = node.inputs[0]
    return None
