"""A gradient call as a whole: an empty list, a target that is no tensor, an error TensorFlow raised, an optimizer that got nothing."""

from __future__ import annotations

from collections.abc import Sequence

from whygrad import recording as rec
from whygrad.analyse import crossing
from whygrad.analyse.findings import Finding
from whygrad.analyse.scene import Scene
from whygrad.analyse.ways import Edge
from whygrad.evidence import quote
from whygrad.model import Location, Related

NO_ENTRY = ("gradient registry has no entry for", "No gradient defined for operation")


def classify(scene: Scene) -> Finding | None:
    """A cause that concerns all sources alike; None: look at each source."""
    call = scene.call
    if call.api == rec.PY_FUNCTION:
        return inside_python(scene)
    if not call.sources:
        return empty_list(scene)
    if call.error and "non-persistent" in call.error:
        return Finding("wrong-tape", scene.location, facts={"how": "used up"})
    if call.error and any(text in call.error for text in NO_ENTRY):
        return unregistered(scene)
    if call.target_kind != "tensor" and call.target_kind != "variable":
        return bad_target(scene)
    if call.targets and not any(scene.judge.differentiable(scene.trace.key(t)) for t in call.targets):
        return None if scene.ways.lead_anywhere else Finding("bad-target", scene.arguments[0] or scene.location, facts={"how": "integer"})
    return None


def inside_python(scene: Scene) -> Finding:
    """TensorFlow asked for the gradient of what a `tf.py_function` computed, and its arguments had left TensorFlow in there."""
    keys = [scene.trace.key(s.key) for s in scene.call.sources if s.key is not None]
    exits = crossing.exits(scene, {d for k in keys for d in scene.dependents(k)} | set(keys))
    made = (scene.made(scene.trace.key(t)) for t in scene.call.targets)
    where = exits[0] if exits else next(made, None)
    if where is not None:
        return Finding("python-function", where, facts={"how": "inside"})
    calls = _python_calls(scene)
    return Finding("python-function", calls[-1] if calls else None, facts={"how": "called"}, proven=len(calls) == 1)


def _python_calls(scene: Scene) -> list[Location]:
    """The calls of `tf.py_function` that took and gave as many tensors as the one that is asked about."""
    ops = scene.recording.ops
    wanted = len(scene.call.sources), len(scene.call.targets)
    found = dict[Location, None]()
    for op in range(min(scene.call.clock, len(ops))):
        if scene.recording.kind(op) == "EagerPyFunc" and rec.BACKWARD not in scene.recording.states[ops.state[op]]:
            where = scene.recording.location(ops.site[op])
            if where is not None and (len(ops.ins(op)), len(ops.outs(op))) == wanted and "py_func" in where.text:
                found[where] = None
    return list(found)


def empty_list(scene: Scene) -> Finding:
    """`gradient(loss, [])`: frozen, not built, tracked by nobody, or replaced by tensors."""
    replaced = next((e for e in scene.recording.of("replaced") if e.clock <= scene.call.clock), None)
    if replaced is not None:
        where = scene.recording.location(replaced.site)
        return Finding("variable-replaced", where, facts={"how": "attribute", "attribute": replaced.text})
    where = scene.arguments[1]
    origin = _definition(scene, where)
    frozen = [e for e in scene.recording.of("frozen") if e.clock <= scene.call.clock]
    related = [Related(f"{quote(e.text or 'a layer')} was frozen here", scene.recording.location(e.site)) for e in frozen[:2]]
    late = [] if frozen else _created_late(scene)
    related += [Related("its variables are created only here", scene.recording.location(late[0].site))] if late else []
    if len({e.site for e in frozen}) == 1 and frozen[0].site >= 0:
        read = [Related("the list of what is left to train is read here", origin or where)]
        return Finding("empty-variable-list", scene.recording.location(frozen[0].site), related=read, facts={"how": "all frozen"})
    how = "frozen" if frozen else "not built" if late else "empty"
    return Finding("empty-variable-list", origin or where or scene.location, related=related, facts={"how": how})


def _created_late(scene: Scene) -> list[rec.Variable]:
    """The trainable variables that exist by now, if all of them were created under the tape."""
    existing = [v for v in scene.recording.variables.values() if v.trainable and v.clock <= scene.call.clock and scene.tape is not None]
    return existing if all(v.clock >= scene.began for v in existing) else []


def _definition(scene: Scene, where: Location | None) -> Location | None:
    if where is None or not where.text.replace(".", "").replace("_", "").isalnum():
        return None
    return scene.program.definition(where)


