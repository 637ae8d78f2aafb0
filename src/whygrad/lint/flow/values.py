"""What an expression may stand for while a program is walked through: the abstract values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from whygrad import syntax as ast
from whygrad.dataclass import dataclass, field
from whygrad.lint.flow.graph import Node, Site

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

    Form = Literal["tensor", "variable", "array", "number"]
    Cells = dict[Any, Any]  # what can change while the program runs; written through `State.write` only


class Value:
    """Base of all abstract values."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False)
class Unknown(Value):
    """It may be or hold anything, a variable or a tape as well. `receiver` and `name`: of what it is an attribute."""

    node: Node
    receiver: Value | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Plain(Value):
    """A constant of Python: number, string, None, bool, bytes, Ellipsis."""

    value: Any


@dataclass(frozen=True, slots=True, eq=False)
class Tensor(Value):
    """A tensor, a variable, a NumPy array or a number that came out of one."""

    node: Node
    form: Form = "tensor"
    cells: Cells = field(default_factory=dict)  # of a variable: "stored", the nodes assigned to it


@dataclass(frozen=True, slots=True)
class Library(Value):
    """Something of a library, by its dotted name."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Module(Value):
    """A module of the project. `cells` are its globals."""

    path: str
    cells: Cells


@dataclass(frozen=True, slots=True, eq=False)
class Deferred(Value):
    """What an import gives, looked up when it is first needed: most of what a file imports says nothing about its gradients."""

    load: Callable[[], Value]


@dataclass(frozen=True, slots=True, eq=False)
class Function(Value):
    """A function of the user's."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    module: Module
    scopes: tuple[Cells, ...]  # enclosing functions, innermost first
    name: str
    defaults: tuple[Value, ...] = ()
    keyword_defaults: tuple[tuple[str, Value], ...] = ()
    owner: Class | None = None
    marks: frozenset[str] = frozenset()  # decorators that matter: property, staticmethod, classmethod, custom_gradient


@dataclass(frozen=True, slots=True, eq=False)
class Bound(Value):
    """A method with its receiver. `function`: the user's, or the name of a library's."""

    receiver: Value
    function: Function | str


@dataclass(frozen=True, slots=True, eq=False)
class Super(Value):
    """`super()` in a method of `owner`."""

    receiver: Value
    owner: Class


@dataclass(frozen=True, slots=True, eq=False)
class Partial(Value):
    """A callable with some arguments given: functools.partial, or a native function of the walk with its own state."""

    call: Callable[..., Value]


@dataclass(frozen=True, slots=True, eq=False)
class Class(Value):
    """A class of the user's. `cells` are its attributes."""

    name: str
    module: Module
    bases: tuple[Value, ...]
    cells: Cells
    node: ast.ClassDef
    marks: frozenset[str] = frozenset()

    def ancestors(self) -> Iterator[Class]:
        """This class and its base classes in the user's code, nearest first."""
        queue: list[Value] = [self]
        seen: list[Class] = []
        while queue and len(seen) < 40:
            base = queue.pop(0)
            if isinstance(base, Class) and base not in seen:
                seen.append(base)
                queue += base.bases
        yield from seen

    def find(self, name: str) -> tuple[Value, Class] | None:
        """An attribute and the class that has it."""
        if name in self.cells:
            return self.cells[name], self
        return next(((c.cells[name], c) for c in self.ancestors() if name in c.cells), None) if self.bases else None

    @property
    def foreign_bases(self) -> tuple[str, ...]:
        return tuple(b.name for c in self.ancestors() for b in c.bases if isinstance(b, Library))

    @property
    def has_unknown_base(self) -> bool:
        return any(not isinstance(b, (Class, Library)) for c in self.ancestors() for b in c.bases)


@dataclass(frozen=True, slots=True, eq=False)
class Object(Value):
    """An instance of a user's class, or of a library's (`made_by`: its dotted name, or that of the library base)."""

    made_by: str
    site: Site | None
    cls: Class | None = None
    cells: Cells = field(default_factory=dict)  # attributes
    data: Cells = field(default_factory=dict)  # what the walk knows besides: arguments, weights, compiled loss


