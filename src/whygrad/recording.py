"""The Recording: raw facts about one run, without TensorFlow objects in them. The recorder fills it, the analysis reads it.

Time is the `clock`: the number of ops recorded so far. Tensors are known by the id TensorFlow gives them (unique in a process,
eager and symbolic alike), variables by the id of their handle, graphs by a number of ours (0: eager execution).
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from operator import add
from typing import Literal

from whygrad.model import Location
from whygrad.samples import Alike, Sample

EAGER = 0
TRUTH = "truth"
STOPPED, APPLYING, BACKWARD = -1, -2, -3  # marks in a tape state: recording stopped on the thread, inside an optimizer, inside gradient()
CUSTOM = "WhygradCustomGradient"  # op type of the pseudo op that stands for `tf.custom_gradient`
GRADIENT = "WhygradGradient"  # op type of the pseudo op that stands for all ops of one gradient call, where no tape saw them
PY_FUNCTION = "py_function"  # api of the gradient call that TensorFlow makes for a `tf.py_function` inside a graph
IDENTITY = "WhygradIdentity"  # op type of other operations a tape was told about by hand (copies between devices)

Shape = tuple["int | None", ...]
OutputMeta = tuple[int, "Shape | None"]  # (dtype enum, shape)


@dataclass(frozen=True, slots=True)
class Signature:
    """What decides whether an op carries gradient: its type, attributes, and the dtypes and shapes of its outputs."""

    op: str
    attrs: tuple[object, ...]
    outputs: tuple[OutputMeta, ...]


@dataclass(slots=True)
class Ops:
    """All recorded ops as columns; the ids of inputs and outputs lie flat in `tensors`.

    About 30 bytes and 8 per tensor for each op, so that a million ops stay small.
    """

    signature: array[int] = field(default_factory=lambda: array("i"))
    site: array[int] = field(default_factory=lambda: array("i"))
    state: array[int] = field(default_factory=lambda: array("i"))
    graph: array[int] = field(default_factory=lambda: array("i"))
    start: array[int] = field(default_factory=lambda: array("q", [0]))
    inputs: array[int] = field(default_factory=lambda: array("i"))
    tensors: array[int] = field(default_factory=lambda: array("q"))

    def __len__(self) -> int:
        return len(self.signature)

    @staticmethod
    def of(rows: OpRows) -> Ops:
        """The columns of rows that were stored one after the other."""
        signature, site, state, graph, inputs, outputs = (rows.heads[place :: rows.WIDTH] for place in range(rows.WIDTH))
        start = array("q", accumulate(map(add, inputs, outputs), initial=0))
        return Ops(signature, site, state, graph, start, inputs, rows.tensors[:])

    def ins(self, op: int) -> array[int]:
        first = self.start[op]
        return self.tensors[first : first + self.inputs[op]]

    def outs(self, op: int) -> array[int]:
        return self.tensors[self.start[op] + self.inputs[op] : self.start[op + 1]]


class OpRows:
    """Where ops are stored while the program runs: two flat arrays, so that an op costs two calls and leaves no object behind."""

    WIDTH = 6  # of the head: signature, site, state, graph, number of inputs, number of outputs

    __slots__ = ("count", "heads", "tensors")

    def __init__(self) -> None:
        self.count = 0
        self.heads = array("i")
        self.tensors = array("q")

    def __len__(self) -> int:
        return self.count

    def append(self, head: list[int], tensors: list[int]) -> int:
        """Store an op and the ids of its inputs and outputs; returns its number."""
        self.heads.fromlist(head)  # a third faster than `extend`
        self.tensors.fromlist(tensors)
        number = self.count
        self.count = number + 1
        return number


@dataclass(slots=True)
class Tape:
    """One `tf.GradientTape`. `pauses` are (stop, restart) clocks of `stop_recording` and its site; `left` is None while it still records."""

    site: int
    graph: int
    entered: int
    persistent: bool
    watches_variables: bool
    left: int | None = None
    left_site: int = -1
    pauses: list[tuple[int, int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Watch:
    """A tensor or variable handle became watched: by `tape.watch` (`tape` is its number) or by being read (`state` tells which tapes)."""

    clock: int
    key: int
    state: int | None
    tape: int | None
    site: int = -1


@dataclass(slots=True)
class Variable:
    """A `tf.Variable`. `key` is the id of its handle (of its ref tensor for the old kind).

    `alike` is of its value when its gradient was first asked for, `alike_at_end` and `changed` (since then) of when the recording was finished.
    """

    key: int
    name: str
    dtype: str
    shape: Shape | None
    trainable: bool
    site: int
    clock: int
    initial: str | None = None  # zeros, ones, constant, identity, random; None: what wrote its first value tells
    value: str = ""  # of all elements, where they are the same
    initializer: str = ""  # that of a library, or the user's function: `random_normal(mean=0.0, stddev=0.05)`
    full_name: str = ""  # in Keras 3: `dense/kernel`
    keeper: str = ""  # optimizer, metric, seed, counter, checkpoint, whygrad: what made it for its own use
    layer_site: int = -1  # where the Keras layer was constructed that it belongs to
    alike: Alike | None = None
    alike_at_end: Alike | None = None
    changed: bool | None = None  # None: gone, or never looked at


SourceKind = Literal["variable", "tensor", "array", "number", "none", "other"]


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of the `sources` of a gradient call. Without a name of its own, `name` is its place among them: `[0]['kernel']`."""

    kind: SourceKind
    key: int | None
    name: str | None
    dtype: str | None
    shape: Shape | None
    type_name: str
    trainable: bool | None = None

    @property
    def tensor(self) -> int:
        """The key; -1 (which no tensor has) where there is none. The first tensor of a process has the key 0."""
        return -1 if self.key is None else self.key


