"""One pass over a tree: what each function calls by name, and which functions are generators."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.dataclass import dataclass, field

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_SCOPES = frozenset({*_FUNCTIONS, ast.ClassDef})
_YIELDS = (ast.Yield, ast.YieldFrom)
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
    """Function by function, each written as one loop: it sees every node of every file."""
    found = Survey()
    scopes: list[tuple[ast.AST, tuple[ast.AST, ...]]] = [(tree, ())]
    while scopes:
        scope, around = scopes.pop()
        words, inner, yields = _scope(scope)
        scopes += [(node, (*around, node)) for node in inner]
        if scope.__class__ in _FUNCTIONS:
            found.called[scope] = set()
            found.names[scope] = getattr(scope, "name", "")
        if yields and around:
            found.generators.add(around[-1])
        for enclosing in around:
            if enclosing in found.called:
                found.called[enclosing] |= words
    return found


def _scope(scope: ast.AST) -> tuple[set[str], list[ast.AST], bool]:
    """Of a module, function or class without those inside it: the last words of what it calls; those inside it; whether it yields."""
    words: set[str] = set()
    inner: list[ast.AST] = []
    yields = False
    waiting = [scope]
    while waiting:
        node = waiting.pop()
        kind = node.__class__
        if kind is ast.Call:
            words.add(_last_word(node.func))  # type: ignore[attr-defined]
        elif kind in _SCOPES and node is not scope:
            inner.append(node)
            continue
        elif kind in _YIELDS:
            yields = True
        for name in ast.PARTS[kind]:
            child = getattr(node, name)
            if child.__class__ is list:
                waiting += [item for item in child if item.__class__ not in _LEAVES]
            elif child.__class__ not in _LEAVES:
                waiting.append(child)
    return words, inner, yields


def _last_word(function: ast.expr) -> str:
    return function.attr if function.__class__ is ast.Attribute else function.id if function.__class__ is ast.Name else ""
