"""`def`, `lambda` and `class` statements: functions with their scopes and defaults, classes with their bases, decorators applied."""

from __future__ import annotations

from collections.abc import Callable

from whygrad import syntax as ast
from whygrad.lint.flow.values import Class, Function, Library, Super, Value
from whygrad.lint.flow.walk import Arguments, Env, Walk

MARKS = {  # decorators that change what a name means, by the last word of their name
    "property": "property",
    "cached_property": "cached",
    "staticmethod": "staticmethod",
    "classmethod": "classmethod",
    "custom_gradient": "custom_gradient",
    "recompute_grad": "",
    "abstractmethod": "abstract",
    "overload": "abstract",
    "contextmanager": "contextmanager",
    "dataclass": "dataclass",
}
TRANSPARENT = ("tensorflow", "keras", "tf_keras", "functools", "abc", "typing", "contextlib", "dataclasses", "numba", "builtins", "pytest")


def function(walk: Walk, node: ast.FunctionDef | ast.AsyncFunctionDef, env: Env) -> Value:
    """The function behind a `def`, as its decorators leave it."""
    marks, wrappers = _decorators(walk, node.decorator_list, env)
    made = plain_function(walk, node, env, node.name, marks)
    walk.functions.append(made)
    value: Value = made
    for decorator, wrapper in reversed(wrappers):
        value = walk.call(wrapper, Arguments([value]), env.site(decorator))
    return value


def plain_function(
    walk: Walk, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, env: Env, name: str, marks: frozenset[str] = frozenset()
) -> Function:
    defaults = tuple(walk.evaluate(d, env) for d in node.args.defaults)
    by_keyword = tuple((a.arg, walk.evaluate(d, env)) for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults) if d is not None)
    in_class = env.owner is not None and env.scopes[:1] == (env.owner.cells,)
    scopes = env.scopes[1:] if in_class else env.scopes
    return Function(node, env.module, scopes, name, defaults, by_keyword, env.owner if in_class else None, marks)


def _decorators(walk: Walk, found: list[ast.expr], env: Env) -> tuple[frozenset[str], list[tuple[ast.expr, Value]]]:
    marks, wrappers = set[str](), []
    for node in found:
        inner = node.func if isinstance(node, ast.Call) else node
        last = inner.attr if isinstance(inner, ast.Attribute) else inner.id if isinstance(inner, ast.Name) else ""
        if last == "setter":
            marks.add("setter")
            continue
        value = walk.evaluate(inner, env)
        name = value.name if isinstance(value, Library) else ""
        if name and name.rpartition(".")[2] in MARKS:
            marks.add(MARKS[name.rpartition(".")[2]])
        elif not name.startswith(TRANSPARENT) or last == "RegisterGradient":
            wrappers.append((node, walk.evaluate(node, env)))
    return frozenset(marks - {""}), wrappers


def class_(walk: Walk, node: ast.ClassDef, env: Env, body: Callable[[Env], None]) -> Value:
    """The class behind a `class` statement. A decorator of the user's or of an unknown library is taken to leave it as it is."""
    bases = tuple(walk.evaluate(b.value if isinstance(b, ast.Starred) else b, env) for b in node.bases)
    marks = frozenset(m for m, _ in [(_last(d), d) for d in node.decorator_list] if m == "dataclass")
    made = Class(node.name, env.module, bases, {}, node, marks)
    inner = Env(env.frame, env.module, (made.cells, *env.scopes), made)
    body(inner)
    walk.classes.append(made)
    return made


def _last(node: ast.expr) -> str:
    inner = node.func if isinstance(node, ast.Call) else node
    return inner.attr if isinstance(inner, ast.Attribute) else inner.id if isinstance(inner, ast.Name) else ""


def super_of(env: Env) -> Value | None:
    """What `super()` is in a method."""
    return Super(env.receiver, env.owner) if env.receiver is not None and env.owner is not None else None
