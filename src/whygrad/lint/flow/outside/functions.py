"""Functions and classes of TensorFlow, Keras, NumPy and Python, by their dotted names: who handles a call."""

from __future__ import annotations

from whygrad.lint.flow import infinities
from whygrad.lint.flow.graph import Site
from whygrad.lint.flow.outside import arrays, cloning, layers, python, records, tensor_arrays, tensors
from whygrad.lint.flow.outside.names import ARRAYS, PLAIN, TENSORFLOW, canonical, is_below, kind_of
from whygrad.lint.flow.outside.objects import STORES
from whygrad.lint.flow.values import Object, Value
from whygrad.lint.flow.walk import Arguments, Walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Handler = Callable[[Walk, Arguments, Site], Value]

HANDLERS: dict[str, Handler] = {
    **python.HANDLERS,
    **tensors.HANDLERS,
    **layers.HANDLERS,
    **cloning.HANDLERS,
    **records.HANDLERS,
    **tensor_arrays.HANDLERS,
    **infinities.HANDLERS,
}


def function(walk: Walk, name: str, args: Arguments, site: Site) -> Value:
    """Call something of a library."""
    name = canonical(name)
    handler = HANDLERS.get(name)
    if handler is not None:
        return handler(walk, args, site)
    kind = kind_of(name)
    if kind:
        made = Object(name, site, data={"args": args})
        if kind in ("layer", "model"):
            layers.construct(walk, made, args, site)
        return made
    if name.startswith(STORES):
        return Object(name, site, data={"args": args})
    if is_below(name, TENSORFLOW):
        return tensors.function(walk, name, args, site)
    if is_below(name, ARRAYS):
        return arrays.function(walk, name, args, site)
    if is_below(name, PLAIN):
        return walk.data(site, name, "number")
    return walk.unknown(site, *args.all())