def unregistered(scene: Scene) -> Finding:
    """LookupError: the message names an op type; the op of that type on the way to the target is the place."""
    op = (scene.call.error or "").rsplit(":", 1)[-1].strip().split()[0].strip("'\"") if scene.call.error else ""
    for node in reversed(scene.trace.nodes):
        if node.kind == op and any(o in scene.ways for o in node.outputs):
            again = rec.BACKWARD in scene.recording.states[node.state]
            first = next((n for n in scene.trace.nodes if again and n.kind == op.removesuffix("Grad")), None)
            related = [Related("the operation whose derivative that is", scene.where(first))] if first else []
            facts = {"op": op, "unregistered": "yes"} | ({"again": quote(_text(scene.where(first or node)))} if again else {})
            return Finding("non-differentiable-op", scene.where(node), related=related, facts=facts)
    return Finding("non-differentiable-op", scene.location, facts={"op": op, "unregistered": "yes"}, proven=False)


def _text(where: Location | None) -> str:
    return where.text if where else ""


def bad_target(scene: Scene) -> Finding:
    """The target is None, an empty list, a NumPy value or a Python number."""
    where = scene.arguments[0]
    origin = _definition(scene, where)
    if scene.call.target_kind == "empty":
        is_losses = any(t is not None and ".losses" in t.text for t in (where, origin))
        return Finding("missing-loss" if is_losses else "bad-target", origin or where or scene.location, facts={"how": "empty"})
    if scene.call.target_kind == "none":
        lost = scene.program.unreturned(origin) if origin is not None else None
        if lost is not None:
            related = [Related("it is called here, and gives None", origin)]
            return Finding("bad-target", lost, related=related, facts={"how": "unreturned", "function": lost.function.rsplit(".", 1)[-1]})
        return Finding("bad-target", origin or where or scene.location, facts={"how": "none"})
    exits = {w: None for w in (scene.recording.location(e.site) for e in scene.recording.of("exit") if e.clock <= scene.call.clock) if w is not None}
    chain = crossing.through(scene, where, list(exits)) if where is not None else None
    place = (crossing.outward(chain) or chain[-1].location) if chain else origin
    related = [Related("this is handed to the tape", where)] if where is not None else []
    return Finding("bad-target", place or where or scene.location, related=related, facts={"how": "number"})


def source_itself(scene: Scene, index: int) -> Finding | None:
    """Wrong in itself, whatever the loss is: an array, a number, an integer variable."""
    source = scene.call.sources[index]
    if source.kind in ("array", "number", "other", "none"):
        where = scene.arguments[1]
        made = _element_definition(scene, index) or _definition(scene, where)
        what = {"array": "a NumPy array", "number": "a Python number", "none": "None"}.get(source.kind, f"a {source.type_name.rsplit('.', 1)[-1]}")
        return Finding("not-a-variable", made or where or scene.location, facts={"what": what})
    if source.dtype is not None and not source.dtype.startswith(("float", "bfloat", "complex", "half", "double", "variant", "resource")):
        return _not_float(scene, index, source)
    return None


def _element_definition(scene: Scene, index: int) -> Location | None:
    """Where the name that stands in the list of sources was given its value."""
    name = scene.name(index)
    where = scene.arguments[1]
    if where is None or name not in where.text or not name.replace(".", "").replace("_", "").isalnum():
        return None
    offset = where.text.find(name) if where.line == where.end_line else -1
    if offset < 0:
        return None
    column = where.column + offset
    return scene.program.definition(Location(where.path, where.line, column, where.line, column + len(name), where.function, name, where.source))


def _not_float(scene: Scene, index: int, source: rec.Source) -> Finding:
    variable = scene.recording.variables.get(source.tensor)
    created = scene.recording.location(variable.site) if variable else scene.created(source)
    chosen = _where_dtype_is_chosen(scene, created) if created else None
    related = [Related("created here", created)] if chosen and created else []
    return Finding("non-float-variable", chosen or created or scene.location, related=related, facts={"dtype": source.dtype or ""})


def _where_dtype_is_chosen(scene: Scene, created: Location) -> Location | None:
    """`dtype=dtype` in the creating call: the line that decided it is the place to change."""
    at = (
        created.text.find("dtype)")
        if "dtype)" in created.text
        else created.text.find("dtype=dtype") + len("dtype=")
        if "dtype=dtype" in created.text
        else -1
    )
    if at < 0 or created.line != created.end_line:
        return None
    column = created.column + at
    name = Location(created.path, created.line, column, created.line, column + len("dtype"), created.function, "dtype", created.source)
    return scene.program.definition(name)


def not_trainable(scene: Scene, index: int, edges: Sequence[Edge] = ()) -> Finding:
    """Said so by the user's own line that creates it: then that is the place. Else the list that asks for it."""
    variable = scene.recording.variables.get(scene.call.sources[index].tensor)
    created = scene.recording.location(variable.site) if variable else None
    if created is not None and "trainable=False" in created.text.replace(" ", ""):
        return Finding("not-trainable", created, list(edges), facts={"how": "created"})
    return Finding("not-trainable", scene.arguments[1] or scene.location, list(edges), facts={"how": "listed"})