@dataclass(frozen=True, slots=True, eq=False)
class Sequence(Value):
    """A list, tuple or set. `cells["items"]` is a tuple.

    `cells["open"]` is true where its length is not known: then each item may come any number of times.
    """

    kind: str
    cells: Cells

    @classmethod
    def of(cls, items: Iterable[Value], kind: str = "tuple", is_open: bool = False) -> Sequence:
        return cls(kind, {"items": tuple(items), "open": is_open})

    @property
    def items(self) -> tuple[Value, ...]:
        items: tuple[Value, ...] = self.cells["items"]
        return items

    @property
    def is_open(self) -> bool:
        return bool(self.cells["open"])


@dataclass(frozen=True, slots=True, eq=False)
class Table(Value):
    """A dict. `cells` maps the keys that are known; `Table.OTHER` is what may lie under any other, a `Hidden` key that of one entry."""

    cells: Cells
    OTHER = object()

    @property
    def has_known_keys(self) -> bool:
        return all(is_known(key) for key in self.cells)


@dataclass(frozen=True, slots=True, eq=False)
class Exhaustible(Value):
    """An iterator: what it gives, once. `cells["used"]` is the place where it was consumed."""

    content: Sequence
    made_by: str
    cells: Cells = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Tape(Value):
    """A GradientTape. `number` stands for it in `Node.tapes`."""

    number: int
    site: Site | None
    persistent: bool
    watches_variables: bool = True
    began: int = 0
    cells: Cells = field(default_factory=dict)  # "asked": where it was asked first
    watched: list[tuple[Node, int, Site]] = field(default_factory=list)
    pauses: list[tuple[int, int, Site]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Either(Value):
    """One of several, depending on what only a run can know."""

    options: tuple[Value, ...]


class Hidden:
    """A key that only a run knows."""


def is_known(key: object) -> bool:
    return key is not Table.OTHER and not isinstance(key, Hidden)


NONE = Plain(None)


def options(value: Value) -> tuple[Value, ...]:
    return value.options if isinstance(value, Either) else (value,)


def is_computed(value: Value) -> bool:
    """Can it be differentiated: tensors, numbers, and lists of them? Not functions, not objects."""
    if isinstance(value, Sequence):
        return all(is_computed(item) for item in value.items)
    if isinstance(value, Table):
        return all(is_computed(item) for item in value.cells.values())
    if isinstance(value, Either):
        return all(is_computed(item) for item in value.options)
    return isinstance(value, (Tensor, Plain))


def nodes(value: Value, depth: int = 6) -> list[Node]:
    """The nodes that a value holds, each once."""
    kind = value.__class__
    if kind is Tensor or kind is Unknown:
        return [value.node]  # type: ignore[attr-defined]
    if kind in _WITHOUT:
        return []
    return list(dict.fromkeys(_nodes(value, depth)))


_WITHOUT = frozenset({Plain, Library, Module, Deferred, Function, Bound, Super, Partial, Class, Tape})


def _nodes(value: Value, depth: int) -> Iterator[Node]:
    if isinstance(value, (Tensor, Unknown)):
        yield value.node
    elif depth == 0:
        return
    elif isinstance(value, Sequence):
        for item in value.items:
            yield from _nodes(item, depth - 1)
    elif isinstance(value, Table):
        for item in value.cells.values():
            yield from _nodes(item, depth - 1)
    elif isinstance(value, Either):
        for item in value.options:
            yield from _nodes(item, depth - 1)
    elif isinstance(value, Exhaustible):
        yield from _nodes(value.content, depth - 1)
    elif isinstance(value, Object):
        held = [*value.cells.values(), *value.data.get("added", ()), value.data.get("weights"), value.data.get("layers"), value.data.get("element")]
        for item in held:
            if isinstance(item, Value):
                yield from _nodes(item, min(depth - 1, 3))
