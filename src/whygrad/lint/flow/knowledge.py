"""What a function of TensorFlow's does to a gradient, from the measured catalogue: a name and arguments in, a tensor with its edges out."""

from __future__ import annotations

from functools import cache

from whygrad import catalogue
from whygrad.catalogue import Entry, Status, kinds
from whygrad.lint.flow import infinities
from whygrad.lint.flow.graph import Cut, Edge, Node, Site
from whygrad.lint.flow.values import Library, Object, Plain, Sequence, Tensor, Value, nodes, options
from whygrad.lint.flow.walk import Arguments, Walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    Given = list[tuple[Value, list[Node], str | int | None]]

SPACES = ("math", "nn", "linalg", "image", "random", "strings", "signal", "quantization", "debugging")
NO_GRADIENT = (Status.NONE, Status.NO_REGISTERED_GRADIENT, Status.ZERO)
BESIDE = (Status.INDEX, Status.NOT_FLOAT)


@cache
def entry(name: str) -> Entry | None:
    """The catalogue's entry of a dotted name."""
    known = catalogue.load()
    found = known.find(name) or known.find(name.removesuffix("_v2"))
    parts = name.split(".")
    if found is None and len(parts) == 2 and parts[0] == "tensorflow":  # compat.v1 has many at the top that live deeper today
        found = next((e for e in (known.find(f"tensorflow.{space}.{parts[1]}") for space in SPACES) if e is not None), None)
    return found


def apply(walk: Walk, name: str, args: Arguments, site: Site, dtype: str | None = None) -> Value:
    """Call a function of the library: one tensor for each of its outputs. One that was never measured may do anything."""
    if any(isinstance(o, Object) for v in args.all() for o in options(v)):
        return walk.unknown(site, *args.all())  # something that TensorFlow converts by itself
    found = entry(name)
    if found is None:
        return walk.unknown(site, *args.all())
    given = _given(args)
    made = [_output(walk, found, given, site, i, dtype) for i in range(max(1, len(found.outputs)))]
    if len(made) > 1 and not any(output.name for output in found.outputs):
        return Sequence.of([walk.state.join(made)], "list", True)  # as many as the arguments say
    if len(made) == 1:
        if found.name.endswith("multiply"):
            infinities.note_product(walk, args, site, made[0].node)
        return made[0]
    several = Sequence.of(made)
    several.cells["fields"] = [output.name for output in found.outputs]  # `tf.math.top_k(x).indices`
    return several


def _output(walk: Walk, found: Entry, given: Given, site: Site, index: int, dtype: str | None) -> Tensor:
    edges: list[Edge] = []
    measured = _dtype(found.outputs[index].dtype) if index < len(found.outputs) else ""
    for _, inside, argument in given:
        if inside:
            flow = found.flow(argument) if argument is not None else ()
            status = flow[index] if index < len(flow) else None
            if status is Status.DEPENDS and argument is not None:
                status = _by_setting(found, argument, given)
            cut = cut_of(found, argument, status, dtype or measured, site)
            edges += [Edge(n, cut) for n in inside]
    whole = measured == "float" and _are_integers(found, given)  # it was measured on floats; on integers it gives integers
    result = dtype or ("integer" if whole else measured)
    return Tensor(walk.node("op", site, edges, found.name, result))


def _by_setting(found: Entry, argument: str | int, given: Given) -> Status | None:
    """Of a gradient that depends on an argument which names a method, `method="area"`: what it is for the one that is written there."""
    for condition, status in found.detail(argument).depends:
        name, _, value = condition.partition("=")
        place = next((a.position for a in found.arguments if a.name == name), None)
        written = next((v for v, _, where in given if where == name or (place is not None and where == place)), None)
        if value.startswith("'") and _names(written, value.strip("'")):
            return status
    return None


def _names(written: Value | None, method: str) -> bool:
    """`"area"`, `tf.image.ResizeMethod.AREA`."""
    if isinstance(written, Library):
        return written.name.rpartition(".")[2].lower() == method
    return isinstance(written, Plain) and written.value == method


def _given(args: Arguments) -> Given:
    """The values, the nodes in them, and for which argument they are."""
    by_position: Given = [(v, nodes(v), i) for i, v in enumerate(args.positional)]
    by_position += [(v, nodes(v), k) for k, v in args.keywords.items()]
    return by_position + [(v, nodes(v), None) for v in args.spread]


def cut_of(found: Entry, argument: str | int | None, status: Status | None, output: str, site: Site) -> Cut | None:
    """Why no gradient comes back to this argument; None when one does, or may."""
    if argument is None or status is None:
        return None
    if status not in BESIDE and status not in NO_GRADIENT:
        return None
    last = found.name.rpartition(".")[2]
    if status in BESIDE:
        return Cut("index-only", {"op": last}, site)
    return _why_none(found, argument, status, output, last, site)


def _why_none(found: Entry, argument: str | int, status: Status, output: str, last: str, site: Site) -> Cut:
    if kinds.is_stop(found, argument):
        return Cut("gradient-stopped", {"op": "StopGradient"}, site)
    if kinds.is_shape_only(found, argument):
        return Cut("value-discarded", {"op": last}, site)
    facts = {"op": (*found.detail(argument).stops_at, last)[0]}
    if output and output != "float":
        facts["output"] = {"integer": "an integer type"}.get(output, output)
    if status is Status.ZERO:
        facts |= {"gradient": "zero", "zero": "yes"}
    if status is Status.NO_REGISTERED_GRADIENT:
        facts["unregistered"] = "yes"
    return Cut("integer-cast" if kinds.converts(found, argument) else "non-differentiable-op", facts, site)


def _are_integers(found: Entry, given: Given) -> bool:
    """Are all values that go where floats may go integers?"""
    if not any(n.dtype == "integer" for _, inside, _ in given for n in inside):
        return False
    takers = {a.name for a in found.float_arguments} | {a.position for a in found.float_arguments}
    dtypes = {n.dtype for _, inside, argument in given if argument in takers for n in inside}
    plain = {type(v.value) for v, _, argument in given if argument in takers and isinstance(v, Plain)}
    return dtypes == {"integer"} and float not in plain


def _dtype(measured: str) -> str:
    for word, kind in (("float", "float"), ("complex", "float"), ("int", "integer"), ("bool", "bool"), ("string", "string")):
        if word in measured:
            return kind
    return ""
