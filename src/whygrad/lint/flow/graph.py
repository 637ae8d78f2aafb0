"""What a program computes from what, as far as its source tells: nodes, edges, places. Built by `run`, searched by `answer`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from whygrad import syntax as ast
from whygrad.dataclass import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

    Kind = Literal["variable", "data", "unknown", "op", "join"]


@dataclass(frozen=True, slots=True)
class Site:
    """A place in the source, and the calls that led there."""

    node: ast.AST
    frame: Frame

    @property
    def path(self) -> str:
        return self.frame.path


@dataclass(eq=False, slots=True)
class Frame:
    """One execution of a function or module. `called_from` is None at the entry of the walk."""

    path: str
    function: str
    called_from: Site | None = None
    node: ast.AST | None = None  # the function; None for a module
    given: Mapping[str, Any] | None = None  # the values of the function's parameters, by name
    gives_later: bool = False  # a generator: the call that makes it says nothing about when it runs

    def chain(self) -> list[Site]:
        """The calls that led here, outermost first."""
        found: list[Site] = []
        site = self.called_from
        while site is not None:
            found.append(site)
            site = site.frame.called_from
        return found[::-1]


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """Why no gradient comes back along an edge: the slug of a cause and its facts. `at`: another place than that of the operation."""

    cause: str
    facts: Mapping[str, str] = field(default_factory=dict)
    at: Site | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """The way from `origin` into a node."""

    origin: Node
    cut: Cut | None = None


@dataclass(eq=False, slots=True)
class Node:
    """A value in the program.

    kind: variable; data (no variable is in it: a number, an array, an element of a dataset); unknown (it may be or hold anything);
    op (a tensor computed by TensorFlow); join (no operation of its own: one of several, a tuple, an array made of these).
    `tapes` are those that recorded it. `dtype`: float, integer, bool, string or empty when not known.
    """

    kind: Kind
    label: str = ""
    site: Site | None = None
    edges: tuple[Edge, ...] = ()
    tapes: frozenset[int] = frozenset()
    order: int = 0
    dtype: str = ""
    trainable: bool = True
    name: str = ""
    may_freeze: bool = False  # somebody set `trainable` on a layer that it may belong to
    needs: str = ""  # of a variable that Keras keeps for itself: which layer's
    called: Site | None = None  # of a functional model's operation: where the model was called


def carried(origins: Iterable[Node]) -> tuple[Edge, ...]:
    """Edges along which the gradient comes back."""
    return tuple(Edge(origin) for origin in dict.fromkeys(origins))


def cut_off(origins: Iterable[Node], cut: Cut) -> tuple[Edge, ...]:
    """Edges along which none comes back."""
    return tuple(Edge(origin, cut) for origin in dict.fromkeys(origins))


def behind(start: Iterable[Node], follow: Callable[[Node, Edge], bool] = lambda node, edge: True) -> dict[Node, None]:
    """All that these were computed from, and they themselves, each once and always in the same order. `follow`: which edges into a node count."""
    queue = list(start)
    found = dict.fromkeys(queue)
    while queue:
        node = queue.pop()
        for edge in node.edges:
            if edge.origin not in found and follow(node, edge):
                found[edge.origin] = None
                queue.append(edge.origin)
    return found
