"""An Entry -> sentences: why an argument gets no gradient. The same words in the terminal and in the docs."""

from __future__ import annotations

from collections.abc import Iterator

from whygrad.catalogue.entry import CUT, Argument, Entry, Status, best
from whygrad.catalogue.kinds import SHAPE_OPS
from whygrad.catalogue.names import written

STORES = ("Assign", "Scatter")


def argument_text(entry: Entry, argument: Argument) -> str:
    """`gradient`; `none (stops at Round)`; `values: gradient, indices: none (stops at TopKV2)`; a dash for settings."""
    flow, detail = entry.flow(argument.name), entry.detail(argument.name)
    if not flow:
        return "-"
    each = ", ".join(f"{o.name or n}: {s.value}" for n, (o, s) in enumerate(zip(entry.outputs, flow), 1))
    text = flow[0].value if len(set(flow)) == 1 else each
    stops = f" (stops at {', '.join(detail.stops_at)})" if detail.stops_at and set(flow) & {*CUT, Status.DEPENDS} else ""
    depends = f" ({'; '.join(f'{when}: {status.value}' for when, status in detail.depends)})" if detail.depends else ""
    return f"{text}{stops}{depends}"


def reasons(entry: Entry) -> Iterator[tuple[str, str]]:
    """(why, note or doubtful; a sentence), for each thing to know."""
    if entry.status is Status.NOT_MEASURED:
        yield "why", f"It could not be called: {entry.reason}"
        return
    cut = [a for a in entry.float_arguments if best(entry.flow(a.name)) in CUT and not a.optional]
    if cut:
        yield "why", _cut(entry, cut[0], best(entry.flow(cut[0].name)))
    for argument in entry.float_arguments:
        note = entry.detail(argument.name).note
        if note:
            yield "note", f"`{argument.name}`: {note}."
    if entry.doubt:
        yield "doubtful", f"{entry.doubt}."


def _cut(entry: Entry, argument: Argument, status: Status) -> str:
    name, ops = written(entry.name), entry.detail(argument.name).stops_at
    inside = f"the op {' or '.join(ops)}" if ops else "it"
    if status is Status.ZERO:
        return f"The gradient of {inside if ops else f'`{name}`'} is zero almost everywhere: its result is a step, flat on both sides."
    if status is Status.NO_REGISTERED_GRADIENT:
        return f"TensorFlow has no gradient function for {inside}: asking for one raises LookupError."
    if all(o.dtype == "nothing" for o in entry.outputs):
        return "It gives back no tensor."
    if any(op.startswith(STORES) for op in ops):
        return "The value is stored in a variable and read back: no tape follows a stored value."
    if set(ops) <= SHAPE_OPS:
        return "Only the shape or the dtype of the argument is used, not its values."
    whole = [o.dtype for o in entry.outputs if not o.dtype.startswith(("float", "bfloat", "complex", "nothing"))]
    if len(whole) == len(entry.outputs):
        return f"It gives {whole[0]}: the result jumps or stays the same when the input moves a little, so there is no slope to follow."
    return f"The path ends at {inside}: TensorFlow's gradient for it is None."
