"""One pass over a tree: what each function calls by name, and which functions are generators."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.dataclass import dataclass, field

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_NO_NODES = (type(None), type(...), str, bytes, bool, int, float, complex)
_SMALL = (ast.Name, ast.Constant, ast.alias, ast.Pass, ast.Break, ast.Continue, ast.Global, ast.Nonlocal)
_OPERATORS = (kind for base in (ast.operator, ast.unaryop, ast.boolop, ast.cmpop) for kind in base.__subclasses__())
_LEAVES = frozenset({*_NO_NODES, *_SMALL, *_OPERATORS})  # in which there is no call and no function


@dataclass(slots=True)
class Survey:
    """`called`: for each function the last words of the names of all calls in it, those of functions inside it as well."""

    called: dict[ast.AST, set[str]] = field(default_factory=dict)
    names: dict[ast.AST, str] = field(default_factory=dict)
    generators: set[ast.AST] = field(default_factory=set)


def survey(tree: ast.AST) -> Survey:
    """Written as one loop: it sees every node of every file."""
    found = Survey()
    waiting: list[tuple[ast.AST, tuple[ast.AST, ...]]] = [(tree, ())]
    while waiting:
        node, around = waiting.pop()
        kind = node.__class__
        if kind is ast.Call:
            _note_call(found, node, around)
        elif kind in _FUNCTIONS:
            found.called[node] = set()
            found.names[node] = getattr(node, "name", "")
            around = (*around, node)
        elif kind is ast.ClassDef:
            around = (*around, node)
        elif kind in (ast.Yield, ast.YieldFrom) and around:
            found.generators.add(around[-1])
        for name in ast.PARTS[kind]:
            child = getattr(node, name)
            if child.__class__ is list:
                waiting += [(c, around) for c in child if c.__class__ not in _LEAVES]
            elif child.__class__ not in _LEAVES:
                waiting.append((child, around))
    return found


def _note_call(found: Survey, node: ast.AST, around: tuple[ast.AST, ...]) -> None:
    function = node.func  # type: ignore[attr-defined]
    word = function.attr if function.__class__ is ast.Attribute else function.id if function.__class__ is ast.Name else ""
    for enclosing in around:
        if enclosing in found.called:
            found.called[enclosing].add(word)