@dataclass(slots=True)
class GradientCall:
    """One call of `tape.gradient`, `jacobian` or `tf.gradients` by the user or by Keras; `missing` is the None mask that came back."""

    api: str
    clock: int
    site: int
    graph: int
    tape: int | None
    targets: tuple[int, ...]
    target_kind: str
    target_dtypes: tuple[str, ...]
    sources: tuple[Source, ...]
    missing: tuple[bool, ...] | None = None
    answers: tuple[int, ...] = ()  # ids of the gradients in a graph; -1 for a missing one
    error: str | None = None
    zero_on_purpose: bool = False


@dataclass(slots=True)
class Graph:
    """A function graph (traced function, branch or loop body). Ids of its inputs, outputs and captures (outside, inside)."""

    name: str
    outer: int
    started: int
    arguments: tuple[int, ...] = ()
    inputs: tuple[int, ...] = ()
    outputs: tuple[int, ...] = ()
    captures: tuple[tuple[int, int], ...] = ()
    is_function: bool = True


@dataclass(frozen=True, slots=True)
class Call:
    """The op at `op` runs `graphs`: a function call, the branches of an If, or (body, cond) of a While.

    `state` is the tape state around the call: TensorFlow itself stops recording for the op of a function call.
    """

    op: int
    kind: Literal["function", "if", "while"]
    graphs: tuple[int, ...]
    state: int


@dataclass(frozen=True, slots=True)
class Custom:
    """What the backward function of a `custom_gradient` returned, and where it is written."""

    op: int
    name: str
    definition: Location | None
    returned: list[tuple[bool, ...]]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened between ops. `kind` says what `key`, `other` and `text` are.

    exit      tensor `key` left TensorFlow as a NumPy value; `text` is TRUTH where it was asked whether it is true
    enter     tensor `key` was made from a Python or NumPy value of type `text`
    replaced  attribute `text` held variable `key` and was set to tensor `other`
    untracked layer `text` holds the raw tf.Variable `key` that Keras does not track
    frozen    `trainable = False` was set on `text`
    compiled  a model was compiled; `text` is "loss" or "no loss" (or its loss was asked for with "no labels")
    unjudged  a model was compiled without a loss for one of its outputs; `text` is its name and the keys of the variables behind it, one a line
    applied   an optimizer was given `key` pairs, `other` of them without a gradient; `text` is "type of the pairs|class of the optimizer|error"
    idle      Keras was asked to train a model of which nothing may change, in a step that began at the clock `key`; `text` are the names of its
              layers, one a line
    released  `trainable = True` was set on a layer with the variable `key` when the train step of its model was built already, at the site `other`;
              training went on, and the variable kept its value
    held      `trainable = True` was set on a layer inside a model that stays frozen, and a training began: `text` is the name of that model and
              the keys of the variables, one a line
    """

    kind: Literal["exit", "enter", "replaced", "untracked", "frozen", "compiled", "unjudged", "applied", "idle", "released", "held"]
    clock: int
    site: int
    key: int = -1
    other: int = -1
    text: str = ""


@dataclass(slots=True)
class Recording:
    """Everything that was seen in one run."""

    ops: Ops
    signatures: list[Signature]
    sites: list[tuple[int, ...]]  # frames of each site, innermost first, as indices into `frames`
    frames: list[Location]
    states: list[tuple[int, ...]]  # tapes recording in each state, and the marks above
    tapes: list[Tape]
    watches: list[Watch]
    variables: dict[int, Variable]
    calls: list[GradientCall]
    graphs: list[Graph]
    runs: dict[int, Call]
    customs: dict[int, Custom]
    events: list[Event]
    gaps: list[int] = field(default_factory=list)  # clocks before which ops may be missing
    samples: list[Sample] = field(default_factory=list)
    layers: dict[int, str] = field(default_factory=dict)  # site -> the Keras layer whose call it belongs to
    layers_made: dict[int, int] = field(default_factory=dict)  # site of an operation of a layer's own -> site where the layer was constructed
    carries: Callable[[int, tuple[Shape | None, ...]], tuple[bool, ...] | None] = lambda signature, shapes: None
    dtype_name: Callable[[int], str] = str
    is_trainable_dtype: Callable[[int], bool] = lambda enum: True

    def kind(self, op: int) -> str:
        return self.signatures[self.ops.signature[op]].op

    def location(self, site: int, depth: int = 0) -> Location | None:
        """The user's expression at `site`, `depth` callers up. None where no user code was on the stack."""
        if site < 0:
            return None
        frames = self.sites[site]
        return self.frames[frames[depth]] if depth < len(frames) else None

    def of(self, kind: str) -> Iterator[Event]:
        return (event for event in self.events if event.kind == kind)
