"""Other settings under which a call is made again: (target, spec) -> (condition, the usual condition, spec)."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from tools.catalogue.arguments import signature
from tools.catalogue.calls import Spec
from tools.catalogue.surface import Target

DTYPES = ("tf.float64", "tf.int32", "tf.bool")
DTYPE_NAMES = frozenset({"dtype", "DstT", "out_type", "output_type", "Tout", "type"})
CHOICES = {
    "method": ("'bilinear'", "'nearest'", "'bicubic'", "'area'", "'lanczos3'"),
    "interpolation": ("'bilinear'", "'nearest'", "'bicubic'", "'lanczos3'"),
    "reduction": ("'sum'", "'none'", "'mean'"),
    "reduce_type": ("'max'",),
    "padding": ("'SAME'", "'same'"),
    "mode": ("'REFLECT'", "'SYMMETRIC'", "'reflect'"),
    "rounding": ("'HALF_TO_EVEN'", "'HALF_UP'"),
    "side": ("'right'",),
    "ord": ("1", "2", "np.inf", "'fro'"),
    "approximate": ("True", "False"),
}


def variants(target: Target, spec: Spec) -> Iterator[tuple[str, str, Spec]]:
    for parameter in _parameters(target):
        name = parameter.name
        for text in _texts(parameter, spec.get(name)):
            usual = f"{name}={spec[name]}" if name in spec else f"{name}={parameter.default!r}"
            yield f"{name}={text}", usual, {**spec, name: text}


def _parameters(target: Target) -> list[inspect.Parameter]:
    found = signature(target)
    return list(found.parameters.values()) if found else []


def _texts(parameter: inspect.Parameter, here: str | None) -> Iterator[str]:
    default: Any = parameter.default
    if parameter.name in DTYPE_NAMES and (here or "").startswith("tf."):
        yield from (text for text in DTYPES if text != here)
    elif isinstance(default, bool):
        yield repr(not (here == "True" if here else default))
    elif parameter.name in CHOICES:
        yield from (text for text in CHOICES[parameter.name] if text not in (here, repr(default)))
