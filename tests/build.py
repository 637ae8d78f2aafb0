"""Recordings made by hand, without TensorFlow: a program's text and what "ran" of it in, the Recording out.

    b = Build("...")                                the text of a program; `at="tf.round(x)"` puts what follows at that expression
    w = b.variable("w")
    with b.tape():
        loss = b.op("Round", b.use(w), at="tf.round(w)")
    b.ask(loss, [w])                                tape.gradient(loss, [w]), with the answer the model of the tape predicts
    analyse(b.recording(), b.read)

`chains.graph` says the same shorter, where the text does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from whygrad import recording as rec
from whygrad.analyse.gradient import Judge
from whygrad.analyse.trace import Opener
from whygrad.model import Location
from whygrad.samples import Sample, Stats

PATH = "prog.py"
DTYPES = {"float32": 1, "int32": 3, "uint8": 4, "bool": 10, "resource": 20}
NAMES = {enum: name for name, enum in DTYPES.items()}
TRAINABLE = frozenset({1, 20})
At = "str | tuple[str, ...] | None"  # an expression of the text; several: innermost first, each in the function that the one before is in
# For each op: does gradient come back to its inputs. One word for all of them; None: no gradient function at all. Others carry it.
CARRIES: Mapping[str, bool | tuple[bool, ...] | None] = {
    **dict.fromkeys(("Round", "Floor", "ArgMax", "Greater", "Cast", "StopGradient", "PyFunc", "Shape", "OnesLike", "AssignVariableOp"), False),
    "SelectV2": (False, True, True),
    "GatherV2": (True, False, False),
    "Unique": None,
}
GIVES = {"Greater": "bool", "ArgMax": "int32", "Shape": "int32", "ToInt": "int32"}  # dtype of what an op gives; others float32


class Build:
    """A Recording in the making. Tensors are plain numbers."""

    def __init__(self, source: str = "", carries: Mapping[str, bool | tuple[bool, ...] | None] = CARRIES) -> None:
        self.lines = source.split("\n")
        self.answers = carries
        self.asked: list[tuple[str, int]] = []  # every question the analysis put to the oracle
        self.ops = rec.OpRows()
        self.samples: list[Sample] = []
        self.signatures: list[rec.Signature] = []
        self.sites: list[tuple[int, ...]] = []
        self.frames: list[Location] = []
        self.states: list[tuple[int, ...]] = [()]
        self.tapes: list[rec.Tape] = []
        self.watches: list[rec.Watch] = []
        self.variables: dict[int, rec.Variable] = {}
        self.calls: list[rec.GradientCall] = []
        self.graphs = [rec.Graph("eager", -1, 0)]
        self.runs: dict[int, rec.Call] = {}
        self.customs: dict[int, rec.Custom] = {}
        self.events: list[rec.Event] = []
        self.open: list[int] = []  # tapes that record now
        self.marks: list[int] = []
        self.current = rec.EAGER
        self.newest = 0
        self.names: dict[str, int] = {}

    # -- places -------------------------------------------------------------------------------------------------------

    def site(self, at: At) -> int:
        if at is None:
            return -1
        chain = tuple(self._frame(text) for text in ((at,) if isinstance(at, str) else at))
        if chain not in self.sites:
            self.sites.append(chain)
        return self.sites.index(chain)

    def _frame(self, text: str) -> int:
        row, line = next((row, line) for row, line in enumerate(self.lines, 1) if text in line)
        column = line.index(text) + 1
        where = Location(PATH, row, column, row, column + len(text), self._function(row), text, (line,))
        if where not in self.frames:
            self.frames.append(where)
        return self.frames.index(where)

    def _function(self, row: int) -> str:
        """The `def` around a line, by indentation."""
        indent = len(self.lines[row - 1]) - len(self.lines[row - 1].lstrip())
        for line in reversed(self.lines[: row - 1]):
            found = re.match(r"(\s*)def (\w+)", line)
            if found and len(found[1]) < indent:
                return found[2]
        return "<module>"

    def read(self, path: str) -> str | None:
        return "\n".join(self.lines) if path == PATH else None

    # -- what runs ----------------------------------------------------------------------------------------------------

    @property
    def clock(self) -> int:
        return len(self.ops)

    def fresh(self) -> int:
        self.newest += 1
        return self.newest

    def state(self) -> int:
        key = (*self.open, *self.marks)
        if key not in self.states:
            self.states.append(key)
        return self.states.index(key)

    def op(self, kind: str, *inputs: int, at: At = None, dtype: str = "", outputs: int = 1) -> int:
        """One op; the first of its outputs (there may be none)."""
        made = [self.fresh() for _ in range(outputs)]
        meta = tuple((DTYPES[dtype or GIVES.get(kind, "float32")], ()) for _ in made)
        signature = rec.Signature(kind, (), meta)
        if signature not in self.signatures:
            self.signatures.append(signature)
        head = [self.signatures.index(signature), self.site(at), self.state(), self.current, len(inputs), len(made)]
        self.ops.append(head, [*inputs, *made])
        return made[0] if made else -1

    def variable(self, name: str, at: At = None, dtype: str = "float32", trainable: bool = True) -> int:
        key = self.names[name] = self.fresh()
        self.variables[key] = rec.Variable(key, name, dtype, (), trainable, self.site(at), self.clock)
        return key

    def value(self, kind: str = "numpy.ndarray", at: At = None) -> int:
        """A Python or NumPy value becomes a tensor."""
        key = self.fresh()
        self.event("enter", key=key, text=kind, at=at)
        return key

    def use(self, variable: int, at: At = None) -> int:
        """Read a variable; the tapes that record now watch it."""
        if self.open and self.variables[variable].trainable:
            self.watches.append(rec.Watch(self.clock, variable, self.state(), None))
        return self.op("ReadVariableOp", variable, at=at)

    def assign(self, variable: int, value: int, at: At = None) -> None:
        self.op("AssignVariableOp", variable, value, at=at, outputs=0)

    def custom(self, *inputs: int, returned: Sequence[bool], definition: Location | None = None, at: At = None) -> int:
        """A call of a function with `tf.custom_gradient`; `returned`: for each input, was its gradient None."""
        made = self.op(rec.CUSTOM, *inputs, at=at)
        self.customs[self.clock - 1] = rec.Custom(self.clock - 1, "custom", definition, [tuple(returned)])
        return made

    def event(self, kind: str, *, key: int = -1, other: int = -1, text: str = "", at: At = None) -> None:
        self.events.append(rec.Event(kind, self.clock, self.site(at), key, other, text))  # type: ignore[arg-type]

    # -- tapes --------------------------------------------------------------------------------------------------------

    @contextmanager
    def tape(self, *, persistent: bool = False, watches: bool = True, at: At = None) -> Iterator[int]:
        number = len(self.tapes)
        self.tapes.append(rec.Tape(self.site(at), self.current, self.clock, persistent, watches))
        self.open.append(number)
        yield number
        self.open.remove(number)
        self.tapes[number].left = self.clock

    @contextmanager
    def stopped(self, tape: int, at: At = None) -> Iterator[None]:
        """`with tape.stop_recording():`"""
        start = self.clock
        self.open.remove(tape)
        yield
        self.open.append(tape)
        self.tapes[tape].pauses.append((start, self.clock, self.site(at)))

    @contextmanager
    def marked(self, mark: int) -> Iterator[None]:
        """Inside an optimizer (APPLYING), inside gradient() (BACKWARD), with all recording stopped (STOPPED)."""
        self.marks.append(mark)
        yield
        self.marks.remove(mark)

    def watch(self, tape: int, key: int, at: At = None) -> None:
        self.watches.append(rec.Watch(self.clock, key, None, tape, self.site(at)))

    def source(self, given: int | str) -> rec.Source:
        """An entry of the list of sources: a name, a variable, a tensor, or the word for something that is neither."""
        if given in ("array", "number", "none"):
            return rec.Source(given, None, None, None, (), str(given))  # type: ignore[arg-type]
        key = self.names[given] if isinstance(given, str) else given
        known = self.variables.get(key)
        if known is None:
            return rec.Source("tensor", key, None, "float32", (), "tensorflow.Tensor")
        return rec.Source("variable", key, known.name, known.dtype, (), "tensorflow.Variable", known.trainable)

    def ask(
        self,
        target: int | str | None,
        sources: Sequence[int | str],
        *,
        tape: int | None = 0,
        missing: Sequence[bool] | None = None,
        error: str | None = None,
        at: At = None,
        kind: str = "tensor",
    ) -> rec.GradientCall:
        """`tape.gradient(target, sources)`; `tape=None`: `tf.gradients`. Without `missing` and `error` the answer is the predicted one."""
        key = self.names[target] if isinstance(target, str) else target
        targets = () if key is None else (key,)
        given = tuple(map(self.source, sources))
        api = "tf.gradients" if tape is None else "tape.gradient"
        site = self.site(at if at is not None else self._asking())
        call = rec.GradientCall(api, self.clock, site, self.current, tape, targets, kind if targets else "none", (), given, error=error)
        call.missing = None if error else tuple(missing) if missing is not None else self.predicted(call)
        self.calls.append(call)
        return call

    def _asking(self) -> str | None:
        return next((found[0] for line in self.lines if (found := re.search(r"\w+\.gradients?\(.*\)", line))), None)

    def judge(self, call: rec.GradientCall) -> Judge:
        return Judge(Opener(self.recording()).open(call.graph, call.clock), call)

    def predicted(self, call: rec.GradientCall) -> tuple[bool, ...]:
        judge = self.judge(call)
        return judge.predict(judge.reach())

    def measure(
        self, gradients: Sequence[Stats | None], values: Mapping[str, Stats] | None = None, cotangents: Mapping[str, Stats] | None = None
    ) -> None:
        """The figures of the last answer; with `cotangents` it was followed back. Names are those of the graph."""
        named = [{self.names[name]: stats for name, stats in (given or {}).items()} for given in (values, cotangents)]
        self.samples.append(Sample(len(self.calls) - 1, tuple(gradients), *named))

    # -- functions, branches, loops -----------------------------------------------------------------------------------

    @contextmanager
    def graph(self, name: str = "f", arguments: Sequence[int] = ()) -> Iterator[int]:
        """What is recorded inside belongs to a function graph; `arguments`: the tensors it is traced with."""
        number, outer = len(self.graphs), self.current
        self.graphs.append(rec.Graph(name, outer, self.clock, tuple(arguments)))
        self.current = number
        yield number
        self.current = outer

    def parameter(self) -> int:
        """A parameter of the graph that is being built."""
        key = self.fresh()
        self.graphs[self.current].inputs += (key,)
        return key

    def capture(self, outside: int) -> int:
        """A tensor from around the graph that is being built, by the name it has inside."""
        key = self.parameter()
        self.graphs[self.current].captures += ((outside, key),)
        return key

    def give(self, *results: int) -> None:
        self.graphs[self.current].outputs += results

    def call(self, graph: int, *inputs: int, at: At = None) -> int:
        captured = tuple(outside for outside, _ in self.graphs[graph].captures)
        return self._run("PartitionedCall", "function", (graph,), (*inputs, *captured), at)

    def branch(self, condition: int, graphs: tuple[int, int], *inputs: int, at: At = None) -> int:
        return self._run("If", "if", graphs, (condition, *inputs), at)

    def loop(self, body: int, condition: int, *inputs: int, at: At = None) -> int:
        return self._run("While", "while", (body, condition), inputs, at)

    def _run(self, op: str, kind: str, graphs: tuple[int, ...], inputs: Sequence[int], at: At) -> int:
        made = self.op(op, *inputs, at=at, outputs=len(self.graphs[graphs[0]].outputs))
        self.runs[self.clock - 1] = rec.Call(self.clock - 1, kind, graphs, self.state())  # type: ignore[arg-type]
        return made

    # -- the end ------------------------------------------------------------------------------------------------------

    def carries(self, signature: int, shapes: tuple[rec.Shape | None, ...]) -> tuple[bool, ...] | None:
        """The oracle: what TensorFlow would say, from the table."""
        kind = self.signatures[signature].op
        self.asked.append((kind, len(shapes)))
        answer = self.answers.get(kind, True)
        if answer is None:
            return None
        return (answer,) * len(shapes) if isinstance(answer, bool) else answer

    def recording(self) -> rec.Recording:
        return rec.Recording(
            rec.Ops.of(self.ops), self.signatures, self.sites, self.frames, self.states, self.tapes, self.watches, self.variables, self.calls,
            self.graphs, self.runs, self.customs, self.events, samples=self.samples,
            carries=self.carries, dtype_name=NAMES.__getitem__, is_trainable_dtype=TRAINABLE.__contains__,
        )  # fmt: skip
