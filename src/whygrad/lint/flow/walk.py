"""One walk through a program without running it: what all parts of the walk share. `engine` puts the parts together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from whygrad import syntax as ast
from whygrad.dataclass import dataclass, field
from whygrad.lint.flow.graph import Cut, Edge, Frame, Node, Site, carried, cut_off
from whygrad.lint.flow.state import NO_TAPES, State
from whygrad.lint.flow.values import Class, Module, Object, Tape, Tensor, Unknown, Value, nodes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from whygrad.lint.flow.graph import Kind
    from whygrad.lint.flow.values import Cells, Form

    class Finder(Protocol):
        """Where the modules of the project are."""

        def source_of(self, module: str, importer: str, level: int) -> tuple[str, str] | None: ...


FUEL = 60_000  # expressions for one file; a program of a thousand lines takes a few thousand
FUEL_ALONE = 6_000  # for a function that nobody called
DEPTH = 40  # calls inside calls
SAME = 2  # of one function inside itself


class OutOfFuel(Exception):
    """The walk ends here: what was asked so far is answered, nothing more is claimed."""


@dataclass(slots=True)
class Arguments:
    """What a call hands over. `spread`: the values behind `*` and `**` whose contents are not known."""

    positional: list[Value] = field(default_factory=list)
    keywords: dict[str, Value] = field(default_factory=dict)
    spread: list[Value] = field(default_factory=list)

    def get(self, name: str, position: int | None = None) -> Value | None:
        """The argument of this name or position, None when it is not given (or came through `*`)."""
        if name in self.keywords:
            return self.keywords[name]
        return self.positional[position] if position is not None and position < len(self.positional) else None

    def all(self) -> list[Value]:
        return [*self.positional, *self.keywords.values(), *self.spread]

    def nodes(self) -> list[Node]:
        return list(dict.fromkeys(n for v in self.all() for n in nodes(v)))


@dataclass(slots=True)
class Env:
    """Where a statement runs: its frame, its module, the scopes from the inside out (without the module's)."""

    frame: Frame
    module: Module
    scopes: tuple[Cells, ...] = ()
    owner: Class | None = None
    receiver: Value | None = None
    outside: dict[str, Cells] = field(default_factory=dict)  # names declared global or nonlocal
    returned: list[Value] = field(default_factory=list)
    yielded: list[Value] = field(default_factory=list)
    on_yield: Callable[[Value], None] | None = None  # of a generator that is a context manager: the block

    @property
    def own(self) -> Cells:
        return self.scopes[0] if self.scopes else self.module.cells

    def site(self, node: ast.AST) -> Site:
        return Site(node, self.frame)


@dataclass(slots=True)
class Question:
    """Somebody asks for gradients. `tape` is None where everything is recorded (a graph, `fit`), Unknown where it is not known which tape."""

    api: str
    site: Site
    target: Value | None
    sources: Value | None
    tape: Tape | Unknown | None = None
    target_node: ast.expr | None = None
    sources_node: ast.expr | None = None
    order: int = 0
    facts: dict[str, Any] = field(default_factory=dict)
    expected: bool = False  # asked where an error is expected


@dataclass(slots=True)
class Walk:
    """The state of a walk, the questions met on the way, and the parts that evaluate, call and execute (set by `engine`)."""

    finder: Finder
    state: State = field(default_factory=State)
    questions: list[Question] = field(default_factory=list)
    variables: list[Node] = field(default_factory=list)
    operations: list[Node] = field(default_factory=list)
    replaced: list[tuple[Node, int, Site, str]] = field(default_factory=list)  # variables whose place on an object a tensor took
    renewed: list[tuple[Object, Object, Site]] = field(default_factory=list)  # an object, what took its name, where
    iterated: set[ast.AST] = field(default_factory=set)  # what `for` runs over
    made_tapes: list[Tape] = field(default_factory=list)
    decisions: set[Node] = field(default_factory=set)  # tensors that an `if` asked
    generators: set[ast.AST] = field(default_factory=set)
    traps: list[tuple[Node, Node]] = field(default_factory=list)  # a `where`, and what it leaves out too late
    half: bool = False  # layers compute in float16: a policy says so
    beyond_half: set[Node] = field(default_factory=set)  # products with a number that float16 cannot hold
    infinite: dict[Node, bool] = field(default_factory=dict)  # tensors with a literal infinity in them; whether everywhere
    products: list[tuple[Node, Node, bool]] = field(default_factory=list)  # a product with one of these, its other factor
    zeros: set[Node] = field(default_factory=set)  # variables that start at zero
    registered: dict[Any, Any] = field(default_factory=dict)  # functions under `tf.RegisterGradient`, by their names
    overriding: list[Callable[[Site | None, str, Iterable[Edge]], Iterable[Edge]]] = field(default_factory=list)  # inside which override maps
    texts: dict[str, str] = field(default_factory=dict)  # of the files that were walked through
    trees: dict[str, ast.Module] = field(default_factory=dict)
    modules: dict[str, Module] = field(default_factory=dict)
    pending: dict[str, str] = field(default_factory=dict)  # texts of modules that nothing was needed of yet
    fuel: int = FUEL
    expecting: int = 0  # inside how many blocks that expect an error
    seen: set[ast.AST] = field(default_factory=set)  # functions that were entered
    classes: list[Class] = field(default_factory=list)
    functions: list[Any] = field(default_factory=list)  # module-level functions and methods, in the order of their definition
    thrown_away: list[tuple[Site, tuple[Node, ...]]] = field(default_factory=list)  # writes whose result nobody takes, and what they wrote
    models: list[Any] = field(default_factory=list)  # objects that were compiled
    expressions: Mapping[type, Callable[[Walk, Any, Env], Value]] = field(init=False)  # who evaluates which kind of node
    call: Callable[[Value, Arguments, Site], Value] = field(init=False)
    execute: Callable[[Iterable[ast.stmt], Env], Any] = field(init=False)
    attribute: Callable[[Value, str, Site], Value] = field(init=False)
    items: Callable[[Value, Site], tuple[list[Value], bool]] = field(init=False)

    def take_apart(self) -> None:
        """Break the circles (functions are in the scopes that they see), so that all is freed at once and nobody has to search for it."""
        holders = [m.cells for m in self.modules.values()] + [c.cells for c in self.classes]
        for cells in (*holders, *(scope for function in self.functions for scope in function.scopes)):
            cells.clear()
        del self.call, self.execute, self.attribute, self.items

    def evaluate(self, node: ast.expr, env: Env) -> Value:
        """What `node` stands for. What is not understood is Unknown, never an error."""
        self.fuel -= 1
        if self.fuel <= 0:
            raise OutOfFuel
        handler = self.expressions.get(node.__class__)
        return self.unknown(Site(node, env.frame)) if handler is None else handler(self, node, env)

    def burn(self) -> None:
        self.fuel -= 1
        if self.fuel <= 0:
            raise OutOfFuel

    def ask(self, question: Question) -> None:
        question.expected = self.expecting > 0
        self.questions.append(question)

    # Nodes. All that the walk makes come from here: they carry the clock and the tapes of their moment.

    def node(self, kind: Kind, site: Site | None, edges: Iterable[Edge] = (), label: str = "", dtype: str = "") -> Node:
        tapes = self.state.recording() if kind == "op" else NO_TAPES
        for overridden in self.overriding:
            edges = overridden(site, label, edges)
        made = Node(kind, label, site, tuple(edges), tapes, self.state.tick(), dtype)
        if kind == "op":
            self.operations.append(made)
        return made

    def unknown(self, site: Site | None, *inputs: Value) -> Unknown:
        """What objects hold is not followed: everything leads to something unknown anyway."""
        inside = [n for v in inputs if v.__class__ is not Object for n in nodes(v, 2)]
        if self.zeros:
            self.zeros.difference_update(inside)  # who knows what is done with them
        return Unknown(self.node("unknown", site, carried(inside) if inside else ()))

    def data(self, site: Site | None, label: str = "", form: Form = "tensor", dtype: str = "") -> Tensor:
        """A value in which no variable is."""
        return Tensor(self.node("data", site, label=label, dtype=dtype), form)

    def op(self, site: Site, inputs: Iterable[Value], label: str = "", dtype: str = "float", cut: Cut | None = None) -> Tensor:
        """A tensor computed from `inputs`; with `cut` no gradient comes back to any of them."""
        origins = [n for v in inputs for n in nodes(v)]
        return Tensor(self.node("op", site, cut_off(origins, cut) if cut else carried(origins), label, dtype))

    def join(self, site: Site | None, inputs: Iterable[Value], form: Form = "tensor", dtype: str = "", cut: Cut | None = None) -> Tensor:
        """No operation of TensorFlow's: an array or number made of others, one of several."""
        origins = [n for v in inputs for n in nodes(v)]
        return Tensor(self.node("join", site, cut_off(origins, cut) if cut else carried(origins), dtype=dtype), form)

    def variable(self, site: Site, initial: Iterable[Value] = (), dtype: str = "float", trainable: bool = True, name: str = "") -> Tensor:
        """A new variable. What it was initialised from is no way back: a variable copies."""
        made = Node("variable", "", site, (), frozenset(), self.state.tick(), dtype, trainable, name)
        made.edges = cut_off((n for v in initial for n in nodes(v)), Cut("state-round-trip", {"how": "initial"}, site))
        self.variables.append(made)
        return Tensor(made, "variable", {})
