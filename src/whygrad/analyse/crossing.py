"""A source whose value left TensorFlow, through NumPy or Python, and came back as a constant that the target uses."""

from __future__ import annotations

from whygrad import recording as rec
from whygrad.analyse import places
from whygrad.analyse.findings import Finding
from whygrad.analyse.scene import Scene
from whygrad.model import Location, Related
from whygrad.source.answers import Step

OUTWARD = ("numpy", "math", "cmath", "scipy", "sklearn", "pandas", "statistics", "random", "torch", "cv2", "PIL")
BUILTINS = frozenset({"float", "int", "bool", "complex", "list", "sorted", "round", "str"})
PREDICTIONS = (".predict", ".predict_on_batch")
METHODS = (".numpy", ".tolist", ".item", ".eval_numpy", ".astype")
MAX_PLACES = 60


def left_tensorflow(scene: Scene, index: int) -> Finding | None:
    """A value computed from the source left TensorFlow, and came back as a constant that the target uses."""
    source = scene.call.sources[index]
    if source.key is None:
        return None
    own = scene.trace.key(source.key)
    dependents = scene.dependents(own) | {own}
    sinks = _constants(scene)
    left = exits(scene, dependents)
    for sink in sinks:
        chain = through(scene, sink, left)
        if chain is not None:
            return _left(scene, sink, chain)
    made = {where: None for where in (scene.made(k) for k in sorted(dependents)) if where is not None}
    for sink in sinks:
        found = _silently(scene, sink, list(made))
        if found is not None:
            return found
    return next((found for sink in sinks if (found := _into_a_buffer(scene, sink, dependents)) is not None), None)


def _into_a_buffer(scene: Scene, sink: Location, dependents: set[int]) -> Finding | None:
    """`buffer[i] = h`: NumPy copies the tensor into its array, unseen."""
    put = [p for p in scene.program.put(sink) if _is_array(scene, p[1])]
    if not put:
        return None
    nodes = scene.trace.nodes
    of_them = [i for i in range(scene.trace.position(scene.began), len(nodes)) if not dependents.isdisjoint(nodes.outputs(i))]
    made = {frame: None for i in of_them for frame in places.frames(scene.recording, scene.site(nodes[i]))}
    for statement, _, value in put:
        if any(scene.program.derives(value, frame) for frame in list(made)[-MAX_PLACES:]):
            related = [Related("and comes back here, as a constant", sink)] if sink.line != statement.line else []
            proven = any(_within(frame, value) for frame in made)
            return Finding("left-tensorflow", statement, related=related, facts={"call": "buffer"}, proven=proven)
    return None


def _is_array(scene: Scene, holder: Location) -> bool:
    """Was it made by NumPy, of numbers?"""
    given = scene.program.definition(holder)
    info = scene.program.call_at(given) if given is not None else None
    return info is not None and given is not None and info.location == given and info.name.startswith("numpy.") and "object" not in given.text


def _constants(scene: Scene) -> list[Location]:
    """Places where a constant that the target depends on came into TensorFlow, the farthest from the target first; axes and indices come last."""
    found: dict[Location, int] = {}
    for key in scene.ways:
        event = scene.entered.get(key)
        where = scene.recording.location(event.site) if event else None
        if event is not None and where is not None and any(kind in event.text for kind in ("numpy", "float", "list", "tuple")):
            edge = scene.ways.onward(key)
            distance = scene.ways.price(key) or 0 if edge is None or edge.broken is None else -1
            found[where] = max(distance, found.get(where, -1))
    return sorted(found, key=lambda w: -found[w])[:MAX_PLACES]


def exits(scene: Scene, dependents: set[int]) -> list[Location]:
    """Where these tensors left TensorFlow before the call, as values: a condition of `if` or `while` hands nothing on."""
    found: dict[Location, None] = {}
    for event in scene.recording.of("exit"):
        where = scene.recording.location(event.site)
        if where is None or (event.text == rec.TRUTH and not where.text.startswith("bool(")):
            continue
        if scene.trace.key(event.key) in dependents and event.clock <= scene.call.clock:
            found[where] = None
    return list(found)[:MAX_PLACES]


