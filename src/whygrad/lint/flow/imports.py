"""Import statements: modules of the project are walked through, everything else is a name of a library."""

from __future__ import annotations

from functools import partial

from whygrad import syntax as ast
from whygrad.lint.flow.graph import Frame
from whygrad.lint.flow.survey import survey
from whygrad.lint.flow.values import Deferred, Library, Module, Value
from whygrad.lint.flow.walk import Env, Walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whygrad.lint.flow.values import Cells


def import_(walk: Walk, node: ast.Import, env: Env) -> None:
    for alias in node.names:
        if alias.asname:
            walk.state.write(env.own, alias.asname, module(walk, alias.name, env))
        else:
            root = alias.name.partition(".")[0]
            found = module(walk, alias.name, env)
            walk.state.write(env.own, root, _package(walk, alias.name, found) if isinstance(found, Module) else Library(root))


def _package(walk: Walk, name: str, found: Module) -> Value:
    """`import a.b.c` binds `a`, under which the rest is found."""
    value: Value = found
    for part in reversed(name.split(".")[1:]):
        value = Module(found.path, {part: value})
    return value


def import_from(walk: Walk, node: ast.ImportFrom, env: Env) -> None:
    name = node.module or ""
    found = module(walk, name, env, node.level)
    for alias in node.names:
        if alias.name == "*":
            _star(walk, found, env)
        elif isinstance(found, Library):
            walk.state.write(env.own, alias.asname or alias.name, _member(walk, found, name, alias.name, env, node.level))
        else:
            later = Deferred(partial(_member, walk, found, name, alias.name, env, node.level))
            walk.state.write(env.own, alias.asname or alias.name, later)


def _star(walk: Walk, found: Value, env: Env) -> None:
    if isinstance(found, Module):
        for key, value in list(loaded(walk, found).cells.items()):
            if isinstance(key, str) and not key.startswith("_"):
                walk.state.write(env.own, key, value)
    elif isinstance(found, Library):
        walk.state.write(env.module.cells, "*", found)


def _member(walk: Walk, found: Value, package: str, name: str, env: Env, level: int) -> Value:
    if isinstance(found, Module) and name in loaded(walk, found).cells:
        return resolved(found.cells, name)
    inner = module(walk, f"{package}.{name}" if package else name, env, level)
    if isinstance(inner, Module):
        return inner
    if isinstance(found, Module) or level:
        return walk.unknown(None)
    return Library(f"{package}.{name}")


def resolved(cells: Cells, name: str) -> Value:
    """The value of a name, looked up now if it was deferred."""
    value: Value = cells[name]
    while value.__class__ is Deferred:
        value = cells[name] = value.load()
    return value


def module(walk: Walk, name: str, env: Env, level: int = 0) -> Value:
    """The project's module of that name, walked through when something of it is needed; else the library's name."""
    found = walk.finder.source_of(name, env.frame.path, level)
    if found is None:
        return Library(name) if not level else walk.unknown(None)
    path, text = found
    if path not in walk.modules:
        walk.modules[path] = Module(path, {"__name__": Library(name), "__file__": Library("path")})
        walk.pending[path] = text
    return walk.modules[path]


def loaded(walk: Walk, found: Module) -> Module:
    """The module, after its statements were walked through; outside all tapes and branches, whoever needs it first."""
    text = walk.pending.pop(found.path, None)
    if text is None:
        return found
    state = walk.state
    tapes, journals, left = state.tapes, state.journals, state.left
    state.tapes, state.journals, state.left = [], [], []
    try:
        walk.texts[found.path] = text
        tree = ast.parse(text)
        walk.generators |= survey(tree).generators
        walk.execute(tree.body, Env(Frame(found.path, "<module>"), found))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass  # a module that cannot be read holds nothing that is known
    finally:
        state.tapes, state.journals, state.left = tapes, journals, left
    return found
