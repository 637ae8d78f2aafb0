"""Raw events -> Recording. The hot path stores ids and code positions only; nothing is resolved while the user's program runs."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any
from weakref import ReferenceType, WeakKeyDictionary

from whygrad import recording as rec
from whygrad.record import sites
from whygrad.record.freezing import Freezing
from whygrad.record.threads import NOT_YET, PerThread, Threads
from whygrad.samples import Sample

MAX_USER_FRAMES = 48
BOTTOM = -1  # nothing below this frame is the user's
USER = 1
BARRIER = 2  # our own frame around the call of a Keras layer: what lies below it stays the same while it runs


class FirstValues:
    """What there is to know of variables whose value may be compared with a later one. By the key of the variable, but for `copies` and `looks`."""

    def __init__(self) -> None:
        self.variables: dict[int, ReferenceType[Any]] = {}
        self.prints: dict[int, int] = {}  # fingerprints
        self.asked: set[int] = set()  # whose gradient was asked for before
        self.equal: set[int] = set()  # of these, kernels with equal units
        self.copies: list[tuple[int, ...]] = []  # how units of kernels are copies of each other, each way once
        self.in_sessions: set[int] = set()  # whose values only a session has
        self.looks: dict[int, int] = {}  # for each place, how many answers were compared


class Recorder:
    """Collects events; `finish()` gives the Recording. One instance for all threads."""

    def __init__(self) -> None:
        self.on = False
        self.threads = Threads()
        self.ops = rec.OpRows()
        self.lock = threading.Lock()
        self.tape_numbers: WeakKeyDictionary[Any, int] = WeakKeyDictionary()  # not kept as attributes: the objects are the program's
        self.graph_numbers: WeakKeyDictionary[Any, int] = WeakKeyDictionary()
        self.gaps: list[int] = []  # clocks at which recording went on after it had been off
        self.newest = 0  # id of the newest eager tensor that an op or a hook has shown
        self.signatures: dict[Any, int] = {}
        self.signature_list: list[rec.Signature] = []
        self.site_ids: dict[tuple[int, ...], int] = {}
        self.site_frames: list[tuple[tuple[CodeType, int], ...]] = []
        self.site_layers: list[int] = []
        self.layers: list[str] = [""]
        self.layer_sites: dict[str, int] = {}  # where the layer of each name was constructed
        self.layer_ids: dict[str, int] = {"": 0}
        self.user_code: dict[int, int] = {}
        self.codes: dict[int, CodeType] = {}  # keeps code objects alive: their ids are keys everywhere
        self.state_ids: dict[tuple[int, ...], int] = {(): 0}
        self.tapes: list[rec.Tape] = []
        self.watches: list[rec.Watch] = []
        self.read: set[tuple[int, int]] = set()  # (variable, tape state) pairs that `watches` has
        self.variables: dict[int, rec.Variable] = {}
        self.calls: list[rec.GradientCall] = []
        self.graphs: list[rec.Graph] = [rec.Graph("eager", -1, 0)]
        self.runs: dict[int, rec.Call] = {}
        self.customs: dict[int, rec.Custom] = {}
        self.events: list[rec.Event] = []
        self.samples: list[Sample] = []
        self.keeps_values: bool | None = None  # whether tensors of a step may be kept until its gradients are known; None: not decided yet
        self.kept: WeakKeyDictionary[Any, dict[int, Any]] = WeakKeyDictionary()  # tensors that the ops of each tape took and gave
        self.traced_back: dict[int, int] = {}  # for each place, how many bad answers were followed back
        self.best: dict[int, dict[int, float]] = {}  # for each place and source, the largest norm so far
        self.values = FirstValues()
        self.freezing = Freezing()
        self.look_back: Callable[[], None] = lambda: None  # what became of the values of the variables is looked up
        self.failures: list[BaseException] = []
        self.refused: Callable[[BaseException], None] = lambda error: None  # hears of an optimizer's exception before the program does
        self.unwatched: Callable[[Any], None] = lambda result: None  # hears of gradients that were asked for while nothing was recorded
        self.mute: Callable[[bool], None] = lambda muted: None  # switches TensorFlow's calls in this thread off and on
        self.tick: Callable[[], None] = lambda: None  # called now and then, so that the watcher can take itself off

    # -- where are we ---------------------------------------------------------------------------------------------

    @property
    def active(self) -> bool:
        """Whether what happens now in this thread is recorded."""
        return self.on and not self.threads.own.own

    @property
    def thread(self) -> PerThread:
        """What belongs to the thread that asks."""
        return self.threads.own

    def site(self, frame: FrameType | None = None) -> int:
        """The number of the current chain of user frames, innermost first; -1 without one."""
        return self.site_in(self.threads.own, frame or sys._getframe(1))

    def site_in(self, thread: PerThread, frame: FrameType | None) -> int:
        """The same, for whoever knows the thread."""
        known = thread.inside[-1] if thread.inside else None
        if known is not None and known != NOT_YET:
            return known
        below = thread.below
        chain = self._chain(frame, below, len(below))
        if not chain:
            return -1
        inside = bool(below) and chain is below[-1]  # no user's frame above the layer: the operation is the layer's own
        key = (*chain, -thread.layer if inside else thread.layer)
        number = self.site_ids.get(key)
        number = self._new_site(key) if number is None else number
        if known is not None and inside:
            thread.inside[-1] = number
        return number

    def _chain(self, f: FrameType | None, below: list[list[int] | None], depth: int) -> list[int]:
        """(id of code, f_lasti) of the user frames from `f` on, flat. Below a barrier they are looked up once; `depth` barriers are to come."""
        known = self.user_code.get
        chain: list[int] = []
        while f is not None:
            code = id(f.f_code)
            mine = known(code)
            if mine:
                if mine != USER:
                    return chain if mine == BOTTOM else self._with_those_below(chain, f, below, depth)
                chain += (code, f.f_lasti)
            elif mine is None:
                self.classify(f.f_code)
                continue
            f = f.f_back
        return chain

    def _with_those_below(self, chain: list[int], barrier: FrameType, below: list[list[int] | None], depth: int) -> list[int]:
        known = below[depth - 1]
        if known is None:
            known = below[depth - 1] = self._chain(barrier.f_back, below, depth - 1)
        return chain + known if chain else known

    def _new_site(self, key: tuple[int, ...]) -> int:
        with self.lock:
            number = self.site_ids.setdefault(key, len(self.site_frames))
            if number == len(self.site_frames):
                frames = zip(key[0:-1:2], key[1:-1:2])
                self.site_frames.append(tuple((self.codes[code], lasti) for code, lasti in frames)[:MAX_USER_FRAMES])
                self.site_layers.append(key[-1])
        return number

    def place(self, frame: FrameType | None) -> tuple[int, int] | None:
        """The innermost user's expression, as cheaply as can be."""
        while frame is not None:
            code = frame.f_code
            mine = self.user_code.get(id(code))
            mine = self.classify(code) if mine is None else mine
            if mine and mine != BARRIER:
                return id(code), frame.f_lasti
            frame = frame.f_back
        return None

    def classify(self, code: CodeType) -> int:
        """USER for the user's code, 0 for a library's, BOTTOM for the function of `whygrad run` that calls the program. `is_barrier` sets BARRIER."""
        self.codes[id(code)] = code
        mine = self.user_code[id(code)] = BOTTOM if sites.runs_the_program(code) else int(sites.is_user_code(code))
        return mine

    def is_barrier(self, code: CodeType) -> None:
        """Frames of this code put a None on `below` while they run."""
        self.codes[id(code)] = code
        self.user_code[id(code)] = BARRIER

    # -- ops ------------------------------------------------------------------------------------------------------

    def signature(self, op: str, attrs: tuple[object, ...], outputs: tuple[rec.OutputMeta, ...]) -> int:
        key = (op, attrs, outputs)
        try:
            return self.signatures[key]
        except KeyError:
            return self._new_signature(key, key)
        except TypeError:  # an attribute that cannot be hashed: its text stands for it
            text = (op, repr(attrs), outputs)
            known = self.signatures.get(text)
            return self._new_signature(text, key) if known is None else known

    def _new_signature(self, key: Any, parts: tuple[str, tuple[object, ...], tuple[rec.OutputMeta, ...]]) -> int:
        with self.lock:
            number = self.signatures.setdefault(key, len(self.signature_list))
            if number == len(self.signature_list):
                self.signature_list.append(rec.Signature(*parts))
        return number

    @property
    def clock(self) -> int:
        return self.ops.count

    def add_op(self, signature: int, site: int, graph: int, inputs: list[int], outputs: list[int]) -> int:
        """Store one op; returns its number."""
        head = [signature, site, self.thread.state, graph, len(inputs), len(outputs)]
        with self.lock:
            return self.ops.append(head, inputs + outputs)

    def accessed(self, key: int) -> None:
        """A trainable variable was read: the tapes that record now watch it from here on. Once for each state is enough."""
        read = (key, self.thread.state)
        if read not in self.read:
            self.read.add(read)
            self.watches.append(rec.Watch(self.clock, key, read[1], None))

    # -- tapes ----------------------------------------------------------------------------------------------------

    def state_changed(self) -> None:
        """Recompute the tape state of this thread."""
        t = self.thread
        key = tuple(t.tapes) + ((rec.STOPPED,) if t.stopped else ()) + ((rec.APPLYING,) if t.applying else ()) + ((rec.BACKWARD,) if t.depth else ())
        number = self.state_ids.get(key)
        if number is None:
            with self.lock:
                number = self.state_ids.setdefault(key, len(self.state_ids))
        t.state = number
        t.quiet = not t.tapes and bool(t.applying or t.depth)
        muted = t.quiet and (
            t.unseen or (t.question and not t.applying and not self.customs)
        )  # a gradient of the program's own may write to variables
        if muted is not t.muted:
            t.muted = muted
            self.mute(muted)

    def event(self, kind: Any, *, key: int = -1, other: int = -1, text: str = "", site: int | None = None) -> None:
        where = self.site(sys._getframe(1)) if site is None else site
        self.events.append(rec.Event(kind, self.clock, where, key, other, text))

    # -- our own failures -----------------------------------------------------------------------------------------

    def failed(self, error: BaseException) -> None:
        """A hook raised: remember it, switch off, never let it reach the user's program."""
        self.failures.append(error)
        self.on = False

    # -- the end --------------------------------------------------------------------------------------------------

    def finish(self, oracle: Callable[[list[rec.Signature]], dict[str, Any]] | None = None) -> rec.Recording:
        """The Recording so far; `oracle` supplies the questions that only TensorFlow can answer (see optypes)."""
        self.look_back()
        frames: dict[tuple[int, int], int] = {}
        locations: list[Any] = []
        chains = [tuple(self._frame(code, lasti, frames, locations) for code, lasti in chain) for chain in list(self.site_frames)]
        answers = oracle(self.signature_list) if oracle else {}
        return rec.Recording(
            ops=rec.Ops.of(self.ops),
            signatures=self.signature_list,
            sites=chains,
            frames=locations,
            states=sorted(self.state_ids, key=self.state_ids.__getitem__),
            tapes=self.tapes,
            watches=sorted(self.watches, key=lambda w: w.clock),
            variables=self.variables,
            calls=self.calls,
            graphs=self.graphs,
            runs=self.runs,
            customs=self.customs,
            events=self.events,
            gaps=list(self.gaps),
            samples=list(self.samples),
            layers={site: self.layers[abs(layer)] for site, layer in enumerate(self.site_layers) if layer},
            layers_made={site: self.layer_sites[self.layers[-layer]] for site, layer in enumerate(self.site_layers) if self._is_known(layer)},
            **answers,
        )

    def _is_known(self, layer: int) -> bool:
        return layer < 0 and self.layer_sites.get(self.layers[-layer], -1) >= 0

    def _frame(self, code: CodeType, lasti: int, known: dict[tuple[int, int], int], locations: list[Any]) -> int:
        key = (id(code), lasti)
        if key not in known:
            known[key] = len(locations)
            locations.append(sites.resolve(code, lasti))
        return known[key]