def predicted(scene: Scene, index: int) -> Finding | None:
    """Keras hands the source over to `predict` unseen, by its own ways: the text shows that the target comes from there."""
    created = scene.created(scene.call.sources[index])
    if created is None:
        return None
    for sink in _constants(scene):
        chain = scene.program.derives(sink, created) or ()
        step = next((s for s in reversed(chain) if s.call in PREDICTIONS), None)
        if step is not None:
            related = [Related("and comes back here, as a constant", sink)] if sink.line != step.location.line else []
            return Finding("left-tensorflow", step.location, related=related, facts={"call": step.call or ""}, proven=False)
    return None


def decides_branch(scene: Scene, index: int) -> Finding | None:
    """All that is known of the source: under the tape, Python asked whether something computed from it is true."""
    source = scene.call.sources[index]
    own = scene.trace.key(source.key) if source.key is not None else None
    dependents = scene.dependents(own) | {own} if own is not None else set()
    for event in scene.recording.of("exit"):
        if event.text == rec.TRUTH and scene.began <= event.clock <= scene.call.clock and scene.trace.key(event.key) in dependents:
            where = scene.made(scene.trace.key(event.key)) or scene.recording.location(event.site)
            return Finding("index-only", where or scene.location, facts={"how": "branch"}, proven=False)
    return None


def through(scene: Scene, sink: Location, exits: list[Location]) -> tuple[Step, ...] | None:
    """The shortest chain of expressions from one of the exits to the sink."""
    chains = [c for c in (scene.program.derives(sink, e) for e in exits) if c]
    return min(chains, key=len) if chains else None


def _left(scene: Scene, sink: Location, chain: tuple[Step, ...]) -> Finding:
    where = outward(chain) or chain[-1].location
    related = [Related("and comes back here, as a constant", sink)] if sink.line != where.line else []
    calls = dict.fromkeys(s.call for s in reversed(chain) if s.call and leaves(s.call))
    return Finding("left-tensorflow", where, related=related, facts={"call": _callee(chain), "calls": " ".join(calls)})


def _silently(scene: Scene, sink: Location, made: list[Location]) -> Finding | None:
    """NumPy took the tensor through the buffer protocol, unseen: the source text shows the call.

    Sure where the tensor is made in its very arguments.
    """
    for origin in made[-MAX_PLACES:]:
        chain = scene.program.derives(sink, origin)
        where = (outward(chain) or _predicted(chain, origin)) if chain else None
        if chain and where is not None:
            finding = _left(scene, sink, chain)
            finding.location, finding.proven = where, any(_within(tensor, where) for tensor in made)
            return finding
    return None


def _predicted(chain: tuple[Step, ...], origin: Location) -> Location | None:
    """`model.predict(x)` of Keras gives arrays: seen where the user's code goes no deeper than this call."""
    last = chain[-1]
    return origin if last.location == origin and last.call in PREDICTIONS else None


def _within(inner: Location, outer: Location) -> bool:
    start, end = (outer.line, outer.column), (outer.end_line, outer.end_column)
    return inner.path == outer.path and start <= (inner.line, inner.column) and (inner.end_line, inner.end_column) <= end


def outward(chain: tuple[Step, ...]) -> Location | None:
    """The first expression, seen from the origin, that takes the value out of TensorFlow."""
    return next((s.location for s in reversed(chain) if leaves(s.call)), None)


def leaves(call: str | None) -> bool:
    return call is not None and (call.split(".")[0] in OUTWARD or call in BUILTINS or call.endswith(METHODS))


def _callee(chain: tuple[Step, ...]) -> str:
    return next((s.call for s in reversed(chain) if s.call and (leaves(s.call) or s.call in PREDICTIONS)), "")
