"""A source whose owner was built anew: the loss uses the variables of the new one, the list that is asked for holds those of the old one."""

from __future__ import annotations

import ast

from whygrad import recording as rec
from whygrad.analyse import places
from whygrad.analyse.findings import Finding
from whygrad.analyse.scene import ASSIGNED, Scene
from whygrad.model import Location, Related

Kept = tuple[str, str]  # the name of the object (or of the function) and the name in it


def classify(scene: Scene, index: int) -> Finding | None:
    """At the line that builds it anew: a variable of the same kind was put where this one was kept, before the loss was computed."""
    mine = scene.recording.variables.get(scene.call.sources[index].tensor)
    kept = _kept(scene.recording, mine.site) if mine is not None else None
    if mine is None or kept is None or kept[1] in places.frames(scene.recording, scene.call.site):
        return None  # the question itself is asked in there
    asked = {scene.trace.key(s.tensor) for s in scene.call.sources}
    for other in scene.recording.variables.values():
        key = scene.trace.key(other.key)
        if other.clock <= mine.clock or key in asked or not _is_alike(mine, other) or key not in scene.ways:
            continue
        again = _kept(scene.recording, other.site)
        same_place = again is not None and again[0] == kept[0] and (other.site != mine.site or kept[0][1].startswith("self."))
        if again is not None and same_place and (_is_made_alike(scene.recording, mine, other) or _all_replaced(scene, key)):
            return _finding(scene, kept[1], again[1])
    return None


def copied(scene: Scene, index: int) -> Finding | None:
    """The same, where the old value lives on: it was copied into the new variable, or into what the loss compares it with."""
    return classify(scene, index) if _all_missing(scene) else None


def _all_replaced(scene: Scene, key: int) -> bool:
    """Made in another way (a clone of the old one), and all that is asked for gets no gradient, while the new variable would."""
    return _all_missing(scene) and key in scene.reach.reached


def _all_missing(scene: Scene) -> bool:
    return bool(scene.call.missing) and all(scene.call.missing or ())


def _is_alike(a: rec.Variable, b: rec.Variable) -> bool:
    return a.shape == b.shape and a.dtype == b.dtype and a.trainable == b.trainable


def _is_made_alike(recording: rec.Recording, a: rec.Variable, b: rec.Variable) -> bool:
    """Created by the same line."""
    first, second = recording.location(a.site), recording.location(b.site)
    return first is not None and second is not None and (first == second or first.text == second.text)


def _finding(scene: Scene, old: Location, new: Location) -> Finding:
    listed = scene.arguments[1]
    taken = scene.program.definition(listed) if listed is not None else None
    related = [Related("the list that is asked for was taken here", taken)] if taken is not None else []
    related += [Related("the old one was made here", old)] if old != new else []
    return Finding("variable-recreated", new, related=related, facts={"how": "renewed"})


def _kept(recording: rec.Recording, site: int) -> tuple[Kept, Location] | None:
    """The name that what was built there is kept under, `self.model` of `trainer`, and the expression that builds it."""
    owner, chain = "", places.frames(recording, site)
    for frame, inner in zip(chain, [*chain[1:], None]):
        target = _target(frame)
        if target.startswith("self."):
            return ((owner, target), frame) if owner else None
        if target and inner is not None and inner.function.rsplit(".", 1)[-1] in places.CONSTRUCTORS:
            owner = target
        elif target:
            return (f"{frame.path}:{frame.function}", target), frame
        else:
            receiver = frame.text.split("(")[0].rpartition(".")[0]
            owner = owner if receiver == "self" else receiver
    return None


def _target(frame: Location) -> str:
    """What the whole value of the expression is assigned to; in `a, b = f(), g()` each has its own."""
    found = ASSIGNED.match(frame.source[0]) if frame.source else None
    if found is None:
        return _one_of_several(frame)
    value = frame.source[0][found.end() :].strip() if found else ""
    first = frame.text.splitlines()[0].strip() if frame.text else ""
    rest = value[len(first) :].lstrip()
    return found.group(1) if found and first and value.startswith(first) and (not rest or rest.startswith("#")) else ""


def _one_of_several(frame: Location) -> str:
    try:
        statement = ast.parse("\n".join(frame.source).strip()).body[0]
    except (SyntaxError, IndexError):
        return ""
    if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Tuple) or not isinstance(statement.targets[0], ast.Tuple):
        return ""
    pairs = zip(statement.targets[0].elts, statement.value.elts)
    return next((ast.unparse(target) for target, value in pairs if ast.unparse(value) == _normal(frame.text)), "")


def _normal(expression: str) -> str:
    try:
        return ast.unparse(ast.parse(expression.strip(), mode="eval"))
    except SyntaxError:
        return expression
