"""What the recorder knows of each thread of the program."""

from __future__ import annotations

import threading
from typing import Any

NOT_YET = -2  # no site: -1 is that of an op without a user's frame


class PerThread:
    """What differs between threads: the tapes recording now, and what the next op belongs to."""

    __slots__ = (
        "applying",
        "arguments",
        "attached",
        "below",
        "depth",
        "filling",
        "given",
        "held",
        "inside",
        "kept",
        "layer",
        "muted",
        "own",
        "pending",
        "question",
        "quiet",
        "state",
        "stopped",
        "tapes",
        "unseen",
    )

    def __init__(self) -> None:
        self.state = 0
        self.tapes: list[int] = []
        self.stopped = 0
        self.attached = False
        self.depth = 0  # inside one of our wrappers of gradient(), jacobian(), ...
        self.applying = 0  # inside an optimizer
        self.pending: list[Any] = []  # function calls, Ifs and Whiles whose op is about to be recorded
        self.filling: int | None = None  # site at which the Keras variable was made that gets its value only now
        self.own = False  # what runs now is ours: it is not recorded
        self.given: dict[int, Any] = {}  # what the custom gradients (by their op) gave in the gradient() that runs now
        self.held: dict[int, Any] = {}  # values of variables, by their keys, that were read through a session for what is looked at just now
        self.quiet = False  # inside gradient() or an optimizer, and no tape listens: eager ops are not recorded one by one
        self.below: list[list[int] | None] = []  # for each BARRIER on the stack, the user frames below it
        self.inside: list[int | None] = []  # for each BARRIER, the site of all ops in it, NOT_YET, or None where each is looked up for itself
        self.question = False  # the gradient() that runs now is an eager one of one tape
        self.unseen = False  # inside the update of an optimizer whose ops are of no interest
        self.muted = False  # TensorFlow does not call back: nothing that is of interest happens in there
        self.layer = 0  # the Keras layer being called, as an index into Recorder.layers
        self.kept: dict[int, Any] | None = None  # where the tensors of ops go now
        self.arguments: list[tuple[int, ...]] = []  # tensors handed to the tf.functions being called


class Threads(threading.local):
    """Each thread's own: looked up once for an op, because that takes five times as long as an attribute of a plain object."""

    def __init__(self) -> None:
        self.own = PerThread()
