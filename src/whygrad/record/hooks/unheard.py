"""The update of an optimizer of Keras 3: hundreds of ops of its own. TensorFlow does not call back; what was written is noted at the end."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from tensorflow.python.eager import context

from whygrad import recording as rec
from whygrad.record.hooks import closed
from whygrad.record.hooks.patching import guarded
from whygrad.record.hooks.values import key_of, key_of_variable
from whygrad.record.recorder import Recorder

Update = Callable[..., Any]


def update(r: Recorder, original: Update) -> Update:
    """`apply(grads, trainable_variables)`. As it is where the optimizer is the user's, may leave a step out, or runs in a graph."""

    def apply(self: Any, *args: Any, **kwargs: Any) -> Any:
        thread, gradients = r.thread, args[0] if args else kwargs.get("grads")
        site: int | None = None
        with guarded(r):
            eager = r.active and not thread.unseen and isinstance(gradients, (list, tuple)) and context.executing_eagerly()
            if eager and closed.is_closed(self) and not hasattr(self, "inner_optimizer"):
                site = r.site(sys._getframe(1))
        if site is None:
            return original(self, *args, **kwargs)
        thread.unseen = True
        r.state_changed()
        muted, state = thread.muted, thread.state
        try:
            result = original(self, *args, **kwargs)
        finally:
            thread.unseen = False
            r.state_changed()
        with guarded(r):
            if muted:
                given = args[1] if len(args) > 1 else kwargs.get("trainable_variables")
                _note(r, gradients, getattr(self, "_trainable_variables", ()) if given is None else given, state, site)
        return result

    return apply


def _note(r: Recorder, gradients: Any, variables: Any, state: int, site: int) -> None:
    signature = r.signature("AssignVariableOp", (), ())
    for gradient, variable in zip(gradients, variables):
        if gradient is not None:
            r.ops.append([signature, site, state, rec.EAGER, 2, 0], [key_of_variable(variable), key_of(gradient)])
